/* ask: a question to the toolkit, with its options, as a value
 *
 * What a command takes is described by its manual: from it come the reader of options, the
 * help, the man pages, the shell's completion and the docstrings of the bindings.
 */
#ifndef TG_STUDY_ASK_H
#define TG_STUDY_ASK_H

#include "core/records.h"
#include "core/table.h"
#include "study/listener.h"
#include "study/page.h"
#include "study/study.h"

typedef struct tg_option {
    const char *name, *value, *doc; /* value: what it takes, NULL for a plain switch */
} tg_option;

typedef struct tg_manual {
    const char      *name, *operands, *summary, *doc;
    const tg_option *options; /* ends with name NULL; NULL: none */
} tg_manual;

enum { TG_MOST_SETS = 64, TG_MOST_OPTIONS = 32 };

/* A question. Words are borrowed. */
typedef struct tg_ask {
    const tg_manual   *manual;
    const char        *operand; /* a file's name, as given; NULL: none */
    const char *const *more;    /* (mores) further ones */
    size_t             mores;
    const char        *line;              /* the command, for provenance */
    const char        *set[TG_MOST_SETS]; /* PATH=VALUE, of the study */
    size_t             sets;
    const tg_option   *given[TG_MOST_OPTIONS];
    const char        *value[TG_MOST_OPTIONS];
    size_t             count;
    const tg_listener *listener; /* NULL: nobody */
    tg_records        *records;  /* what is finished of its blocks; NULL: none kept */
    tg_page            words;    /* where the answer goes in sentences */
} tg_ask;

/* Take one option, "name", "name=value" or "set=PATH=VALUE". Errors: TG_EINPUT unknown,
 * with the nearest, without its value, or too many. */
TG_CHECKED tg_status tg_ask_option(tg_ask *ask, const char *word);

/* The question as a command line, without the options of the terminal. Owner: the caller;
 * NULL when out of memory. */
char *tg_ask_line(const tg_ask *ask);

bool        tg_ask_given(const tg_ask *ask, const char *name);
const char *tg_ask_value(const tg_ask *ask, const char *name); /* NULL if not given */
/* Strict numbers; *out is left alone if the option is absent. Errors: TG_EINPUT. */
TG_CHECKED tg_status tg_ask_number(const tg_ask *ask, const char *name, double *out);
TG_CHECKED tg_status tg_ask_whole(const tg_ask *ask, const char *name, size_t *out);

/* The number in a text, and a whole one; `source` names it, "--step". Errors: TG_EINPUT. */
TG_CHECKED tg_status tg_ask_read(const char *source, const char *text, double *out);
TG_CHECKED tg_status tg_ask_read_whole(const char *name, double value, size_t *out);

/* The complaint about an option that there is not, with the nearest of two lists (NULL:
 * none). */
tg_status tg_ask_unknown(const char *command, const tg_option *own, const tg_option *common,
                         const char *name);

/* A table with its provenance: command, version, settings given and (study not NULL) in
 * force. Owner of *out: the caller. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_ask_table(const tg_ask *ask, const tg_study *study,
                                  const tg_column *columns, size_t count, tg_table **out);

#endif
