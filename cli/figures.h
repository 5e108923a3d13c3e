/* figures: gnuplot scripts that read a study's tables */
#ifndef TG_CLI_FIGURES_H
#define TG_CLI_FIGURES_H

#include "core/status.h"

#include <stddef.h>

typedef struct figure {
    const char *name,
        *title;        /* figures/NAME.svg, made by fig_NAME.gp from table NAME-*.csv */
    const char *needs; /* the figure is made if tables/NEEDS-*.csv is there */
} figure;

extern const figure figures[]; /* ends with name NULL */

/* The texts built into the program: gnuplot scripts, style, report template. */
typedef struct embedded {
    const char *name, *text;
} embedded;
extern const embedded embedded_files[];                /* ends with name NULL */
const char           *embedded_text(const char *name); /* NULL if there is none */

/* Make every figure whose tables are in FOLDER/tables, as FOLDER/figures/NAME.FORMAT (svg,
 * pdf or png). The scripts are written beside them, so that a reader can change and run
 * them.
 *   labels   words: which algorithms, e.g. "asgd dude"
 * Errors: TG_EIO gnuplot missing or failing, folder unwritable; TG_EINPUT unknown format;
 * TG_ENOMEM. */
TG_CHECKED tg_status figures_make(const char *folder, const char *labels,
                                  const char *format);

/* Make one figure of a command's own tables FOLDER/NAME.csv: FOLDER/figures/NAME.svg, or
 * NAME-LABEL.svg (label NULL: none). Errors: as figures_make(). */
TG_CHECKED tg_status figure_make(const char *folder, const char *name, const char *label);

#endif
