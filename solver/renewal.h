/* renewal: workers that renew, to first order in 1/P
 *
 *     U(dt) = delta_0 + u(t) dt,   du(t) = (u(t) - 1/m) dt,   (D f)(x) = E f(x + T)
 *
 * Worker i delivers at the ends of its jobs and reads there again, so its own past jumps
 * are at its own renewal times and not spread evenly. That is all there is at order 1/P,
 * and it enters through the renewal measure U of its law (derived here, theory 3.6).
 *
 * Groups g of n_g workers with law phi_g, mean m_g, lambda_g = n_g / m_g; a mode with
 * e = eta h. Without noise and without bias x moves by -e x(read) at each delivery.
 *
 *     r^  = 1/(s + e sum_g lambda_g phi_g)                      the mean field's response
 *     G_g = 1 + int du_g r e^{-st}
 *     ch  = s + e sum_g lambda_g phi_g / (1 + e phi_g G_g)      mean: ch(s) = 0
 *     r_g^ = 1/(ch (1 + e phi_g G_g))                           response to g's own noise
 *
 * Units: times in the caller's; e, variances in units of (sigma/h)^2.
 */
#ifndef TG_SOLVER_RENEWAL_H
#define TG_SOLVER_RENEWAL_H

#include "core/delay.h"

#include <complex.h>
#include <stdbool.h>

typedef struct tg_renewal tg_renewal;

typedef struct tg_renewal_group {
    const tg_delay *law;     /* borrowed */
    double          workers; /* n_g > 0 */
} tg_renewal_group;

/* The laws of `count` groups on a grid of n times dt apart [time]. A `slow` grid's steps are too
 * long to see them: their transforms are then taken from finer grids, good for modes that hardly
 * move during a job. A law whose tail passes
 * the grid's end keeps its mass, at the end. Owner of *out: the caller, tg_renewal_free().
 * Errors: TG_EDOMAIN no groups, workers not > 0, a law without finite mean > 0; TG_ENOMEM.
 */
TG_CHECKED tg_status tg_renewal_create(const tg_renewal_group *group, size_t count,
                                       double dt, size_t n, bool slow, tg_renewal **out);
void                 tg_renewal_free(tg_renewal *w);

double tg_renewal_rate(const tg_renewal *w); /* lambda [1/time] */
double tg_renewal_step(const tg_renewal *w); /* of the grid [time] */
size_t tg_renewal_points(const tg_renewal *w);

/* Which server rule: a gradient is applied on arrival (ASGD), or each worker's newest one
 * at every arrival with weight 1/n (DuDe-ASGD). */
typedef enum tg_renewal_rule { TG_RENEWAL_ASGD, TG_RENEWAL_DUDE } tg_renewal_rule;

/* Stationary E x^2 in units of (sigma/h)^2. */
typedef struct tg_renewal_variance {
    double field; /* of the mean field */
    double first; /* c: its relative change to first order in 1/P */
    double value; /* field / (1 - c); inf where c >= 1 */
    double
        gain; /* ASGD: q of the propagator form, 1 where the mean square is lost; DuDe-ASGD:
                    the jitter of other workers, relative to that of Poisson arrivals */
    double error; /* to expect of `value`, relative: the next order in 1/P */
    double grid;  /* and what the grid may make of it, relative; 0: not asked */
} tg_renewal_variance;

/* Source: derived here, theory 3.6 (ASGD), 3.7 (DuDe-ASGD). Errors: TG_EDOMAIN e not > 0;
 * TG_EDIVERGED the mean field does not settle on the grid; TG_ENOMEM. */
TG_CHECKED tg_status tg_renewal_stationary(const tg_renewal *w, tg_renewal_rule rule,
                                           double e, tg_renewal_variance *out);

/* The same on two grids of one set of groups, `rough` in longer steps: values are of `w`, and
 * `grid` is the difference of the two, brought to what an error of second order in the step makes
 * of it, and twice that; of constant times, of which the error is of first order, all of it. Source: Richardson (1911).
 * Errors: as above; TG_EDOMAIN rough is not rougher. */
TG_CHECKED tg_status tg_renewal_checked(const tg_renewal *w, const tg_renewal *rough,
                                        tg_renewal_rule rule, double e,
                                        tg_renewal_variance *out);

/* A mode in time. */
typedef struct tg_renewal_mode {
    tg_renewal_rule rule;
    double          e;        /* eta h */
    double          noise;    /* (sigma/h)^2 [x^2] */
    double          start;    /* x at t = 0, which all workers hold */
    const double   *minimum;  /* (groups) each group's own [x], borrowed; NULL: 0 */
    const double   *within;   /* (groups) variance of the minima within each group [x^2],
                                 borrowed; NULL: 0 */
    bool            together; /* all begin a job at t = 0; else each is within one */
} tg_renewal_mode;

/* E x and E x^2 on the grid's times into mean (n) and second (n), what the second order may
 * change of E x^2 into error (n), `v` being the mode's
 * tg_renewal_stationary(). What a worker's own past does to the spread is followed on
 * `coarse`, a grid of the same groups that reaches to where the mean has settled; NULL: as
 * if x were constant over some jobs (for e lambda m << 1). DuDe-ASGD begins once every
 * worker has delivered. Source: derived here, theory 3.8. Errors: TG_EDOMAIN an argument
 * not finite; TG_EDIVERGED not finite on the grid; TG_ENOMEM. */
TG_CHECKED tg_status tg_renewal_transient(const tg_renewal *w, const tg_renewal *coarse,
                                          const tg_renewal_mode     *m,
                                          const tg_renewal_variance *v, double *mean,
                                          double *second, double *error);

/* The same of a single worker, exactly. Errors: TG_EDOMAIN more workers; TG_EDIVERGED e >= 2;
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_renewal_single(const tg_renewal *w, const tg_renewal_mode *m,
                                       double *mean, double *second);

/* Where the mean of ASGD settles with these minima (groups) [x]. */
TG_CHECKED tg_status tg_renewal_bias(const tg_renewal *w, double e, const double *minimum,
                                     double *bias);

/* The spread that workers pulling to marks of their own keep up under ASGD, and what it may be off
 * by, relative: a group's mark is what its gradients are over h where the mean has settled,
 * `square` (groups) the mean of its square over the group's workers [x^2]; `v` the mode's
 * tg_renewal_stationary(). Source: derived here, theory 3.6. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_renewal_marks(const tg_renewal *w, double e,
                                      const tg_renewal_variance *v, const double *square,
                                      double *variance, double *error);

/* The rightmost root of the mean field's characteristic function and of the corrected one,
 * followed from it [1/time]; of DuDe-ASGD with workers of constant times both the former. Errors:
 * TG_ENOCONV one was lost on the way; TG_ENOMEM. */
TG_CHECKED tg_status tg_renewal_root(const tg_renewal *w, tg_renewal_rule rule, double e,
                                     double complex *field, double complex *root);

/* The corrected characteristic function of ASGD as series in z = (1 - s dt/2)/(1 + s dt/2), for
 * roots/corrected.h. A group's rate lambda_g; its law's weights (count), borrowed; and own
 * (groups, points), 1 + du_g r, of which row g has count[g]; *field: r is the mean field's, which
 * settles. Errors: TG_EDOMAIN e not > 0; TG_ENOMEM. */
double               tg_renewal_group_rate(const tg_renewal *w, size_t g);
const double        *tg_renewal_weights(const tg_renewal *w, size_t g, size_t *count);
TG_CHECKED tg_status tg_renewal_own_past(const tg_renewal *w, double e, double *own,
                                         size_t *count, bool *field);

/* The largest loop gain k = e sum_g n_g at which the mean square of ASGD settles, and what it
 * may be off by; `field` is the mean field's k* (inf: none). Source: derived here, theory
 * 3.6. Errors: TG_ENOCONV; TG_ENOMEM. */
TG_CHECKED tg_status tg_renewal_limit(const tg_renewal_group *group, size_t count,
                                      double field, double *gain, double *error);

#endif
