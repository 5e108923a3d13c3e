/* output: where a command's numbers go: the terminal, JSON, or files in a folder */
#ifndef TG_CLI_OUTPUT_H
#define TG_CLI_OUTPUT_H

#include "cli/command.h"
#include "core/table.h"
#include "study/json.h"
#include "study/study.h"

/* Who says on standard error what a computation has to say; a bar there; nothing with --quiet. The
 * arguments are borrowed. */
tg_listener listener_of(const arguments *a);

/* The study on the command line, with its --set; steps that it leaves open are tuned, which is said
 * on standard error. Owner of *out: the caller. Errors: those of tg_study_open(). */
TG_CHECKED tg_status study_open(const arguments *a, const char *file, tg_study **out);

/* The level that --level asks for, best without it. Errors: TG_EINPUT. */
TG_CHECKED tg_status level_of(const arguments *a, tg_level *out);

/* A table with its provenance: command, version, and (study not NULL) the settings in
 * force. Owner of *out: the caller. */
TG_CHECKED tg_status table_begin(const arguments *a, const tg_study *study,
                                 const tg_column *columns, size_t count, tg_table **out);

/* Print a document to standard output and drop the reference. Errors: TG_EWRITE. */
TG_CHECKED tg_status json_print(json_t *document);

/* Columns of the terminal: COLUMNS of the environment, or what it says itself; else 80. */
int terminal_width(void);

/* Aligned columns on the terminal, numbers with 6 digits. */
void table_print(const tg_table *t);

/* Begin results for `folder`, unless --out began some. Errors: those of tg_folder_begin. */
TG_CHECKED tg_status results_begin(const arguments *a, const char *folder);

/* Where to write what --out asks for; NULL if it was not given. */
const char *results_folder(const arguments *a);

/* The results are complete: put them in place of earlier ones. */
TG_CHECKED tg_status results_keep(const arguments *a);

/* Write NAME.csv into the results' folder; table_write() takes the table. */
TG_CHECKED tg_status table_save(const arguments *a, const char *name, tg_table *t);
TG_CHECKED tg_status table_write(const arguments *a, const char *name, tg_table *t);

/* Hand a finished table out as the command line asks: --json as {"NAME": [...]} (with the
 * provenance), --out into FOLDER/NAME.csv, else on the terminal. Takes the table. */
TG_CHECKED tg_status table_deliver(const arguments *a, const char *name, tg_table *t);

#endif
