/* trigger_course: how ASGD goes in time whose workers send only gradients longer than delta
 *
 * A job ends as it would without a trigger, and moves x by -eta u, u = g 1(|g| > delta): what is sent is as
 * old as any job, there is less of it. With a Gaussian y at the reading, of mean w and variance V, u has the
 * mean G, the slope H with Cov(u, z) = H Cov(y, z), and the second moment Q (asgd/theory/beyond.h), so that mean,
 * variance and covariances close:
 *
 *     m' = -eta lambda E_T G(t - T),    v' = lambda (eta^2 E_T Q(t - T) - 2 eta E_T H c(t - T))
 *     c_s' = -eta (lambda - 1/m_T) E_T H(t - T) d(t - T, s)
 *
 * c_s the covariance of x with what a worker holds that read at s, which the others alone move while it holds it;
 * d(r, s) of what two of them hold. Readings are made by x just after the reader's own delivery. Linear and with
 * exponential workers this is exact for any number of them (theory 3.3); other laws forget which worker delivered
 * last. Derived here, theory 8. */
#ifndef TG_ASGD_TRIGGER_COURSE_H
#define TG_ASGD_TRIGGER_COURSE_H

#include "core/delay.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Delays in steps, and how often jobs end. Behind a link: where so many are on their way. What has to wait there is
 * followed as it comes and goes, and delays, and what leaves, taken to be what they are where as much waits at
 * rest (Wang, Tipper, Banerjee 1996). */
typedef struct tg_trigger_law {
    double *p;    /* (ages) chance of a delay of so many steps */
    double  rate; /* jobs ended by all workers, sent or not [1/time] */
    double  sent; /* those that are sent [1/time] */
    double  way;  /* on their way: laws rise in it */
} tg_trigger_law;

typedef struct tg_trigger_task {
    size_t                modes, ages, steps, laws;
    const double         *h, *start, *sigma2; /* (modes) */
    const tg_trigger_law *law;                /* (laws) */
    const double *
        done; /* (ages) chance that computing takes so many steps; NULL: nothing follows it */
    double computing;                /* ... and how long it takes [time] */
    double workers, step, delta, dt; /* P, eta [x^2/loss], [loss/x], [time] */
    bool   together;                 /* all begin a job at t = 0 */
    bool
        forgets; /* who delivers is taken to say nothing of x, as with exponential workers */
    bool narrow; /* V = 0 within G, H, Q: what the width of x changes is left out */
} tg_trigger_task;

/* Over times i dt, i = 0 .. steps; the caller's. */
typedef struct tg_trigger_course {
    double *loss;  /* (steps + 1) E F - F* of these modes */
    double *share; /* (steps + 1) of the gradients done then, that are sent */
    double     *
        comes; /* (steps + 1) of those whose delivery would be now, that come: the same without a link */
    double *flow; /* (steps + 1) gradients delivered [1/time] */
    double *rate; /* (steps + 1) gradients done [1/time] */
    double *pace; /* (steps + 1) E H of what is delivered, over h: modes by their loss */
    double *
        width; /* (steps + 1) share of the spread of gradients that is x's own, standard deviations */
} tg_trigger_course;

/* The chance p (ages) of a delay of so many steps dt, of the same mean: hats; what would be longer is of the longest,
 * what would be none of one step, so that the mean stays. */
void tg_trigger_lattice(const tg_delay *law, double dt, size_t ages, double *p);

/* Errors: TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_trigger_follow(const tg_trigger_task *t, tg_trigger_course *out);

#endif
