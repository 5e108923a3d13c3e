/* json_part: the objects of a long JSON text one at a time, so that a text of any size, or
 * one that was cut short, is read as far as it goes. Private. */
#ifndef TG_ASGD_JSON_PART_H
#define TG_ASGD_JSON_PART_H

#include "core/status.h"

#include <jansson.h>
#include <stddef.h>

typedef struct tg_json_parts {
    const char *at;   /* what is still unread */
    size_t      line; /* of what was last read; counts from 1 */
} tg_json_parts;

/* The next object {...}: 1, and *out is it (owner: the caller), or NULL where it is not
 * JSON; 0: there is none before `stop` closes the list or the text ends. What is neither
 * object nor blank nor comma is skipped. An object of more than 16 MiB, or that has no end,
 * is not JSON. */
int tg_json_next(tg_json_parts *p, json_t **out);

/* A scalar member as text, shortest that reads back as the same number; "" where it is
 * missing or null. `room` bytes. */
void tg_json_text(const json_t *object, const char *key, char *out, size_t room);
void tg_json_value_text(const json_t *value, char *out, size_t room);

#endif
