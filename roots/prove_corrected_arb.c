/* prove_corrected: the equation of workers with their own past, in ball arithmetic
 *
 * phi = N/Q as polynomials in balls, t_k enclosed by acb_poly_find_roots. A place is s, or x = 1/s
 * where s is large: there F/s, F = s prod D + sum a_g phi_g prod_{k != g} D_k, is a number near 1 and
 * all of |s| >= R is one ball of x. See roots/prove.h.
 */
#include "roots/prove.h"
#include "roots/rational_arb.h"

#include <math.h>
#include <stdlib.h>

enum { BITS = TG_RATIONAL_BITS, MOST_PIECES = 50000 };

typedef struct proving {
    const tg_renewing *of;
    tg_rational       *law;  /* (groups) */
    arb_t              edge; /* the least -Re t_k */
    size_t             pieces;
} proving;

/* ---- functions of a place ------------------------------------------------------------ */

/* s - t; x/(1 - t x). */
static void
move(tg_place *to, const tg_place *p, const acb_t t)
{
    if (!p->far) {
        acb_sub(to->at, p->at, t, BITS);
        return;
    }
    acb_mul(to->at, p->at, t, BITS);
    acb_neg(to->at, to->at);
    acb_add_ui(to->at, to->at, 1, BITS);
    acb_div(to->at, p->at, to->at, BITS);
}

static void
set_rate(acb_t a, const proving *q, size_t g)
{
    acb_t e;

    acb_init(e);
    acb_set_d(a, q->of->rate[g]);
    acb_set_d(e, q->of->e);
    acb_mul(a, a, e, BITS);
    acb_clear(e);
}

/* s + sum a phi, or over s. */
static void
field_at(acb_t f, const proving *q, const tg_place *p)
{
    acb_t phi, a;

    acb_init(phi);
    acb_init(a);
    acb_zero(f);
    for (size_t g = 0; g < q->of->groups; g++) {
        tg_rational_at(phi, &q->law[g], p);
        set_rate(a, q, g);
        acb_addmul(f, a, phi, BITS);
    }
    if (p->far) {
        acb_mul(f, f, p->at, BITS);
        acb_add_ui(f, f, 1, BITS);
    } else {
        acb_add(f, f, p->at, BITS);
    }
    acb_clear(phi);
    acb_clear(a);
}

/* G_g */
static void
own_at(acb_t own, const proving *q, size_t g, const tg_place *p)
{
    const tg_rational *l = &q->law[g];
    tg_place           moved = tg_place_open(p->far);
    acb_t              f;

    acb_init(f);
    acb_one(own);
    for (slong k = 0; k < l->terms; k++) {
        move(&moved, p, &l->t[k]);
        field_at(f, q, &moved);
        acb_div(f, &l->c[k], f, BITS);
        if (p->far) acb_mul(f, f, moved.at, BITS);
        acb_add(own, own, f, BITS);
    }
    tg_place_close(&moved);
    acb_clear(f);
}

/* F, or F/s. */
static void
corrected_at(acb_t f, const proving *q, const tg_place *p)
{
    acb_t all, drive, phi, d, a;

    acb_init(all);
    acb_init(drive);
    acb_init(phi);
    acb_init(d);
    acb_init(a);
    acb_one(all);
    for (size_t g = 0; g < q->of->groups; g++) {
        tg_rational_at(phi, &q->law[g], p);
        own_at(d, q, g, p);
        acb_mul(d, d, phi, BITS);
        acb_set_d(a, q->of->e);
        acb_mul(d, d, a, BITS);
        acb_add_ui(d, d, 1, BITS);
        set_rate(a, q, g);
        acb_mul(a, a, phi, BITS);
        acb_mul(a, a, all, BITS);
        acb_mul(drive, drive, d, BITS);
        acb_add(drive, drive, a, BITS);
        acb_mul(all, all, d, BITS);
    }
    if (!p->far) acb_swap(all, drive);
    acb_mul(f, drive, p->at, BITS);
    acb_add(f, f, all, BITS);
    acb_clear(all);
    acb_clear(drive);
    acb_clear(phi);
    acb_clear(d);
    acb_clear(a);
}

/* The mean field right of the edge: s moved by it. */
static void
edge_at(acb_t f, const proving *q, const tg_place *p)
{
    tg_place moved = tg_place_open(p->far);
    acb_t    back;

    acb_init(back);
    acb_set_arb(back, q->edge);
    acb_neg(back, back);
    move(&moved, p, back);
    field_at(f, q, &moved);
    if (p->far) { /* over s + edge, and not over s: the ratio is 1 + edge x */
        acb_mul(back, back, p->at, BITS);
        acb_neg(back, back);
        acb_add_ui(back, back, 1, BITS);
        acb_mul(f, f, back, BITS);
    }
    tg_place_close(&moved);
    acb_clear(back);
}

typedef void function(acb_t f, const proving *q, const tg_place *p);

/* ---- the argument principle ---------------------------------------------------------- */

/* i [y - r, y + r] */
static void
set_on_axis(tg_place *p, double y, double r)
{
    acb_set_d_d(p->at, 0, y);
    mag_set_d(arb_radref(acb_imagref(p->at)), r);
}

/* R so large that F/s has a positive real part on Re s >= 0, |s| >= R. */
static int
find_reach(const proving *q, function *at, double *reach)
{
    tg_place p = tg_place_open(1);
    acb_t    f;
    int      good = 0;

    acb_init(f);
    for (*reach = 1; *reach < 1e9 && !good; *reach *= 2) {
        const double x = 1 / *reach;
        acb_set_d_d(p.at, x / 2, 0);
        mag_set_d(arb_radref(acb_realref(p.at)), x / 2);
        mag_set_d(arb_radref(acb_imagref(p.at)), x);
        at(f, q, &p);
        good = arb_is_positive(acb_realref(f));
    }
    tg_place_close(&p);
    acb_clear(f);
    return good;
}

/* Change of arg F from i high down to 0, in pieces on which F over its first value stays right of the
 * imaginary axis. */
static int
walk(proving *q, function *at, double high, arb_t change)
{
    tg_place p = tg_place_open(0);
    acb_t    start, f;
    arb_t    part;
    int      good = 1;

    acb_init(start);
    acb_init(f);
    arb_init(part);
    for (double y = high, step = high / 16; y > 0 && good;) {
        const double next = fmax(0, y - step), middle = next + (y - next) / 2;
        set_on_axis(&p, y, 0);
        at(start, q, &p);
        set_on_axis(&p, middle, nextafter(fmax(y - middle, middle - next), INFINITY));
        at(f, q, &p);
        acb_div(f, f, start, BITS);
        good = ++q->pieces < MOST_PIECES;
        if (!arb_is_positive(acb_realref(f))) {
            step /= 2;
            good = good && step > 1e-13 * high;
            continue;
        }
        set_on_axis(&p, next, 0);
        at(f, q, &p);
        acb_div(f, f, start, BITS);
        acb_arg(part, f, BITS);
        arb_add(change, change, part, BITS);
        y = next;
        step *= 1.5;
    }
    tg_place_close(&p);
    acb_clear(start);
    acb_clear(f);
    arb_clear(part);
    return good;
}

/* N = (arg F(iR) + change)/pi, arg F(iR) = pi/2 + arg F/s. */
static int
count(proving *q, function *at, size_t *zeros)
{
    double   reach;
    tg_place p = tg_place_open(0);
    acb_t    f;
    arb_t    change, part;
    fmpz_t   whole;

    acb_init(f);
    arb_init(change);
    arb_init(part);
    fmpz_init(whole);
    int good = find_reach(q, at, &reach) && walk(q, at, reach, change);
    set_on_axis(&p, reach, 0);
    at(f, q, &p);
    acb_div(f, f, p.at, BITS);
    acb_arg(part, f, BITS);
    arb_add(change, change, part, BITS);
    arb_const_pi(part, BITS);
    arb_div(change, change, part, BITS);
    arb_set_d(part, 0.5);
    arb_add(change, change, part, BITS);
    good = good && arb_get_unique_fmpz(whole, change) && fmpz_sgn(whole) >= 0;
    if (good) *zeros = (size_t)fmpz_get_ui(whole);
    tg_place_close(&p);
    acb_clear(f);
    arb_clear(change);
    arb_clear(part);
    fmpz_clear(whole);
    return good;
}

/* ---- all of it ----------------------------------------------------------------------- */

/* edge := the least -Re t_k, from below; 0: no law has a t_k. */
static int
find_edge(proving *q)
{
    arb_t here;
    int   any = 0;

    arb_init(here);
    for (size_t g = 0; g < q->of->groups; g++)
        for (slong k = 0; k < q->law[g].terms; k++) {
            arb_neg(here, acb_realref(&q->law[g].t[k]));
            if (any)
                arb_min(q->edge, q->edge, here, BITS);
            else
                arb_set(q->edge, here);
            any = 1;
        }
    arb_clear(here);
    return any;
}

static void
prove(proving *q, tg_proof *p)
{
    size_t beyond = 0, zeros;

    if (find_edge(q) &&
        (!arb_is_positive(q->edge) || !count(q, edge_at, &beyond) || beyond))
        return;
    if (!count(q, corrected_at, &zeros)) return;
    p->unstable = zeros;
    p->verdict = zeros ? TG_PROVED_UNSTABLE : TG_PROVED_STABLE;
}

tg_status
tg_corrected_prove(const tg_renewing *workers, tg_proof *out)
{
    proving   q = { .of = workers };
    tg_proof  p = { .root = NAN };
    tg_status status = TG_OK;
    int       told = 1;

    if (!workers->groups) return tg_fail(TG_EDOMAIN, "a proof needs a group of workers");
    if (!(q.law = calloc(workers->groups, sizeof *q.law)))
        return tg_fail(TG_ENOMEM, "out of memory");
    arb_init(q.edge);
    size_t opened = 0;
    for (; opened < workers->groups && status == TG_OK && told; opened++)
        if (!tg_rational_open(&q.law[opened], workers->law[opened], &told))
            status = tg_fail(TG_EDOMAIN, "no proof: the transform of %s is not rational",
                             tg_delay_text(workers->law[opened]));
    if (status == TG_OK && told) prove(&q, &p);
    p.pieces = q.pieces;
    while (opened-- > 0) tg_rational_close(&q.law[opened]);
    free(q.law);
    arb_clear(q.edge);
    if (status == TG_OK) *out = p;
    return status;
}
