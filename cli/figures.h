/* figures: gnuplot scripts that read a command's tables
 *
 * Whatever a command draws stands in FOLDER/figures/figures.csv, one row a picture: which script made
 * it from which tables, and what it says. So every folder can be drawn again, in another format.
 */
#ifndef TG_CLI_FIGURES_H
#define TG_CLI_FIGURES_H

#include "core/status.h"
#include "core/table.h"

#include <stddef.h>

typedef struct figure {
    const char *script; /* fig_SCRIPT.gp; "-": without data it is its caption alone */
    const char *name;   /* figures/SCRIPT-NAME.svg; NULL: SCRIPT.svg */
    const char *labels; /* words that the script is told, e.g. "asgd dude"; NULL: name */
    const char *tables; /* the folder of its tables within FOLDER; NULL: FOLDER itself */
    int         number; /* which of the labels it is about, and so its colour; from 1 on */
    const char *title, *caption; /* what is shown; what to see in it, in one sentence */
} figure;

/* The texts built into the program: gnuplot scripts, style, report template. */
typedef struct embedded {
    const char *name, *text;
} embedded;
extern const embedded embedded_files[];                /* ends with name NULL */
const char           *embedded_text(const char *name); /* NULL if there is none */

/* An empty list of figures, and one more in it. Owner of *out: the caller, tg_table_free(). Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status figures_list(tg_table **out);
TG_CHECKED tg_status figures_add(tg_table *list, const figure *f);

/* Columns of a list, which tg_table_cell() reads. */
enum {
    FIGURE_PICTURE,
    FIGURE_SCRIPT,
    FIGURE_LABELS,
    FIGURE_TABLES,
    FIGURE_NUMBER,
    FIGURE_TITLE,
    FIGURE_CAPTION,
    FIGURE_COLUMNS
};

/* Write a list into FOLDER/figures, and draw each as FOLDER/figures/PICTURE.FORMAT: svg, pdf, png, or
 * tex, which is a PDF and a figure environment with its caption to \input. The scripts are written
 * beside them, so that a reader can change and run them. Errors: TG_EIO gnuplot missing or failing,
 * folder unwritable; TG_EINPUT unknown format, or a list that names no script of ours or no plain file;
 * TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status figures_make(const char *folder, const tg_table *list,
                                  const char *format);

/* Write the list only, for figures that are to be drawn later. Errors: those of writing. */
TG_CHECKED tg_status figures_write(const char *folder, const tg_table *list);

/* The list of a folder. Errors: TG_EINPUT it holds none; TG_ENOMEM. */
TG_CHECKED tg_status figures_read(const char *folder, tg_table **out);

/* Add one figure to the folder's list and draw it as SVG; after a stop request it is listed only. Errors: as figures_make(). */
TG_CHECKED tg_status figure_make(const char *folder, const figure *f);

/* Without data a figure is its sentence: add that to the folder's list. Errors: those of writing. */
TG_CHECKED tg_status figure_none(const char *folder, const char *sentence);

#endif
