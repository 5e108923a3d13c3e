#include "roots/corrected.h"

#include "roots/corrected_impl.h"

#include "core/complexes.h"
#include "core/parallel.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* A number and its derivative by z. */
typedef struct dual {
    double complex at, slope;
} dual;

static dual
product(dual a, dual b)
{
    return (dual){ multiply(a.at, b.at),
                   multiply(a.at, b.slope) + multiply(a.slope, b.at) };
}

static dual
sum(dual a, double factor, dual b)
{
    return (dual){ a.at + factor * b.at, a.slope + factor * b.slope };
}

/* sum x_i z^i. */
static dual
series(const double *x, size_t n, double complex z)
{
    dual f = { x[n - 1], 0 };

    for (size_t i = n - 1; i-- > 0;) {
        f.slope = multiply(f.slope, z) + f.at;
        f.at = multiply(f.at, z) + x[i];
    }
    return f;
}

/* prod D_g, and sum_g a_g phi_g prod_{k != g} D_k. */
static void
parts(const tg_corrected *c, double complex z, dual *all, dual *drive)
{
    *all = (dual){ 1, 0 };
    *drive = (dual){ 0, 0 };
    for (size_t g = 0; g < c->groups; g++) {
        const tg_corrected_group *k = &c->group[g];
        const dual                phi = series(k->law, k->laws, z);
        const dual                kept = product(phi, series(k->own, k->owns, z));
        const dual                d = sum((dual){ 1, 0 }, c->e, kept);
        *drive = sum(product(*drive, d), k->rate, product(phi, *all));
        *all = product(*all, d);
    }
}

double complex
tg_corrected_disc(const tg_corrected *c, double complex z, double complex *slope,
                  double *clearance)
{
    dual all, drive, f;

    if (isnan(c->e)) {
        const dual phi = series(c->group->law, c->group->laws, z);
        *slope = -c->group->rate * phi.slope;
        const double complex value = 1 - c->group->rate * phi.at;
        *clearance = cabs(value) / (1 + fabs(c->group->rate) * cabs(phi.at));
        return value;
    }
    parts(c, z, &all, &drive);
    const dual one = product((dual){ 1 - z, -1 }, all),
               two = product((dual){ 1 + z, 1 }, drive);
    f = sum(one, c->dt / 2, two);
    *slope = f.slope;
    *clearance = cabs(f.at) / (cabs(one.at) + c->dt / 2 * cabs(two.at));
    return f.at;
}

double complex
tg_corrected_value(const tg_corrected *c, double complex s)
{
    const double complex u = s * c->dt / 2, z = (1 - u) / (1 + u);
    double complex       slope;
    double               clearance;
    dual                 all, drive;

    if (isnan(c->e)) return tg_corrected_disc(c, z, &slope, &clearance);
    parts(c, z, &all, &drive);
    return s + drive.at / all.at;
}

/* ---- bounds -------------------------------------------------------------------------- */

/* sum |x_i| z^i and its derivative, z > 0; inf where it overflows. */
static void
moduli(const double *x, size_t n, double z, double *value, double *slope)
{
    *value = *slope = 0;
    for (size_t i = n; i-- > 0;) {
        *slope = *slope * z + *value;
        *value = *value * z + fabs(x[i]);
    }
}

/* By the same product as H, of moduli. */
double
tg_corrected_steepest(const tg_corrected *c, double left)
{
    const double u = left * c->dt / 2, z = fmax((1 - u) / (1 + u), 1);
    double       all = 1, more = 0, drive = 0, drives = 0;

    for (size_t g = 0; g < c->groups; g++) {
        const tg_corrected_group *k = &c->group[g];
        const double              rate = fabs(k->rate), e = fabs(c->e);
        double                    phi, rise, own, ahead;
        moduli(k->law, k->laws, z, &phi, &rise);
        if (isnan(c->e)) return rate * rise;
        moduli(k->own, k->owns, z, &own, &ahead);
        const double d = 1 + e * phi * own, slope = e * (rise * own + phi * ahead);
        drives = drives * d + drive * slope + rate * (rise * all + phi * more);
        drive = drive * d + rate * phi * all;
        more = more * d + all * slope;
        all *= d;
    }
    return all + (1 + z) * more + c->dt / 2 * (drive + (1 + z) * drives);
}

/* Whether the sum of moduli is small, and over: its last eighth hardly counts. */
static int
is_over(const double *x, size_t n, double z)
{
    const double MOST = 50, LEFT = 1e-5;
    double       value, early, slope;

    moduli(x, n, z, &value, &slope);
    moduli(x, n - n / 8, z, &early, &slope);
    return value <= MOST && value - early <= LEFT;
}

/* Laws that end are over at any line. */
static int
converges(const tg_corrected *c, double line)
{
    const double u = line * c->dt / 2, z = (1 - u) / (1 + u);

    if (!(u > -0.5)) return 0;
    for (size_t g = 0; g < c->groups; g++) {
        const tg_corrected_group *k = &c->group[g];
        double                    value, slope;
        moduli(k->law, k->laws, z, &value, &slope);
        if (!(value <= 50)) return 0;
        if (k->tail && !is_over(k->law, k->laws, z)) return 0;
        if (!isnan(c->e) && !is_over(k->own, k->owns, z)) return 0;
    }
    return 1;
}

double
tg_corrected_line(const tg_corrected *c, double least)
{
    double low = least, high = 0;

    if (converges(c, least)) return least;
    for (int i = 0; i < 40; i++) {
        const double middle = (low + high) / 2;
        *(converges(c, middle) ? &high : &low) = middle;
    }
    return high;
}

/* ---- the argument principle ---------------------------------------------------------- */

tg_corrected_walk
tg_corrected_begin(const tg_corrected *c, double times)
{
    double terms = 8;

    for (size_t g = 0; g < c->groups; g++)
        terms += (double)(c->group[g].laws + c->group[g].owns);
    return (tg_corrected_walk){ .c = c,
                                .clearance = INFINITY,
                                .most = (size_t)(1e7 * times / terms) };
}

tg_status
tg_corrected_follow(tg_corrected_walk *w, const tg_corrected_path *path, double to,
                    double *change)
{
    double complex slope, f = tg_corrected_disc(w->c, path->at(path, 0), &slope, &w->last);
    double         at = 0;

    *change = 0;
    w->clearance = fmin(w->clearance, w->last);
    while (at < to) {
        double         h = fmin(1.8 * cabs(f) / path->steepest, to - at);
        double complex next =
            tg_corrected_disc(w->c, path->at(path, at + h), &slope, &w->last);
        if (!(cabs(f) + cabs(next) > path->steepest * h)) {
            h /= 2.2;
            next = tg_corrected_disc(w->c, path->at(path, at + h), &slope, &w->last);
        }
        if (!(h > 1e-14 * to) || ++w->evaluations > w->most) return TG_ENOCONV;
        if (w->evaluations % 256 == 0) TG_TRY(tg_stop_check());
        w->clearance = fmin(w->clearance, w->last);
        *change += carg(next * conj(f));
        at += h;
        f = next;
    }
    return TG_OK;
}

/* The circle of Re s = line by its angle. */
static double complex
on_circle(const tg_corrected_path *p, double angle)
{
    return p->from + p->way * complex_of(cos(angle), sin(angle));
}

static tg_status
check(const tg_corrected *c, double line)
{
    if (!c->groups || !(c->dt > 0) || !(line * c->dt > -1))
        return tg_fail(TG_EDOMAIN, "roots right of %g of %zu groups on a grid of step %g",
                       line, c->groups, c->dt);
    for (size_t g = 0; g < c->groups; g++)
        if (!c->group[g].laws || !isfinite(c->group[g].rate) ||
            (!isnan(c->e) && !c->group[g].owns))
            return tg_fail(TG_EDOMAIN, "group %zu has no law, or no finite rate", g);
    return TG_OK;
}

tg_status
tg_corrected_count(const tg_corrected *c, double line, size_t *count, double *clearance,
                   size_t *evaluations)
{
    double change;

    TG_TRY(check(c, line));
    const double      u = line * c->dt / 2, z = (1 - u) / (1 + u);
    tg_corrected_walk w = tg_corrected_begin(c, 2);
    tg_corrected_path path = { .at = on_circle,
                               .from = (z - 1) / 2,
                               .way = (z + 1) / 2,
                               .steepest = tg_corrected_steepest(c, line) * (z + 1) / 2 };
    const tg_status   status = tg_corrected_follow(&w, &path, pi, &change);
    const double      turns = change / pi;
    if (status == TG_ESTOP) return status;
    if (status != TG_OK || !(fabs(turns - round(turns)) < 1e-3) || turns < -0.5)
        return tg_fail(TG_ENOCONV,
                       w.evaluations > w.most
                           ? "too many steps to count the roots right of %g"
                           : "a root of the corrected equation lies on the line %g",
                       line);
    *count = (size_t)lround(turns);
    if (clearance) *clearance = w.clearance;
    if (evaluations) *evaluations += w.evaluations;
    return TG_OK;
}
