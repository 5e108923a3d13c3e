#include "asgd/traces/json_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_OBJECT ((size_t)1 << 24)

/* Behind the brace that closes the object at `at`; NULL: it does not close. */
static const char *
closing(const char *at)
{
    int depth = 0;

    for (const char *begin = at; *at && (size_t)(at - begin) < LONGEST_OBJECT; at++) {
        if (*at == '{' || *at == '[') depth++;
        if ((*at == '}' || *at == ']') && --depth == 0) return at + 1;
        if (*at != '"') continue;
        for (at++; *at && *at != '"'; at++)
            if (*at == '\\' && at[1]) at++;
        if (!*at) return NULL;
    }
    return NULL;
}

int
tg_json_next(tg_json_parts *p, json_t **out)
{
    const char *end;

    for (; *p->at && *p->at != '{'; p->at++) {
        if (*p->at == ']') return 0;
        p->line += *p->at == '\n';
    }
    if (!*p->at) return 0;
    *out = NULL;
    end = closing(p->at);
    if (end) *out = json_loadb(p->at, (size_t)(end - p->at), 0, NULL);
    if (!end) end = p->at + strlen(p->at);
    for (; p->at < end; p->at++) p->line += *p->at == '\n';
    return 1;
}

void
tg_json_value_text(const json_t *value, char *out, size_t room)
{
    *out = '\0';
    if (json_is_string(value)) snprintf(out, room, "%s", json_string_value(value));
    if (json_is_integer(value))
        snprintf(out, room, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (!json_is_real(value)) return;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, room, "%.*g", digits, json_real_value(value));
        if (strtod(out, NULL) == json_real_value(value)) return;
    }
}

void
tg_json_text(const json_t *object, const char *key, char *out, size_t room)
{
    tg_json_value_text(json_object_get(object, key), out, room);
}
