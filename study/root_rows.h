/* root_rows: characteristic roots as a table, as JSON and in a sentence. Private to study/. */
#ifndef TG_STUDY_ROOT_ROWS_H
#define TG_STUDY_ROOT_ROWS_H

#include "roots/find.h"
#include "study/answer.h"
#include "study/axis.h"
#include "study/json.h"

enum { TG_ROOT_COLUMNS = 9 };
extern const tg_column tg_root_columns[TG_ROOT_COLUMNS];

/* What is asked for, what has been found so far. */
typedef struct tg_hunt {
    const tg_ask *ask;
    tg_table     *table;
    json_t       *loops; /* one object each */
    tg_region     inside;
    double        line;
    bool          line_given, inside_given, prove;
    tg_level      level;  /* of a study's modes */
    tg_axis       along;  /* of a root locus; count 0: none */
    double        value;  /* of the setting that is varied */
    size_t        number; /* of the loop among those of one value, from 1 */
} tg_hunt;

/* Begin with the options of the question; release with tg_hunt_close(), also after
 * failure. Errors: TG_EINPUT malformed options; TG_ENOMEM. */
TG_CHECKED tg_status tg_hunt_open(const tg_ask *ask, tg_hunt *h);
void                 tg_hunt_close(tg_hunt *h);

/* Take the roots of one loop in. `level` names what the equation is of, `proof` is a sentence, or
 * "". Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_hunt_record(tg_hunt *h, const char *name, const char *level,
                                    const tg_roots *r, const char *proof);

/* What was found as an answer: a document, and the tables roots, or locus and axes. Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_hunt_answer(tg_hunt *h, tg_answer *out);

#endif
