#include "asgd/theory/gain_course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 2, FINER = 16 }; /* where a cubic will not do, nodes so many times closer */
static const double SPACING = 0.03, MOST = 120 /* of |ln a| */, TOLERANCE = 1e-6;
static const double EFFECTIVE =
    1e-3; /* of an effective rate, which depends on the horizon more */

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
    double  horizon;
    char   *law;  /* of the loop that the nodes are of; owned */
    tg_loop loop; /* the rest of it */
    level   level[LEVELS];
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
    for (size_t i = 0; i < LEVELS; i++) {
        free(c->level[i].node);
        c->level[i] = (level){ 0 };
    }
    free(c->law);
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
           !strcmp(c->law, tg_delay_text(l->delay));
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
    if (!(c->law = strdup(tg_delay_text(l.delay))))
        return tg_fail(TG_ENOMEM, "out of memory");
    c->loop = l;
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

static tg_status
solve(const tg_gain_course *c, const tg_case *one, double a, tg_mode_prediction *out)
{
    const tg_loop l = tg_case_loop(one, a);

    out->a = a;
    TG_TRY(tg_case_roots(&l, out));
    return tg_case_effective_rate(one, 1, c->horizon, out);
}

static tg_status
know(const tg_gain_course *c, const tg_case *one, const level *v, size_t i)
{
    node              *n = &v->node[i];
    tg_mode_prediction at = { 0 };

    if (n->known) return TG_OK;
    TG_TRY(solve(c, one, exp(v->spacing * (double)i - MOST), &at));
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

/* Whether a cubic will do between nodes i and i + 1: half way it must agree with what is solved there. */
static tg_status
look(const tg_gain_course *c, const tg_case *one, const level *v, size_t i)
{
    tg_mode_prediction guess = { 0 }, half = { 0 };
    bool               even = true;

    if (v->node[i].way) return TG_OK;
    for (size_t k = i - 1; k <= i + 2; k++) {
        TG_TRY(know(c, one, v, k));
        even = even && is_even(&v->node[i - 1], &v->node[k]);
    }
    if (even) {
        interpolate(v, i, 0.5, &guess);
        TG_TRY(solve(c, one, exp(v->spacing * ((double)i + 0.5) - MOST), &half));
    }
    v->node[i].way = even && agree(&guess, &half) ? SMOOTH : ROUGH;
    return TG_OK;
}

tg_status
tg_gain_course_at(tg_gain_course *c, const tg_case *one, double a, tg_mode_prediction *out)
{
    const tg_loop l = tg_case_loop(one, a);

    *out = (tg_mode_prediction){ .a = a };
    if (!is_plain(&l) || !is_same(c, &l) || !(fabs(log(a)) < MOST - 1))
        return solve(c, one, a, out);
    for (size_t k = 0; k < LEVELS; k++) {
        level *v = &c->level[k];
        TG_TRY(level_open(k, v));
        const double place = (log(a) + MOST) / v->spacing;
        const size_t i = (size_t)place;
        TG_TRY(look(c, one, v, i));
        if (v->node[i].way == ROUGH) continue;
        interpolate(v, i, place - (double)i, out);
        return TG_OK;
    }
    return solve(c, one, a, out);
}
