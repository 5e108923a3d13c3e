#include "asgd/theory/gain_course.h"

#include "asgd/theory/finite_rate.h"
#include "core/complexes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 4, FINER = 4 }; /* where a cubic will not do, nodes so many times closer */
static const double SPACING = 0.12, MOST = 120 /* of |ln a| */, TOLERANCE = 1e-6;
static const double EFFECTIVE =
    1e-3; /* of an effective rate, which depends on the horizon more */

/* Numbers of workers of which rates are found; between them they are cubics in 1/P. */
static const double RUNG[] = { 2, 3, 4, 6, 10, 20, 50, INFINITY };
enum { RUNGS = sizeof RUNG / sizeof *RUNG };

enum { SMOOTH = 1, ROUGH }; /* the way from a node to the next: whether a cubic will do */

typedef struct node {
    double        re, im, rate;
    size_t        unstable;
    int           exponential;
    bool          effective, known; /* known: it is solved */
    unsigned char way;              /* 0: not looked at */
} node;

/* Nodes at ln a = spacing i - MOST. */
typedef struct level {
    double spacing;
    size_t count;
    node  *node; /* owned */
} level;

struct tg_gain_course {
    double         horizon;
    tg_delay      *law;  /* of the loop that the nodes are of; a reference held */
    tg_loop        loop; /* the rest of it */
    tg_finite_rate finite;
    level          level[RUNGS][LEVELS]; /* the last of the mean field */
};

tg_status
tg_gain_course_create(double horizon, tg_gain_course **out)
{
    tg_gain_course *c = calloc(1, sizeof *c);

    if (!c) return tg_fail(TG_ENOMEM, "out of memory");
    c->horizon = horizon;
    *out = c;
    return TG_OK;
}

static void
forget(tg_gain_course *c)
{
    for (size_t i = 0; i < RUNGS * LEVELS; i++) {
        level *v = &c->level[i / LEVELS][i % LEVELS];
        free(v->node);
        *v = (level){ 0 };
    }
    c->finite.known = false;
    tg_delay_free(c->law);
    c->law = NULL;
}

void
tg_gain_course_free(tg_gain_course *c)
{
    if (c) forget(c);
    free(c);
}

/* ---- one loop ------------------------------------------------------------------------ */

/* ASGD and DuDe-ASGD have no clock of updates, so the rate of arrivals is nothing to the loop but
 * its gain. */
static bool
has_clock(const tg_loop *l)
{
    return strcmp(l->filter->name, "asgd") && strcmp(l->filter->name, "dude");
}

/* Loops with laws of their own beside the delay are not compared. */
static bool
is_plain(const tg_loop *l)
{
    return l->filter && !l->kept && l->groups == 0;
}

static bool
is_same(const tg_gain_course *c, const tg_loop *l)
{
    return c->law && c->loop.filter == l->filter && c->loop.param == l->param &&
           c->loop.b == l->b && (!has_clock(l) || c->loop.lambda == l->lambda) &&
           !strcmp(tg_delay_text(c->law), tg_delay_text(l->delay));
}

tg_status
tg_gain_course_turn(tg_gain_course *c, const tg_case *one)
{
    const tg_loop l = tg_case_loop(one, 1);

    if (!is_plain(&l)) {
        forget(c);
        return TG_OK;
    }
    if (is_same(c, &l)) return TG_OK;
    forget(c);
    c->law = tg_delay_keep(l.delay);
    c->loop = l;
    c->finite = tg_finite_rate_of(one);
    return TG_OK;
}

/* Pages of a level are zero until they are written to. */
static tg_status
level_open(size_t i, level *out)
{
    if (out->node) return TG_OK;
    out->spacing = SPACING / pow(FINER, (double)i);
    out->count = (size_t)(2 * MOST / out->spacing) + 4;
    out->node = calloc(out->count, sizeof *out->node);
    return out->node ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

/* ---- nodes --------------------------------------------------------------------------- */

/* In place of the mean field's rate that of P workers, where it is known. */
static void
set_rate(const tg_gain_course *c, const tg_case *one, double workers, tg_mode_prediction *m)
{
    const tg_loop  l = tg_case_loop(one, m->a);
    double complex root;

    if (isinf(workers) || (m->effective && workers > 1)) return;
    const double rate =
        tg_finite_rate_at(&c->finite, &l, workers, complex_of(m->re, fabs(m->im)), &root);
    if (isnan(rate)) return;
    m->rate = rate;
    m->effective = false;
}

/* Root and count are the mean field's. The law that is held remembers its transforms. */
static tg_status
solve(const tg_gain_course *c, const tg_case *one, double a, double workers,
      tg_mode_prediction *out)
{
    tg_case here = *one;
    tg_loop l = tg_case_loop(one, a);

    if (is_same(c, &l)) l.delay = here.delay = c->law;
    out->a = a;
    TG_TRY(tg_case_roots(&l, out));
    TG_TRY(tg_case_effective_rate(&here, 1, c->horizon, out));
    set_rate(c, &here, workers, out);
    return TG_OK;
}

static double
gain_at(const level *v, double place)
{
    return exp(v->spacing * place - MOST);
}

/* Node i of a level; of few workers from the mean field's. */
static tg_status
know(tg_gain_course *c, const tg_case *one, size_t rung, size_t k, size_t i)
{
    node              *n = &c->level[rung][k].node[i];
    const node        *field = &c->level[RUNGS - 1][k].node[i];
    tg_mode_prediction at = { .a = gain_at(&c->level[rung][k], (double)i) };

    if (n->known) return TG_OK;
    if (rung < RUNGS - 1) {
        TG_TRY(know(c, one, RUNGS - 1, k, i));
        at.re = field->re;
        at.im = field->im;
        at.rate = field->rate;
        at.unstable = field->unstable;
        at.exponential = field->exponential;
        at.effective = field->effective;
        set_rate(c, one, RUNG[rung], &at);
    } else {
        TG_TRY(solve(c, one, at.a, INFINITY, &at));
    }
    *n = (node){ .re = at.re,
                 .im = fabs(at.im),
                 .rate = at.rate,
                 .unstable = at.unstable,
                 .exponential = at.exponential,
                 .effective = at.effective,
                 .known = true };
    return TG_OK;
}

/* Lagrange's cubic at u in [0, 1] between the middle two of four even nodes. */
static double
cubic(const double f[4], double u)
{
    const double before = u + 1, after = u - 1, far = u - 2;

    return -u * after * far / 6 * f[0] + before * after * far / 2 * f[1] -
           before * u * far / 2 * f[2] + before * u * after / 6 * f[3];
}

/* Between nodes i and i + 1. */
static void
interpolate(const level *v, size_t i, double u, tg_mode_prediction *out)
{
    double re[4], im[4], rate[4];

    for (size_t k = 0; k < 4; k++) {
        const node *n = &v->node[i - 1 + k];
        re[k] = n->re;
        im[k] = n->im;
        rate[k] = n->rate;
    }
    out->re = cubic(re, u);
    out->im = cubic(im, u);
    out->rate = cubic(rate, u);
    out->unstable = v->node[i].unstable;
    out->exponential = v->node[i].exponential;
    out->effective = v->node[i].effective;
}

static bool
agree(const tg_mode_prediction *a, const tg_mode_prediction *b)
{
    const double size = TOLERANCE * hypot(b->re, b->im);
    const double rate = b->effective ? EFFECTIVE * fabs(b->rate) : size;

    return hypot(a->re - b->re, a->im - fabs(b->im)) <= size &&
           fabs(a->rate - b->rate) <= rate && a->unstable == b->unstable &&
           a->exponential == b->exponential && a->effective == b->effective;
}

static bool
is_even(const node *a, const node *b)
{
    return a->unstable == b->unstable && a->exponential == b->exponential &&
           a->effective == b->effective;
}

/* What is solved half way; of few workers from the mean field's cubic, where that will do. */
static tg_status
half_way(tg_gain_course *c, const tg_case *one, size_t rung, size_t k, size_t i,
         tg_mode_prediction *half)
{
    const level *field = &c->level[RUNGS - 1][k];
    const double a = gain_at(field, (double)i + 0.5);

    if (rung == RUNGS - 1 || field->node[i].way != SMOOTH)
        return solve(c, one, a, RUNG[rung], half);
    interpolate(field, i, 0.5, half);
    half->a = a;
    set_rate(c, one, RUNG[rung], half);
    return TG_OK;
}

/* Whether a cubic will do between nodes i and i + 1: half way it must agree with what is solved there. */
static tg_status
look(tg_gain_course *c, const tg_case *one, size_t rung, size_t k, size_t i)
{
    const level       *v = &c->level[rung][k];
    tg_mode_prediction guess = { 0 }, half = { 0 };
    bool               even = true;

    if (v->node[i].way) return TG_OK;
    if (rung < RUNGS - 1) TG_TRY(look(c, one, RUNGS - 1, k, i));
    for (size_t j = i - 1; j <= i + 2; j++) {
        TG_TRY(know(c, one, rung, k, j));
        even = even && is_even(&v->node[i - 1], &v->node[j]);
    }
    if (even) {
        interpolate(v, i, 0.5, &guess);
        TG_TRY(half_way(c, one, rung, k, i, &half));
    }
    v->node[i].way = even && agree(&guess, &half) ? SMOOTH : ROUGH;
    return TG_OK;
}

/* On a rung, where the loop is the course's. */
static tg_status
at_rung(tg_gain_course *c, const tg_case *one, double a, size_t rung,
        tg_mode_prediction *out)
{
    const double along = log(a) + MOST;

    *out = (tg_mode_prediction){ .a = a };
    for (size_t k = 0; k < LEVELS; k++) {
        const level *v = &c->level[rung][k];
        TG_TRY(level_open(k, &c->level[RUNGS - 1][k]));
        TG_TRY(level_open(k, &c->level[rung][k]));
        const double place = along / v->spacing;
        const size_t i = (size_t)place;
        TG_TRY(look(c, one, rung, k, i));
        if (v->node[i].way == ROUGH) continue;
        interpolate(v, i, place - (double)i, out);
        return TG_OK;
    }
    return solve(c, one, a, RUNG[rung], out);
}

/* Lagrange's value at x = 1/P through the rungs from..to. */
static double
through(const double *rate, size_t from, size_t to, double x)
{
    double sum = 0;

    for (size_t i = from; i <= to; i++) {
        double weight = 1;
        for (size_t k = from; k <= to; k++)
            if (k != i) weight *= (x - 1 / RUNG[k]) / (1 / RUNG[i] - 1 / RUNG[k]);
        sum += weight * rate[i - from];
    }
    return sum;
}

/* The rate of P workers: a cubic through the four rungs around, where that and the parabola without the
 * one furthest away agree to 1e-4 (a root that turns from real to complex goes like no cubic); else
 * solved. */
static tg_status
between_rungs(tg_gain_course *c, const tg_case *one, double a, double workers,
              tg_mode_prediction *out)
{
    const double x = 1 / workers;
    double       rate[4];
    size_t       above = 1;

    while (above < RUNGS - 1 && RUNG[above] < workers) above++;
    const size_t first = above < 2 ? 0 : above - 2 + 4 > RUNGS ? RUNGS - 4 : above - 2;
    for (size_t i = 0; i < 4; i++) {
        tg_mode_prediction m;
        TG_TRY(at_rung(c, one, a, first + i, &m));
        if (RUNG[first + i] == workers) {
            out->rate = m.rate;
            return TG_OK;
        }
        rate[i] = m.rate;
    }
    const size_t near = fabs(1 / RUNG[first] - x) > fabs(1 / RUNG[first + 3] - x);
    const double cubic_rate = through(rate, first, first + 3, x);
    const double other = through(rate + near, first + near, first + near + 2, x);
    if (fabs(cubic_rate - other) <= 1e-4 * fabs(cubic_rate))
        out->rate = cubic_rate;
    else
        set_rate(c, one, workers, out);
    return TG_OK;
}

tg_status
tg_gain_course_at(tg_gain_course *c, const tg_case *one, double a, tg_mode_prediction *out)
{
    const tg_loop l = tg_case_loop(one, a);
    const double  workers = (double)one->cluster->workers;
    const bool    plain = is_plain(&l) && is_same(c, &l);

    *out = (tg_mode_prediction){ .a = a };
    if (workers == 1 && one->solved) return solve(c, one, a, 1, out);
    if (!plain || !(fabs(log(a)) < MOST - 1))
        return solve(c, one, a, plain && c->finite.known ? workers : INFINITY, out);
    TG_TRY(at_rung(c, one, a, RUNGS - 1, out));
    if (!c->finite.known || out->effective) return TG_OK;
    return between_rungs(c, one, a, workers, out);
}
