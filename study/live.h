/* live: a real run of a study, with what is predicted of it. Private to study/live*.c. */
#ifndef TG_STUDY_LIVE_H
#define TG_STUDY_LIVE_H

#include "asgd/live/live.h"
#include "study/answer.h"
#include "study/scene.h"

/* The run of one algorithm. */
typedef struct tg_living {
    const tg_ask   *ask;
    const tg_study *study;
    tg_scene       *scene;
    size_t          algorithm;
    tg_setup        setup;
    tg_live_plan    plan;
    const tg_live  *run;
    size_t          replicas; /* to compare with; SIZE_MAX: as many as take about as long */
    bool            unlogged; /* its logs were too long to be written after a stop */
    char            where[80];
} tg_living;

/* What a run is predicted from. */
typedef struct tg_live_source {
    const char    *name; /* "log": of the run's first half; "study" */
    tg_cluster    *cluster;
    double         left_out;  /* share of a round trip of which it says nothing */
    double         distance;  /* of the laws from the times, Kolmogorov-Smirnov */
    tg_simulation *simulated; /* NULL: it is not */
    tg_prediction *predicted; /* by theory; NULL: it does not know it ... */
    double         gradients; /* that it says arrive [1/time] */
    char           why[256];  /* ... for this reason */
} tg_live_source;

/* A rate or a mean with its standard error, of consecutive batches. */
typedef struct tg_live_mean {
    double mean, error;
} tg_live_mean;

/* Deliveries by unit of time between two times, their mean staleness [updates], and the share of them
 * that are no staler than `most`; NaN of too few. */
tg_live_mean tg_live_rate(const tg_live *run, double from, double to);
tg_live_mean tg_live_staleness(const tg_live *run);
tg_live_mean tg_live_no_staler(const tg_live *run, double most);
/* Of the grid's times that were reached, the last one [time]. */
double tg_live_end(const tg_living *l);
/* Mean loss over the last half of the grid. */
double tg_live_late_loss(const tg_living *l);
/* Seconds of all workers, and those of them that were spent at the server and before it. */
double tg_live_overhead(const tg_live *run, double *of);
/* The share of computing and serving during which the threads had a processor, at most 1. */
double tg_live_processor(const tg_live *run);

/* ---- its logs (study/live_log.c) -------------------------------------------------------- */

/* Every job that was done, in seconds, as tardigrad fit reads it; every job, in units of time, as
 * `replay:` reads it. Errors: those of tables. */
TG_CHECKED tg_status tg_live_write_log(const tg_living *l, const char *path);
TG_CHECKED tg_status tg_live_write_events(const tg_living *l, const char *path);
/* The workers as fitted to the jobs that ended in the first half of the run; cluster and distance of
 * *out. Errors: TG_EDOMAIN a worker with fewer than 2 jobs; those of fits. */
TG_CHECKED tg_status tg_live_fit(const tg_living *l, tg_live_source *out);

/* ---- what is predicted of it (study/live_claims.c) -------------------------------------- */

/* Simulate and predict the workers of a source, and judge what it claims into `claims`. */
TG_CHECKED tg_status tg_live_compare(tg_living *l, tg_live_source *s, tg_table *claims,
                                     tg_tally *tally);
void                 tg_live_source_clear(tg_live_source *s);

/* ---- its tables (study/live_tables.c) --------------------------------------------------- */

enum {
    TG_LIVE_COLUMNS = 26,
    TG_LIVE_CLAIM_COLUMNS = 11,
    TG_LIVE_COURSE_COLUMNS = 18,
    TG_LIVE_STALENESS_COLUMNS = 5,
    TG_LIVE_WORKER_COLUMNS = 9
};
extern const tg_column tg_live_columns[], tg_live_claim_columns[], tg_live_course_columns[],
    tg_live_staleness_columns[], tg_live_worker_columns[];

/* `s` NULL: nothing is predicted. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_live_add(tg_table *t, const tg_living *l);
TG_CHECKED tg_status tg_live_add_claim(tg_table *t, const tg_claim *c, const char *from);
TG_CHECKED tg_status tg_live_add_course(tg_table *t, const tg_living *l,
                                        const tg_live_source *s);
TG_CHECKED tg_status tg_live_add_staleness(tg_table *t, const tg_living *l,
                                           const tg_live_source *s);
TG_CHECKED tg_status tg_live_add_workers(tg_table *t, const tg_living *l);

/* In sentences, to the words of its question. */
void tg_live_say(const tg_living *l);

#endif
