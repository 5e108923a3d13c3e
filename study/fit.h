/* fit: from a log of worker times to laws of delay, in sentences and as a study to start
 * from */
#ifndef TG_STUDY_FIT_H
#define TG_STUDY_FIT_H

#include "asgd/traces/availability.h"
#include "asgd/traces/fitted.h"
#include "asgd/traces/replayed.h"
#include "study/ask.h"

/* What a log came to. */
typedef struct tg_fitting {
    tg_trace  trace;
    tg_fitted fitted;  /* empty of a cluster's table */
    bool      cluster; /* it is no log of steps: it tells when nodes are there */
    tg_table *table;   /* laws by group and part, with what is said of them as notes */
} tg_fitting;

/* Read the logs that ask->operand and ask->more name ("-": standard input), fit it, say what was found
 * (ask->words) and write a study to start from to `study` (NULL: none). Release with
 * tg_fitting_free(). Errors: TG_EINPUT no log, bad options; those of the readers, fits and
 * files. */
TG_CHECKED tg_status tg_fitting_of(const tg_ask *ask, const char *study, tg_fitting *out);
void                 tg_fitting_free(tg_fitting *f);

/* ---- its parts ----------------------------------------------------------------------- */

/* Sentences, each with a key: as notes of a table and, wrapped, to `words` (NULL:
 * nowhere). */
typedef struct tg_sayings {
    tg_table      *table;
    const tg_page *words;
} tg_sayings;

/* Say one sentence; what of it came from outside is quoted. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_fit_say(const tg_sayings *s, const char *key, const char *format,
                                ...) TG_FORMAT(3, 4);

/* What was read and what was left out, of log i from 0, before it is taken. */
TG_CHECKED tg_status tg_fit_say_log(const tg_sayings *s, size_t i, const tg_log *log);
/* What was found. */
TG_CHECKED tg_status tg_fit_say_fitted(const tg_sayings *s, const tg_trace *t,
                                       const tg_fitted *f);
TG_CHECKED tg_status tg_fit_say_availability(const tg_sayings *s, const tg_availability *a);

/* The workers as a study has them, after its line "workers:"; `times`: the name of the file that
 * tg_fit_write_times() has written. */
TG_CHECKED tg_status tg_fit_print_workers(FILE *f, const char *times, const tg_trace *t,
                                          const tg_fitted *fitted);

/* What such a study takes from the log as it is, into NAME-times.csv beside its `path`; nothing where it takes
 * nothing. *times is that file's path; owner: the caller. Errors: as below. */
TG_CHECKED tg_status tg_fit_write_times(const tg_ask *ask, const char *path,
                                        const tg_fitted *f, char **times);

/* Write a study to start from to `path`; what it takes from the log as it is goes beside it
 * into NAME-times.csv. `ask` names the log. Errors: TG_EIO, TG_EWRITE, TG_EINPUT a path
 * with control characters; TG_ENOMEM. */
TG_CHECKED tg_status tg_fit_study(const tg_ask *ask, const char *path, const tg_trace *t,
                                  const tg_fitted *f);
TG_CHECKED tg_status tg_fit_study_available(const tg_ask *ask, const char *path,
                                            const tg_availability *a);

#endif
