/* algorithm: what the server does with an arriving gradient
 *
 * An algorithm is a described value: its rule for an arrival, the state it keeps, and the
 * name of the filter (core/loop.h) that theory takes for it.
 */
#ifndef TG_ASGD_ALGORITHM_H
#define TG_ASGD_ALGORITHM_H

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_server {
    size_t  dim, workers;
    double  step;  /* learning rate [x^2/loss] */
    double *x;     /* (dim) the model */
    double *state; /* (algorithm->state(dim, workers)), zero at the start */
} tg_server;

typedef struct tg_algorithm {
    const char *name, *doc, *filter;
    size_t (*state)(size_t dim, size_t workers); /* doubles of state */
    /* A gradient of `worker` arrives; returns whether the model moved. */
    bool (*arrive)(tg_server *s, size_t worker, const double *gradient);
} tg_algorithm;

extern const tg_algorithm *const tg_algorithms[]; /* NULL-terminated: asgd, dude */
extern const tg_algorithm        tg_asgd, tg_dude;

/* NULL if there is none of that name. */
const tg_algorithm *tg_algorithm_find(const char *name);

#endif
