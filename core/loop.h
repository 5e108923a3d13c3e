/* loop: the feedback loop of one mode, the common ground of roots/ and solver/
 *
 *     s + b + a phi(s) F(s) = 0
 *
 * with damping coefficient a = eta lambda h [1/time], instantaneous damping b [1/time], delay
 * law phi and the algorithm's filter F (theory: Yu, Chen, Poor 2024 for F = 1; the other
 * filters are derived here, see each file).
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
    double           lambda; /* arrival rate [1/time]; used by filters with an update clock */
    double           param;  /* the filter's own number: slots, buffer size K, beta, theta */
} tg_loop;

struct tg_filter {
    const char *name, *doc, *param_doc; /* param_doc: NULL if it takes none */
    /* F(s) and F'(s) (derivative not NULL), given phi(s) and phi'(s). */
    double complex (*gain)(const tg_loop *l, double complex s, double complex phi,
                           double complex dphi, double complex *derivative);
    /* N(w), the noise intensity at frequency w relative to eta^2 lambda sigma^2. */
    double (*noise)(const tg_loop *l, double w);
};

extern const tg_filter *const tg_filters[]; /* NULL-terminated: asgd, dude, ... */
const tg_filter              *tg_filter_find(const char *name); /* NULL if there is none */

/* s + b + a phi F and its derivative (unless NULL). */
double complex tg_loop_value(const tg_loop *l, double complex s, double complex *derivative);

/* N(w) of the loop's filter. */
double tg_loop_noise(const tg_loop *l, double w);

#endif
