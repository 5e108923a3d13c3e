/* law: what a law of delay is inside the library; core/delay.h is the view from outside
 *
 * A law is made once: prepare() fills support, abscissa and those moments that have a closed
 * form. What costs quadrature or a table, measure() makes when it is first asked for, once,
 * whichever thread asks; otherwise a law is read-only, but for its count of references.
 */
#ifndef TG_CORE_LAW_H
#define TG_CORE_LAW_H

#include "core/delay.h"
#include "core/panels.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Times are 0 or between these, in whatever unit: third moments, their inverses and their
 * ratios stay within doubles. So do the ratios of weights. */
#define LAW_SHORTEST 1e-60
#define LAW_LONGEST  1e60

enum { LAW_PARAMS = 4, LAW_CONSTANTS = 8 };

enum { LAW_UNIFORMS = 4 };

struct tg_delay_kind {
    const char *name, *doc;
    const char *also; /* other words for it, which are not accepted but understood */
    const tg_delay_param *params; /* (count), in the order of tg_delay_create() */
    size_t                count;

    /* Make *out from a description; NULL: all parameters are numbers. */
    tg_status (*read)(const tg_node *node, tg_delay **out);

    /* Check what ranges of single parameters cannot say; set moments, support, abscissa, or
     * leave moments to measure(), with `late` set. Costs no quadrature. */
    tg_status (*prepare)(tg_delay *d);

    /* Panels, tables and, if late, moments. NULL: there are none. */
    tg_status (*measure)(tg_delay *d);

    double (*sample)(const tg_delay *d, tg_rng *g);

    /* How many uniform numbers a sample takes, at most LAW_UNIFORMS, where it is always as many, and
     * the sample of these; 0, NULL: it is not. */
    size_t (*uniforms)(const tg_delay *d);
    double (*of_uniforms)(const tg_delay *d, const double *u);

    double (*pdf)(const tg_delay *d, double t);
    double (*cdf)(const tg_delay *d, double t);
    double (*quantile)(const tg_delay *d, double p); /* 0 < p < 1 */
    double complex (*laplace)(const tg_delay *d, double complex s,
                              double complex *derivative);

    /* Bounds of |phi(s)| and |phi'(s)| over Re s >= left, |Im s| >= height; NULL: phi(left),
     * |phi'(left)|. */
    double (*largest)(const tg_delay *d, double left, double height, double *steepest);

    /* P such that t f(t) c(t) varies by no more than 3 P in all for any c that falls from 1;
     * the largest t f(t) if that has one peak. NULL: not known, or there are atoms. */
    double (*peak)(const tg_delay *d);

    /* Poles of the continuation of phi, each place once; NULL: none. */
    size_t (*poles)(const tg_delay *d, tg_delay_pole *out, size_t room);

    bool costly; /* phi takes microseconds */
};

/* With probability `weight` a delay of `law` after `shift`; of no more than that if NULL. */
typedef struct tg_law_term {
    double    weight, shift;
    tg_delay *law;
} tg_law_term;

struct tg_delay {
    const tg_delay_kind *kind;
    atomic_int           references;
    double               p[LAW_PARAMS];    /* as described */
    double               c[LAW_CONSTANTS]; /* constants that prepare() derives from p */
    double               mean, variance, third, low, high, abscissa;
    double               accuracy; /* of pdf and cdf, 3e-16 but for those by quadrature */

    bool            late;     /* moments wait for measure() */
    bool            panelled; /* so does the transform, by panels */
    atomic_bool     measured;
    pthread_mutex_t making;

    size_t     n;      /* entries of a list, or parts */
    double    *x, *w;  /* (n) values or means; (n) weights that sum to 1, or running sums */
    tg_delay **part;   /* (n) references held */
    tg_panels *panels; /* transform or density by quadrature */
    char      *text;

    struct tg_law_tiles *tiles; /* of core/law_tiles.c */
    struct tg_law_memo
          *memo; /* of core/law_memo.c, of `remembered` bytes, under `making` */
    size_t remembered;

    tg_law_term *term; /* (terms) a sum's density and distribution, taken apart */
    size_t       terms;
};

/* A zeroed law of this kind with one reference and room for n parts, x and w each if n > 0;
 * finish it with tg_law_finish(), which prepares it and drops it on failure.
 * Errors: TG_ENOMEM; those of prepare(). */
TG_CHECKED tg_status tg_law_begin(const tg_delay_kind *kind, size_t n, tg_delay **out);
TG_CHECKED tg_status tg_law_finish(tg_delay *d, tg_delay **out);

/* The law with all that measure() makes; false when that failed, for want of memory. */
bool tg_law_measured(const tg_delay *d);

/* phi from the panels; NaN when they could not be made. */
double complex tg_law_panels_laplace(const tg_delay *d, double complex s,
                                     double complex *derivative);

/* The kind called `name`, or NULL; the name of the kind that another word means or, as a slip
 * of the hand, comes nearest to, or NULL. */
const tg_delay_kind *tg_law_kind(const char *name);
const char          *tg_law_nearest(const char *name);

/* phi(left) and |phi'(left)|, bounds of any law to the right of `left`; and, right of the
 * axis, |phi'(s)| <= 3 peak/|Im s|, an oscillating integral of bounded variation. */
double tg_law_largest(const tg_delay *d, double left, double height, double *steepest);

/* Set the moments from E T, E T^2, E T^3. */
void tg_law_set_raw_moments(tg_delay *d, double m1, double m2, double m3);

/* Set the moments from the panels, normalised; returns their mass. */
double tg_law_set_panel_moments(tg_delay *d);

/* Smallest t in [low, high) with cdf(t) >= p by Newton steps kept inside a bracket:
 * for laws without a closed quantile. */
double tg_law_solve_quantile(const tg_delay *d, double p);

/* Is x in the range of the parameter q? Errors: TG_EDOMAIN. */
TG_CHECKED tg_status tg_law_check_param(const tg_delay_param *q, double x);

/* Has the law atoms beside or instead of a density? */
bool tg_law_has_atoms(const tg_delay *d);

/* Ascending quantiles between which density is, up to the quantile `share`: a law may be far
 * narrower than the interval that is to be integrated. Returns by how much rounding of t grows
 * in the density: the median over the distance of the deciles, >= 1. */
enum { LAW_BREAKS = 9 };
double tg_law_breaks(const tg_delay *d, double share, double breaks[LAW_BREAKS]);

/* A lower bound of P(T <= t) that costs no quadrature: of a sum, that every part takes no more
 * than its share. */
double tg_law_cdf_least(const tg_delay *d, double t);

/* The law of two independent delays without atoms one after the other: density and
 * distribution alone. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_law_convolve(const tg_delay *first, const tg_delay *second,
                                     tg_delay **out);

/* This law with a transform that is quick where many are asked for close together, for one thread
 * (core/law_tiles.c). Errors: TG_ENOMEM. */
typedef struct tg_law_tiles tg_law_tiles;
TG_CHECKED tg_status        tg_law_tiled(const tg_delay *law, tg_delay **out);

/* phi (n) along a curve s (n) that was remembered before; keep it, as far as there is room
 * (core/law_memo.c). */
typedef struct tg_law_memo tg_law_memo;
bool tg_law_recall(const tg_delay *d, const double complex *s, size_t n,
                   double complex *phi);
void tg_law_remember(const tg_delay *d, const double complex *s, size_t n,
                     const double complex *phi);
void tg_law_memo_free(tg_law_memo *m);

/* Make a law from a description, which may carry a key `weight` if `weighted`. */
TG_CHECKED tg_status tg_law_read(const tg_node *node, bool weighted, tg_delay **out);

/* The poles of all parts together; the orders of one place add up (a product of transforms)
 * or the largest counts (a sum). As tg_delay_poles(). */
size_t tg_law_part_poles(const tg_delay *d, bool product, tg_delay_pole *out, size_t room);

/* Put the place of `node` before the current message, unless that is about memory or files.
 */
tg_status tg_law_fail_at(const tg_node *node, tg_status status);

/* The law in the grammar of core/delay.h; malloc'd, NULL when out of memory. */
char *tg_law_describe(const tg_delay *d);

extern const tg_delay_kind tg_law_constant, tg_law_uniform, tg_law_exponential,
    tg_law_shifted_exponential, tg_law_gamma, tg_law_erlang, tg_law_hyperexponential,
    tg_law_lognormal, tg_law_weibull, tg_law_pareto, tg_law_truncated_normal,
    tg_law_half_normal, tg_law_empirical, tg_law_mixture, tg_law_sum, tg_law_at_most;

#endif
