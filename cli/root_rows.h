/* root_rows: characteristic roots as a table, as JSON and in a sentence */
#ifndef TG_CLI_ROOT_ROWS_H
#define TG_CLI_ROOT_ROWS_H

#include "cli/output.h"
#include "roots/find.h"
#include "study/axis.h"

/* What is asked for, what has been found so far. */
typedef struct hunt {
    const arguments *a;
    tg_table        *table;
    json_t          *loops; /* one object each */
    tg_region        inside;
    double           line;
    bool             line_given, inside_given, prove;
    tg_axis          along;  /* of a root locus; count 0: none */
    double           value;  /* of the setting that is varied */
    size_t           number; /* of the loop among those of one value, from 1 */
} hunt;

/* Begin with the options of the command line; release with hunt_close(), also after
 * failure. Errors: TG_EINPUT malformed options; TG_ENOMEM. */
TG_CHECKED tg_status hunt_open(const arguments *a, hunt *h);
void                 hunt_close(hunt *h);

/* Take the roots of one loop in. `proof` is a sentence, or "". Errors: TG_ENOMEM. */
TG_CHECKED tg_status hunt_record(hunt *h, const char *name, const tg_roots *r,
                                 double seconds, const char *proof);

/* Hand out what was found: terminal, JSON, or tables and figure in a folder. */
TG_CHECKED tg_status hunt_deliver(hunt *h);

#endif
