/* schema: every key that a study may have, as data
 *
 * From it are made the reader's checks, --set, the help, the man page and the provenance lines of
 * every table. A path names a value, "workers[0].count"; in the schema, list items are written
 * "workers[].count". Where a key has a registry, its map names an entry ("name") and may have the
 * parameters of that entry as keys.
 */
#ifndef TG_STUDY_SCHEMA_H
#define TG_STUDY_SCHEMA_H

#include "core/kind.h"

typedef enum tg_key_type {
    TG_KEY_MAP,    /* keys of its own */
    TG_KEY_LIST,   /* list of maps, or a single map */
    TG_KEY_CHOICE, /* a name of its registry, or a map {name: NAME, parameter: value, ...} */
    TG_KEY_NUMBER,  /* finite number in [min, max] */
    TG_KEY_STEP,    /* the same, or the word tune */
    TG_KEY_WHOLE,   /* whole number in [min, max] */
    TG_KEY_TRUTH,   /* true or false */
    TG_KEY_TEXT,    /* a word or a path */
    TG_KEY_LAW,     /* a law of delay, grammar of core/delay.h */
    TG_KEY_NUMBERS, /* a number or a list of numbers, each in [min, max] */
} tg_key_type;

typedef struct tg_key {
    const char           *path;
    tg_key_type           type;
    double                min, max; /* of numbers; `open`: min itself is excluded */
    int                   open;
    int                   required; /* must be there if its parent is */
    const char           *unit;     /* "" if none */
    const char           *fallback; /* value in force when absent; NULL: none */
    const char           *doc;
    const tg_kind *const *registry; /* of a choice, or of a list's items; NULL: none */
    const char           *what;     /* the word for an entry, "algorithm" */
} tg_key;

extern const tg_key tg_schema[]; /* ends with path NULL */

/* The schema row of a concrete or schema path; NULL if there is none. */
const tg_key *tg_schema_find(const char *path);

#endif
