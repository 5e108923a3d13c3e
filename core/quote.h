/* quote: text that comes from outside, as a value in somebody else's language
 *
 * A name, a path or a cell of a table reaches gnuplot and HTML through these functions
 * only. What comes out is one value whatever the bytes are: bytes that are no UTF-8, and
 * control characters, are replaced.
 */
#ifndef TG_CORE_QUOTE_H
#define TG_CORE_QUOTE_H

#include <stdio.h>

/* A gnuplot string: in double quotes, every byte but letters, digits and " ._/-" as an
 * octal escape, so that neither quotes, backquotes, macros nor line ends are ever seen by
 * its parser. Source: gnuplot 5.4 manual, "Quote marks". */
void tg_quote_gnuplot(FILE *f, const char *text);

/* Text of an HTML element or of a quoted attribute; line ends and tabs stay. */
void tg_quote_html(FILE *f, const char *text);

/* Text for one line of a terminal, a CSV or a JSON document. */
void tg_quote_text(FILE *f, const char *text);

/* Text of a LaTeX paragraph: no character has a meaning of its own in it. */
void tg_quote_tex(FILE *f, const char *text);

/* A word as a POSIX shell reads it back, to be shown, never to be run: bare if it is made
 * of harmless characters only, else in single quotes. */
void tg_quote_word(FILE *f, const char *word);

#endif
