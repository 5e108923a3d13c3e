/* schedule: how many workers and which learning rate reach a target soonest, or for the least
 *
 *     min over P, eta of  w(P) t(P, eta),    t: from then on E F(x(t)) - F* < target
 *
 * with w = 1 (time), gradients or bytes in time, or a price of P workers (theory 9). For each P the
 * largest stable step and the best one, by Brent's method on ln eta from each of the lowest
 * points of a scan; P among all whole numbers of a range, beyond those of the table; the range of P
 * within 5 % of the best and the cheapest point in it; and what binds.
 *
 * A step is best by the time to .95 of the target, so that it does not stand at the edge of a
 * cliff, where one more swing crosses the target; times are to the target itself.
 * What a problem of modes does is taken from tables (asgd/theory/mode_table.h), so many eigenvalues
 * and learning rates cost little; the best point is then predicted anew, without tables. Where
 * workers have minima of their own there are no tables. */
#ifndef TG_ASGD_SCHEDULE_H
#define TG_ASGD_SCHEDULE_H

#include "asgd/theory/setting.h"

typedef enum tg_least {
    TG_LEAST_TIME,
    TG_LEAST_GRADIENTS,
    TG_LEAST_BYTES,
    TG_LEAST_PRICE
} tg_least;

/* What binds where it is best. */
typedef enum tg_binding {
    TG_BINDS_NOTHING,   /* the target is not reached */
    TG_BINDS_STABILITY, /* k of h_max is near its limit */
    TG_BINDS_SPEED,     /* the slowest mode: a larger step slows what it is to speed up */
    TG_BINDS_FLOOR,     /* noise: a larger step does not come to the target */
    TG_BINDS_UPLINK,    /* it has no time left for more workers */
    TG_BINDS_RANGE,     /* of workers or steps asked for */
} tg_binding;
const char *tg_binding_name(tg_binding b);

typedef struct tg_schedule_task {
    /* The setting of P workers; TG_EDOMAIN: so many cannot. Called by one thread. */
    tg_status (*setting)(void *context, size_t workers, tg_setting *out);
    /* The modes with so many workers, freed by tg_modes_free(). */
    tg_status (*modes)(void *context, size_t workers, tg_modes *out);
    void         *context;
    double        target, horizon; /* [loss], [time]: it is to be reached by then */
    double        step;            /* the learning rate in force */
    double        low, high;       /* learning rates allowed; 0, inf: any */
    const size_t *workers;         /* (count) rising */
    size_t        count, steps;    /* learning rates of the map */
    tg_least      least;
    double        bytes, price; /* of a gradient; of a worker [1/time] */
} tg_schedule_task;

/* The best with one number of workers. */
typedef struct tg_schedule_row {
    size_t workers;
    double step_limit;  /* where the mean square is lost; NaN: so many workers cannot */
    double limit_error; /* relative */
    double step, time;  /* best; inf: not by the horizon at any step */
    double loss;        /* there at the horizon, if time is inf */
    double rate, rate_error; /* of the slowest mode */
    double floor;
    double step_floor; /* where the floor is the target; inf: beyond the limit */
    double gradients, bytes, cost, objective; /* to the target */
    double own_time;                          /* with the learning rate in force ... */
    double
               own_safe; /* ... to a little below the target, by which the best is chosen: no cliff's edge */
    tg_binding binds;
} tg_schedule_row;

typedef struct tg_schedule {
    size_t           count, steps;
    tg_schedule_row *row;  /* (count) */
    double          *step; /* (steps) of the map */
    double
        *map; /* (count, steps) time to target; inf: not by the horizon; NaN: there are no
                           tables */
    tg_schedule_row best, low, high; /* of all P; the first and last within 5 % of it */
    tg_schedule_row
        cheapest; /* of those, by worker-time (by time where that is asked for least) */
    tg_schedule_row own;   /* best with the learning rate in force, its own_time least */
    tg_prediction  *there; /* at the best point, made anew; NULL: no target is reached */
    double          off;   /* by which tables missed that time, relative */
} tg_schedule;

/* Errors: TG_EDOMAIN target, horizon or numbers not > 0; those of the task's functions and of
 * predictions; TG_ESTOP; TG_ENOMEM. Owner of *out: the caller, tg_schedule_free(). */
TG_CHECKED tg_status tg_schedule_make(const tg_schedule_task *task, tg_schedule **out);
void                 tg_schedule_free(tg_schedule *s);

#endif
