/* lines: a text line by line, and a line cell by cell, cut in place. Private. */
#ifndef TG_ASGD_LINES_H
#define TG_ASGD_LINES_H

#include "asgd/traces/intake.h"

#define TG_LONGEST_LINE ((size_t)1 << 20)

/* The line at *rest, ended and without CR; *rest moves behind it. NULL: there is none. */
char *tg_line_next(char **rest, size_t *line);

/* Cut a line at `delimiter`; a cell in double quotes may hold it, and "" for a quote. More
 * than TG_MOST_COLUMNS cells count as one more. Cells lose the blanks around them. */
size_t tg_line_cut(char *line, char delimiter, char *cell[TG_MOST_COLUMNS]);

/* Rows of cells below a header, or without one, into the intake: what CSV and sacct share.
 *   look   sees every row of the right length, says whether to take it; NULL: take all
 * Errors: TG_EINPUT no columns, or a line longer than TG_LONGEST_LINE; TG_ENOMEM,
 * TG_ESTOP. */
TG_CHECKED tg_status tg_rows_read(tg_intake *in, tg_text *text, char delimiter,
                                  tg_status (*look)(tg_intake *in, char **cell, size_t line,
                                                    bool *take),
                                  bool *header);

/* Give a row to the intake by the roles of its columns. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_rows_take(tg_intake *in, char *const *cell, size_t line);

#endif
