/* json: tables and numbers as JSON. Private to the library and the command: it needs
 * jansson.h. */
#ifndef TG_STUDY_JSON_H
#define TG_STUDY_JSON_H

#include "core/table.h"

#include <jansson.h>

/* A number; null for NaN, which is not known or was not asked for; and "Infinity" or
 * "-Infinity", for what never comes or has no limit, as a string, for JSON has no such
 * number: float() of Python and Number() of JavaScript read it. */
json_t *tg_json_number(double x);

/* The rows of a table as an array of objects keyed by column, and its notes as an object;
 * NULL when out of memory. */
json_t *tg_json_rows(const tg_table *t);
json_t *tg_json_notes(const tg_table *t);

/* A document as text with a line end; takes the document (NULL: out of memory). Owner of
 * *out: the caller. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_json_dump(json_t *document, char **out);

#endif
