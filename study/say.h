/* say: text in lines as wide as the page */
#ifndef TG_STUDY_SAY_H
#define TG_STUDY_SAY_H

#include "core/status.h"
#include "study/page.h"

/* The words of a text in lines as wide as the page, of each of its own lines all but the first
 * indented; a number is not parted from its sign. */
void tg_say_wrapped(const tg_page *f, const char *text, int indent);

/* A paragraph; a blank line after it. */
void tg_say_paragraph(const tg_page *f, const char *format, ...) TG_FORMAT(2, 3);

#endif
