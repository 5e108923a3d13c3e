/* study: the file that says what is asked, checked against one table of keys
 *
 * The schema is data: from it are made the reader's checks, --set, the help, the man page
 * and the provenance lines of every table. A path names a value, "workers[0].count"; in the
 * schema, list items are written "workers[].count".
 */
#ifndef TG_CORE_STUDY_H
#define TG_CORE_STUDY_H

#include "core/delay.h"
#include "core/node.h"
#include "core/status.h"
#include "core/table.h"

typedef enum tg_key_type {
    TG_KEY_MAP,     /* keys of its own */
    TG_KEY_LIST,    /* list of maps, or a single map */
    TG_KEY_NUMBER,  /* finite number in [min, max] */
    TG_KEY_WHOLE,   /* whole number in [min, max] */
    TG_KEY_TRUTH,   /* true or false */
    TG_KEY_TEXT,    /* a word or a path */
    TG_KEY_LAW,     /* a law of delay, grammar of core/delay.h */
    TG_KEY_NUMBERS, /* a number or a list of numbers, each in [min, max] */
} tg_key_type;

typedef struct tg_key {
    const char *path;
    tg_key_type type;
    double      min, max; /* of numbers; `open`: min itself is excluded */
    int         open;
    int         required; /* must be there if its parent is */
    const char *unit;     /* "" if none */
    const char *fallback; /* value in force when absent; NULL: none */
    const char *doc;
} tg_key;

extern const tg_key tg_schema[]; /* ends with path NULL */

typedef struct tg_study tg_study;

/* Read a study, apply the settings ("path=value", sets of them), check everything.
 * Owner of *out: the caller, tg_study_free(); unchanged on failure.
 * Errors: TG_EIO unreadable; TG_EINPUT with file:line:column, key, what was expected, what
 * came and the nearest valid key; TG_ENOMEM. */
TG_CHECKED tg_status tg_study_read(const char *path, const char *const *settings,
                                   size_t sets, tg_study **out);
/* The same from text; `source` names it in complaints. */
TG_CHECKED tg_status tg_study_parse(const char *text, const char *source, tg_study **out);
/* A copy with one more setting. */
TG_CHECKED tg_status tg_study_with(const tg_study *study, const char *path,
                                   const char *value, tg_study **out);
void                 tg_study_free(tg_study *study);

/* The node at a path (printf-style), NULL if absent. A single map stands for a list of one.
 */
const tg_node *tg_study_node(const tg_study *study, const char *path, ...) TG_FORMAT(2, 3);
/* Items in a list; 1 for a single value; 0 if absent. */
size_t tg_study_count(const tg_study *study, const char *path);

/* The value in force: given, or the schema's fallback, or NaN / 0 / NULL where there is
 * neither. The path must be in the schema with that type; a checked study cannot fail. */
double      tg_study_number(const tg_study *study, const char *path, ...) TG_FORMAT(2, 3);
size_t      tg_study_whole(const tg_study *study, const char *path, ...) TG_FORMAT(2, 3);
const char *tg_study_text(const tg_study *study, const char *path, ...) TG_FORMAT(2, 3);
/* Item i of a number or list of numbers; a single number answers for every i. */
double tg_study_item(const tg_study *study, const char *path, size_t i);

/* The law at a path. Owner: the caller. Errors: as tg_delay_from_node. */
TG_CHECKED tg_status tg_study_law(const tg_study *study, tg_delay **out, const char *path,
                                  ...) TG_FORMAT(3, 4);

/* A file named in the study, relative to the study's own folder, with a leading $NAME/
 * replaced by the environment variable. Caller frees *out.
 * Errors: TG_EINPUT variable not set, saying which; TG_ENOMEM. */
TG_CHECKED tg_status tg_study_file(const tg_study *study, const char *path, char **out);

/* Every setting in force, given or by default, as notes of a table. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_study_note(const tg_study *study, tg_table *table);

/* The schema row of a concrete or schema path; NULL if there is none. */
const tg_key *tg_schema_find(const char *path);

#endif
