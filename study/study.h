/* study: the file that says what is asked, read once into values
 *
 * A study is read, checked against the schema (study/schema.h) and turned into this struct; after
 * that nobody asks it by a string. Its tree is kept for the notes of tables and for studies with
 * one more setting.
 */
#ifndef TG_STUDY_STUDY_H
#define TG_STUDY_STUDY_H

#include "asgd/networks/net.h"
#include "asgd/problems/factorisation.h"
#include "asgd/problems/lda.h"
#include "asgd/problems/logistic.h"
#include "asgd/problems/spectra.h"
#include "asgd/sim/simulate.h"
#include "asgd/theory/schedule.h"
#include "core/delay.h"
#include "core/node.h"
#include "core/status.h"
#include "core/table.h"

/* A group of workers. */
typedef struct tg_study_group {
    const char *name;
    size_t      count;
    tg_delay   *law;
    double     *minimum; /* (minima) used in turn [x]; NULL: 0 */
    size_t      minima;
    tg_pace     pace;   /* its lists are owned */
    tg_delay   *spread; /* of each worker's own factor; NULL: none */
} tg_study_group;

/* A server rule with its step. */
typedef struct tg_study_algorithm {
    char label[48]; /* in tables and figures: "asgd"; "asgd-2" for the second of them */
    tg_choice rule, optimiser, schedule, behaviour;
    double    step; /* learning rate [x^2/loss]; NaN: to be tuned (study/tune.h) */
    double    clip, decay;
    tg_lag    lag;  /* its lists are owned ... */
    bool      lags; /* ... if there are any */
} tg_study_algorithm;

typedef struct tg_study_quadratic {
    size_t  dim;
    double *h, *start, *sigma; /* (dim) */
    double  spread;            /* of the workers' minima [x] */
    size_t  batch;             /* least squares: samples of a gradient */
    double  label;             /* and the noise of their labels */
    tg_curvature
        curvature; /* of a spectrum from a file, with what is left out of h; else 0 */
} tg_study_quadratic;

typedef struct tg_study_softmax {
    const char *images, *labels; /* paths as given */
    size_t      samples, batch, modes;
    double      ridge;
    bool        settled; /* runs begin at the minimum */
    tg_choice   split;
} tg_study_softmax;

typedef struct tg_study_logistic {
    const char *file; /* path as given */
    size_t      samples;
    tg_logistic plan;
    tg_choice   split;
} tg_study_logistic;

typedef struct tg_study_factorisation {
    size_t           samples;
    double           test;    /* share */
    tg_planted       planted; /* count 0: from a file */
    tg_factorisation plan;    /* but for its workers and seed */
} tg_study_factorisation;

typedef struct tg_study_lda {
    size_t   documents; /* of a file or folder, at most */
    bool     texts;     /* a folder of them */
    tg_drawn drawn;     /* documents 0: from a file or folder */
    tg_lda   plan;      /* but for its workers and seed */
} tg_study_lda;

typedef struct tg_study_network {
    tg_choice    model; /* kind NULL: by its layers */
    tg_choice   *layer; /* (layers) */
    size_t       layers, samples, batch, measured;
    tg_choice    split;
    tg_synthetic synthetic; /* of so many samples to train; 0: from files */
    size_t       test;      /* and to test */
} tg_study_network;

typedef struct tg_study_tridiagonal {
    size_t dim;
    double noise;
    bool   shared;
} tg_study_tridiagonal;

/* What tardigrad schedule looks for. */
typedef struct tg_study_schedule {
    tg_least least;
    double  *target;         /* (targets) [loss] */
    size_t  *workers;        /* (count) rising */
    size_t   targets, count; /* targets 0: there is none */
    double   low, high;      /* learning rates */
    size_t   steps;
    double   price;
} tg_study_schedule;

typedef enum tg_objective {
    TG_QUADRATIC,
    TG_LEAST_SQUARES, /* a quadratic by samples */
    TG_TRIDIAGONAL,
    TG_SOFTMAX,
    TG_LOGISTIC,
    TG_FACTORISATION,
    TG_LDA,
    TG_NETWORK
} tg_objective;

typedef struct tg_study {
    const char            *name;
    uint64_t               seed;
    tg_objective           objective; /* which of these */
    tg_study_quadratic     quadratic;
    tg_study_tridiagonal   tridiagonal;
    tg_study_softmax       softmax;
    tg_study_logistic      logistic;
    tg_study_factorisation factorisation;
    tg_study_lda           lda;
    tg_study_network       network;
    tg_study_group        *group;           /* (groups) */
    size_t                 groups, workers; /* workers: of all groups */
    bool                   together;
    tg_study_algorithm    *algorithm; /* (algorithms) */
    size_t                 algorithms;
    tg_link                uplink, downlink; /* their laws are owned */
    const char            *replay;           /* file as given; NULL: nothing is replayed */
    double                 target;           /* [loss]; NaN: none */
    double                 horizon;          /* [time] */
    size_t                 replicas, points;
    bool                   coherence;     /* measured too, by the command study */
    size_t                *sweep_workers; /* (sweeps) rising, the study's own among them */
    size_t                 sweeps, own;   /* own: place of the study's own */
    double                *sweep_step;    /* (sweep_steps) */
    size_t                 sweep_steps;
    tg_study_schedule      schedule;
    tg_node               *root;
} tg_study;

/* Read a study, apply the settings ("path=value", sets of them), check everything.
 * Owner of *out: the caller, tg_study_free(); unchanged on failure.
 * Errors: TG_EIO unreadable; TG_EINPUT with file:line:column, key, what was expected, what
 * came and the nearest valid key; TG_ENOMEM. */
TG_CHECKED tg_status tg_study_read(const char *path, const char *const *settings,
                                   size_t sets, tg_study **out);
/* The same from text; `source` names it in complaints. */
TG_CHECKED tg_status tg_study_parse(const char *text, const char *source, tg_study **out);
/* The same with settings. */
TG_CHECKED tg_status tg_study_parse_with(const char *text, const char *source,
                                         const char *const *settings, size_t sets,
                                         tg_study **out);
/* A copy with one more setting. */
TG_CHECKED tg_status tg_study_with(const tg_study *study, const char *path,
                                   const char *value, tg_study **out);
void                 tg_study_free(tg_study *study);

/* Every setting in force, given or by default, as notes of a table. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_study_note(const tg_study *study, tg_table *table);

/* The study's cluster; with `workers` > 0 scaled to that total, groups keeping their
 * proportions. Owner of *out: the caller. Errors: TG_EINPUT, TG_ENOMEM. */
TG_CHECKED tg_status tg_study_cluster(const tg_study *study, size_t workers,
                                      tg_cluster **out);

/* The study's objective, for this cluster. Owner of *out: the caller. Errors: TG_EINPUT, TG_EIO
 * as its files deserve; TG_ENOCONV; TG_ENOMEM. */
TG_CHECKED tg_status tg_study_problem(const tg_study *study, const tg_cluster *cluster,
                                      tg_problem **out);

/* What the command study measures: tg_metrics, or tg_metrics_coherent. */
const tg_kind *const *tg_study_metrics(const tg_study *study);

/* What is simulated of algorithm i; problem and cluster are borrowed. */
tg_setup tg_study_setup(const tg_study *study, size_t i, const tg_problem *problem,
                        const tg_cluster *cluster);

#endif
