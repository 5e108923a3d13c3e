#include "core/law.h"
#include "roots/prove.h"

#include <acb.h>
#include <math.h>
#include <string.h>

enum { BITS = 106, MOST_PIECES = 200000 };

static int enclose_law(acb_t phi, const tg_delay *d, const acb_t s);

/* z := 1/(1 + m s) */
static void
stage(acb_t z, double m, const acb_t s)
{
    arb_t mean;

    arb_init(mean);
    arb_set_d(mean, m);
    acb_mul_arb(z, s, mean, BITS);
    acb_add_ui(z, z, 1, BITS);
    acb_inv(z, z, BITS);
    arb_clear(mean);
}

/* z := e^{-tau s} */
static void
shift(acb_t z, double tau, const acb_t s)
{
    arb_t t;

    arb_init(t);
    arb_set_d(t, -tau);
    acb_mul_arb(z, s, t, BITS);
    acb_exp(z, z, BITS);
    arb_clear(t);
}

/* z := sinh(r s)/(r s) = sinc(i r s) */
static void
sinh_ratio(acb_t z, double r, const acb_t s)
{
    arb_t half;

    arb_init(half);
    arb_set_d(half, r);
    acb_mul_arb(z, s, half, BITS);
    acb_mul_onei(z, z);
    acb_sinc(z, z, BITS);
    arb_clear(half);
}

/* The mean as described is m; the scale m/n is taken in balls. */
static void
gamma_law(acb_t phi, const tg_delay *d, const acb_t s)
{
    arb_t scale, n;
    acb_t power;

    arb_init(scale);
    arb_init(n);
    acb_init(power);
    arb_set_d(scale, d->p[1]);
    arb_set_d(n, d->p[0]);
    arb_div(scale, scale, n, BITS);
    acb_mul_arb(phi, s, scale, BITS);
    acb_add_ui(phi, phi, 1, BITS);
    arb_neg(n, n);
    acb_set_arb(power, n);
    acb_pow(phi, phi, power, BITS);
    arb_clear(scale);
    arb_clear(n);
    acb_clear(power);
}

/* sum of w_i phi_i: w_i are the doubles that the law holds, normalised in balls. */
static int
mixture_law(acb_t phi, const tg_delay *d, const acb_t s)
{
    acb_t part, sum;
    arb_t w, total;
    int   known = 1;

    acb_init(part);
    acb_init(sum);
    arb_init(w);
    arb_init(total);
    for (size_t i = 0; i < d->n && known; i++) {
        if (d->kind == &tg_law_hyperexponential)
            stage(part, d->x[i], s);
        else
            known = enclose_law(part, d->part[i], s);
        arb_set_d(w, d->w[i]);
        arb_add(total, total, w, BITS);
        acb_mul_arb(part, part, w, BITS);
        acb_add(sum, sum, part, BITS);
    }
    acb_div_arb(phi, sum, total, BITS);
    acb_clear(part);
    acb_clear(sum);
    arb_clear(w);
    arb_clear(total);
    return known;
}

static int
sum_law(acb_t phi, const tg_delay *d, const acb_t s)
{
    acb_t part, product;
    int   known = 1;

    acb_init(part);
    acb_init(product);
    acb_one(product);
    for (size_t i = 0; i < d->n && known; i++) {
        known = enclose_law(part, d->part[i], s);
        acb_mul(product, product, part, BITS);
    }
    acb_set(phi, product);
    acb_clear(part);
    acb_clear(product);
    return known;
}

/* phi(s) for every s in the ball; 0 if the law has no closed form here. */
static int
enclose_law(acb_t phi, const tg_delay *d, const acb_t s)
{
    acb_t other;

    if (d->kind == &tg_law_gamma || d->kind == &tg_law_erlang) {
        gamma_law(phi, d, s);
        return 1;
    }
    if (d->kind == &tg_law_hyperexponential || d->kind == &tg_law_mixture)
        return mixture_law(phi, d, s);
    if (d->kind == &tg_law_sum) return sum_law(phi, d, s);
    acb_init(other);
    int known = 1;
    if (d->kind == &tg_law_constant) {
        shift(phi, d->p[0], s);
    } else if (d->kind == &tg_law_exponential || d->kind == &tg_law_shifted_exponential) {
        stage(other, d->c[0], s);
        shift(phi, d->low, s);
        acb_mul(phi, phi, other, BITS);
    } else if (d->kind ==
               &tg_law_uniform) { /* centre and half width are exact in most bases */
        sinh_ratio(other, (d->high - d->low) / 2, s);
        shift(phi, (d->high + d->low) / 2, s);
        acb_mul(phi, phi, other, BITS);
    } else {
        known = 0;
    }
    acb_clear(other);
    return known;
}

/* F(s) of the filter; fedbuff: e^{-z/2} sinh(z/2)/(z/2). */
static int
enclose_filter(acb_t gain, const tg_loop *l, const acb_t s)
{
    const char *name = l->filter ? l->filter->name : "asgd";
    acb_t       other;
    arb_t       x;

    acb_one(gain);
    if (!strcmp(name, "asgd")) return 1;
    acb_init(other);
    arb_init(x);
    int known = 1;
    if (!strcmp(name, "fedbuff")) {
        const double half = l->param / l->lambda / 2;
        sinh_ratio(gain, half, s);
        shift(other, half, s);
        acb_mul(gain, gain, other, BITS);
    } else if (!strcmp(name, "heavy_ball")) {
        arb_set_d(x, l->param / l->lambda);
        acb_mul_arb(gain, s, x, BITS);
        arb_set_d(x, l->param);
        arb_sub_ui(x, x, 1, BITS);
        acb_sub_arb(gain, gain, x, BITS);
        acb_inv(gain, gain, BITS);
    } else {
        known = 0;
    }
    acb_clear(other);
    arb_clear(x);
    return known;
}

static int
enclose(acb_t f, const tg_loop *l, const acb_t s)
{
    acb_t gain;
    arb_t x;

    acb_init(gain);
    arb_init(x);
    const int known = enclose_law(f, l->delay, s) && enclose_filter(gain, l, s);
    acb_mul(f, f, gain, BITS);
    arb_set_d(x, l->a);
    acb_mul_arb(f, f, x, BITS);
    arb_set_d(x, l->b);
    acb_add_arb(f, f, x, BITS);
    acb_add(f, f, s, BITS);
    acb_clear(gain);
    arb_clear(x);
    return known;
}

/* s := [x - rx, x + rx] + i [y - ry, y + ry] */
static void
set_box(acb_t s, double x, double rx, double y, double ry)
{
    acb_set_d_d(s, x, y);
    mag_set_d(arb_radref(acb_realref(s)), rx);
    mag_set_d(arb_radref(acb_imagref(s)), ry);
}

/* Change of arg f from i high down to i low: pieces on which f/f(i high) stays right of the
 * imaginary axis, so that the principal argument of the ratio of the ends is the change. */
static int
walk(const tg_loop *l, double low, double high, arb_t change, size_t *pieces)
{
    acb_t s, start, f;
    arb_t part;
    int   good = 1;

    acb_init(s);
    acb_init(start);
    acb_init(f);
    arb_init(part);
    for (double y = high, step = (high - low) / 8; y > low && good;) {
        const double next = fmax(low, y - step), middle = y - (y - next) / 2;
        set_box(s, 0, 0, y, 0);
        enclose(start, l, s);
        set_box(s, 0, 0, middle, nextafter(fmax(y - middle, middle - next), INFINITY));
        enclose(f, l, s);
        acb_div(f, f, start, BITS);
        if (!arb_is_positive(acb_realref(f))) {
            step /= 2;
            good = step > 1e-13 * high && *pieces < MOST_PIECES;
            ++*pieces;
            continue;
        }
        set_box(s, 0, 0, next, 0);
        enclose(f, l, s);
        acb_div(f, f, start, BITS);
        acb_arg(part, f, BITS);
        arb_add(change, change, part, BITS);
        y = next;
        step *= 1.5;
        ++*pieces;
    }
    acb_clear(s);
    acb_clear(start);
    acb_clear(f);
    arb_clear(part);
    return good;
}

/* N = (arc + walk)/pi. On |s| = R' > |b| + |a| >= |f - s| the arc's share is arg f(i R') itself,
 * with arg s = pi/2 and |arg(f/s)| < pi/2. */
static int
count(const tg_loop *l, size_t *zeros, size_t *pieces)
{
    const double open =
        l->filter && !strcmp(l->filter->name, "heavy_ball") ? 1 / (1 - l->param) : 1;
    const double reach = 1.01 * (fabs(l->a) * open + fabs(l->b)) + 1e-300;
    arb_t        change, part;
    acb_t        s, f;
    fmpz_t       whole;

    arb_init(change);
    arb_init(part);
    acb_init(s);
    acb_init(f);
    fmpz_init(whole);
    int good = walk(l, 0, reach, change, pieces);
    set_box(s, 0, 0, reach, 0);
    enclose(f, l, s);
    acb_div(f, f, s, BITS);
    acb_arg(part, f, BITS);
    arb_add(change, change, part, BITS);
    arb_const_pi(part, BITS);
    arb_mul_2exp_si(part, part, -1);
    arb_add(change, change, part, BITS);
    arb_mul_2exp_si(part, part, 1);
    arb_div(change, change, part, BITS);
    good = good && arb_get_unique_fmpz(whole, change) && fmpz_sgn(whole) >= 0;
    if (good) *zeros = (size_t)fmpz_get_ui(whole);
    arb_clear(change);
    arb_clear(part);
    acb_clear(s);
    acb_clear(f);
    fmpz_clear(whole);
    return good;
}

/* The square of half width r about c holds a zero if f has one zero by its own winding there:
 * the four sides, each enclosed in pieces, turn arg f by 2 pi. */
static int
side(const tg_loop *l, double complex from, double complex to, arb_t change)
{
    enum { PIECES = 16 };
    acb_t s, f, start;
    arb_t part;
    int   good = 1;

    acb_init(s);
    acb_init(f);
    acb_init(start);
    arb_init(part);
    for (int i = 0; i < PIECES && good; i++) {
        const double complex a = from + (to - from) * i / PIECES,
                             b = from + (to - from) * (i + 1) / PIECES;
        const double complex m = (a + b) / 2;
        const double         rx = fabs(creal(b - a)) * 0.51, ry = fabs(cimag(b - a)) * 0.51;
        set_box(s, creal(a), 0, cimag(a), 0);
        enclose(start, l, s);
        set_box(s, creal(m), rx, cimag(m), ry);
        enclose(f, l, s);
        acb_div(f, f, start, BITS);
        good = arb_is_positive(acb_realref(f));
        set_box(s, creal(b), 0, cimag(b), 0);
        enclose(f, l, s);
        acb_div(f, f, start, BITS);
        acb_arg(part, f, BITS);
        arb_add(change, change, part, BITS);
    }
    acb_clear(s);
    acb_clear(f);
    acb_clear(start);
    arb_clear(part);
    return good;
}

static int
encloses_root(const tg_loop *l, double complex c, double r)
{
    const double complex corner[] = { c - r - r * I, c + r - r * I, c + r + r * I,
                                      c - r + r * I };
    arb_t                change, pi;
    fmpz_t               turns;
    int                  good = creal(c) - r > 0;

    arb_init(change);
    arb_init(pi);
    fmpz_init(turns);
    for (int i = 0; i < 4 && good; i++)
        good = side(l, corner[i], corner[(i + 1) % 4], change);
    arb_const_pi(pi, BITS);
    arb_mul_2exp_si(pi, pi, 1);
    arb_div(change, change, pi, BITS);
    good = good && arb_get_unique_fmpz(turns, change) && fmpz_sgn(turns) > 0;
    arb_clear(change);
    arb_clear(pi);
    fmpz_clear(turns);
    return good;
}

static tg_status
check_closed_form(const tg_loop *l)
{
    acb_t s, f;

    acb_init(s);
    acb_init(f);
    acb_set_d(s, 1);
    const int known = enclose(f, l, s);
    acb_clear(s);
    acb_clear(f);
    if (known) return TG_OK;
    return tg_fail(TG_EDOMAIN, "no proof: %s with the filter %s has no closed form here",
                   tg_delay_text(l->delay), l->filter ? l->filter->name : "asgd");
}

tg_status
tg_loop_prove(const tg_loop *loop, tg_proof *out)
{
    tg_proof     p = { 0 };
    tg_rightmost r = { 0 };

    TG_TRY(tg_loop_check(loop));
    TG_TRY(check_closed_form(loop));
    const int counted = count(loop, &p.unstable, &p.pieces);
    if (counted && p.unstable == 0) {
        p.verdict = TG_PROVED_STABLE;
    } else if (tg_loop_rightmost(loop, &r) == TG_OK && creal(r.s) > 0) {
        for (double radius = 1e-12 * cabs(r.s); radius < creal(r.s) && !p.verdict;
             radius *= 10)
            if (encloses_root(loop, r.s, radius)) {
                p.verdict = TG_PROVED_UNSTABLE;
                p.root = r.s;
                p.radius = radius;
                if (!counted) p.unstable = r.unstable;
            }
    }
    *out = p;
    return TG_OK;
}
