/* fit: the parts of `tardigrad fit` */
#ifndef TG_CLI_FIT_H
#define TG_CLI_FIT_H

#include "cli/output.h"

#include "asgd/traces/availability.h"
#include "asgd/traces/fitted.h"
#include "asgd/traces/replayed.h"

/* Sentences, each with a key: on the terminal, wrapped, and as notes of a table. */
typedef struct sayings {
    tg_table *table;
    bool      aloud;
} sayings;

/* Say one sentence; what of it came from outside is quoted. Errors: TG_ENOMEM. */
TG_CHECKED tg_status say(const sayings *s, const char *key, const char *format, ...)
    TG_FORMAT(3, 4);

/* What was read and what was left out; of the log, before it is taken. */
TG_CHECKED tg_status say_log(const sayings *s, const tg_log *log);
/* What was found. */
TG_CHECKED tg_status say_fitted(const sayings *s, const tg_trace *t, const tg_fitted *f);
TG_CHECKED tg_status say_availability(const sayings *s, const tg_availability *a);

/* Write a study to start from to `path`; what it takes from the log as it is goes beside it
 * into NAME-times.csv. `source` names the log. Errors: TG_EIO, TG_EWRITE, TG_EINPUT a path
 * with control characters; TG_ENOMEM. */
TG_CHECKED tg_status write_fitted_study(const arguments *a, const char *path,
                                        const char *source, const tg_trace *t,
                                        const tg_fitted *f);
TG_CHECKED tg_status write_availability_study(const char *path, const char *source,
                                              const tg_availability *a);

/* The tables and figures of the fit, into the results' folder: laws-GROUP, speeds,
 * times. */
TG_CHECKED tg_status write_fitted_figures(const arguments *a, const tg_trace *t,
                                          const tg_fitted *f);

#endif
