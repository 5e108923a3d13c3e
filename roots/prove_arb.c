#include "roots/enclose_arb.h"
#include "roots/prove.h"

#include <acb.h>
#include <math.h>
#include <string.h>

enum { MOST_PIECES = 200000 };

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
        tg_enclose(start, l, s);
        set_box(s, 0, 0, middle, nextafter(fmax(y - middle, middle - next), INFINITY));
        tg_enclose(f, l, s);
        acb_div(f, f, start, TG_ENCLOSE_BITS);
        if (!arb_is_positive(acb_realref(f))) {
            step /= 2;
            good = step > 1e-13 * high && *pieces < MOST_PIECES;
            ++*pieces;
            continue;
        }
        set_box(s, 0, 0, next, 0);
        tg_enclose(f, l, s);
        acb_div(f, f, start, TG_ENCLOSE_BITS);
        acb_arg(part, f, TG_ENCLOSE_BITS);
        arb_add(change, change, part, TG_ENCLOSE_BITS);
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

/* N = (arc + walk)/pi. On |s| = R' > |b| + |a| >= |f - s| the arc's share is arg f(i R')
 * itself, with arg s = pi/2 and |arg(f/s)| < pi/2. */
static int
count(const tg_loop *l, size_t *zeros, size_t *pieces)
{
    const bool   remembers = l->filter && (!strcmp(l->filter->name, "heavy_ball") ||
                                         !strcmp(l->filter->name, "nesterov"));
    const double open = remembers ? 1 / (1 - l->param) : 1;
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
    tg_enclose(f, l, s);
    acb_div(f, f, s, TG_ENCLOSE_BITS);
    acb_arg(part, f, TG_ENCLOSE_BITS);
    arb_add(change, change, part, TG_ENCLOSE_BITS);
    arb_const_pi(part, TG_ENCLOSE_BITS);
    arb_mul_2exp_si(part, part, -1);
    arb_add(change, change, part, TG_ENCLOSE_BITS);
    arb_mul_2exp_si(part, part, 1);
    arb_div(change, change, part, TG_ENCLOSE_BITS);
    good = good && arb_get_unique_fmpz(whole, change) && fmpz_sgn(whole) >= 0;
    if (good) *zeros = (size_t)fmpz_get_ui(whole);
    arb_clear(change);
    arb_clear(part);
    acb_clear(s);
    acb_clear(f);
    fmpz_clear(whole);
    return good;
}

/* The square of half width r about c holds a zero if f has one zero by its own winding
 * there: the four sides, each enclosed in pieces, turn arg f by 2 pi. */
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
        tg_enclose(start, l, s);
        set_box(s, creal(m), rx, cimag(m), ry);
        tg_enclose(f, l, s);
        acb_div(f, f, start, TG_ENCLOSE_BITS);
        good = arb_is_positive(acb_realref(f));
        set_box(s, creal(b), 0, cimag(b), 0);
        tg_enclose(f, l, s);
        acb_div(f, f, start, TG_ENCLOSE_BITS);
        acb_arg(part, f, TG_ENCLOSE_BITS);
        arb_add(change, change, part, TG_ENCLOSE_BITS);
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
    arb_const_pi(pi, TG_ENCLOSE_BITS);
    arb_mul_2exp_si(pi, pi, 1);
    arb_div(change, change, pi, TG_ENCLOSE_BITS);
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
    const int known = tg_enclose(f, l, s);
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
