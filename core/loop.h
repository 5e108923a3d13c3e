/* loop: the feedback loop of one mode, the common ground of roots/ and solver/
 *
 *     s + b + a phi(s) F(s) = 0
 *
 * with damping coefficient a = eta lambda h [1/time], instantaneous damping b [1/time],
 * delay law phi and the algorithm's filter F (theory: Yu, Chen, Poor 2024 for F = 1; the
 * other filters are derived here, see each file).
 */
#ifndef TG_CORE_LOOP_H
#define TG_CORE_LOOP_H

#include "core/delay.h"

/* What a server rule does to the gradients: a linear filter F(s), and the spectrum of its
 * noise N(w), relative to one fresh gradient an arrival (ASGD: F = N = 1). */
typedef struct tg_filter tg_filter;

typedef struct tg_loop {
    double           a, b;   /* [1/time] */
    const tg_delay  *delay;  /* borrowed */
    const tg_filter *filter; /* a registry entry of tg_filters; NULL means "asgd" */
    double lambda; /* arrival rate [1/time]; used by filters with an update clock */
    double param;  /* the filter's own number: buffer size K or beta */

    /* For filters that weigh a gradient by its delay, with weight c(T), E c = share: the
     * law with density proportional to c, borrowed, and E c^2 (drop: c = 1 up to theta,
     * else 0; `kept` is the law given T <= theta, share = power = P(T <= theta)). */
    const tg_delay *kept;
    double          share, power;

    /* For dude_groups, whose slots belong to workers of different speeds: the groups' laws
     * and their shares of the workers (groups, sum 1), borrowed; `delay` is then their
     * mixture with these shares. */
    const tg_delay *const *group;
    const double          *of_workers;
    size_t                 groups;
} tg_loop;

struct tg_filter {
    const char *name, *doc, *param_doc; /* param_doc: NULL if it takes none */
    /* F(s) and F'(s) (derivative not NULL), given phi(s) and phi'(s). */
    double complex (*gain)(const tg_loop *l, double complex s, double complex phi,
                           double complex dphi, double complex *derivative);
    /* phi F and its derivative where that is simpler than F; NULL: phi times gain. */
    double complex (*product)(const tg_loop *l, double complex s,
                              double complex *derivative);
    /* N(w), the noise intensity at frequency w relative to eta^2 lambda sigma^2, given
     * phi(iw) unless there is a product; NULL: N(infinity) at all frequencies. */
    double (*noise)(const tg_loop *l, double w, double complex phi);
    /* N(infinity), of noise that moves x at once; NULL: 0. */
    double (*white)(const tg_loop *l);
    /* Poles of phi F: those of phi, each so many times (1 or 2), and F's own (at most one).
     */
    unsigned phi_power;
    double (*pole)(const tg_loop *l);
};

extern const tg_filter *const tg_filters[]; /* NULL-terminated: asgd, dude, ... */
const tg_filter              *tg_filter_find(const char *name); /* NULL if there is none */

/* Is the loop complete: a and b finite, a delay, what its filter needs? Errors: TG_EDOMAIN.
 */
TG_CHECKED tg_status tg_loop_check(const tg_loop *l);

/* s + b + a phi F and its derivative (unless NULL). */
double complex tg_loop_value(const tg_loop *l, double complex s,
                             double complex *derivative);

/* kappa = phi F, and phi beside it in *phi unless the filter has a product: then that is
 * NaN. */
double complex tg_loop_kernel(const tg_loop *l, double complex s, double complex *phi);

/* Poles of phi F in the continuation of phi, as tg_delay_poles(). */
size_t tg_loop_poles(const tg_loop *l, tg_delay_pole *out, size_t room);

/* s + b + a phi F is analytic for Re s > abscissa but for those poles. */
double tg_loop_abscissa(const tg_loop *l);

/* A bound of |(phi F)'(s)| over Re s >= left, |Im s| >= height > 0, left > abscissa and
 * poles. */
double tg_loop_steepest(const tg_loop *l, double left, double height);

/* N(w) of the loop's filter. */
double tg_loop_noise(const tg_loop *l, double w);

/* N(infinity), and whether N is that at all frequencies. */
double tg_loop_white(const tg_loop *l, int *whole);

/* N(w) / |f(iw)|^2, f(s) = s + b + a phi F: the spectrum of a mode under noise of intensity
 * 1. */
double tg_loop_density(const tg_loop *l, double w);

#endif
