#include "core/complexes.h"
#include "roots/system_impl.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

/* Newton on log det M: s -= 1/tr(M^-1 M'). Ends at rounding; beside a multiple root, where
 * rounding is a root of that, wherever it then is. *residual: 1/|M^-1|, the distance from M to a singular matrix, and more.
 */
static int
polish(tg_system_work *w, double complex *s, double *residual)
{
    double complex z = *s;
    double         before = INFINITY;

    for (int i = 0; i < 60; i++) {
        tg_system_point p;
        if (!tg_system_factor(w, z, &p)) { /* singular to the last bit */
            *s = z;
            *residual = 0;
            return 1;
        }
        const double complex step = inverse(p.trace);
        const double         size = cabs(step), scale = cabs(z) + 1e-3 * w->radius;
        *residual = 1 / p.inverse;
        if (!isfinite(size) || (i > 15 && size > 1e3 * scale)) return 0;
        if (size <= 2e-16 * scale || (size < 1e-9 * scale && size >= before)) {
            *s = z;
            return 1;
        }
        before = size;
        z -= step;
        if (!(creal(z) > w->line - 0.5 * fabs(w->radius))) return 0;
    }
    *s = z;
    return before < 1e-2 * (cabs(z) + 1e-3 * w->radius);
}

static int
known(const tg_root_set *set, double complex z, double near)
{
    for (size_t i = 0; i < set->count; i++)
        if (cabs(set->root[i].s - z) < near) return 1;
    return 0;
}

/* Polish what the collocation proposes. */
static tg_status
gather(tg_system_work *w, const double complex *guess, size_t n, tg_root_set *set)
{
    const double margin = 0.05 * (fabs(w->line) + w->radius / 20);

    for (size_t i = 0; i < n; i++) {
        double complex z = guess[i];
        double         residual;
        if (known(set, z, 1e-7 * (cabs(z) + 1e-3 * w->radius))) continue;
        if (creal(z) < w->line - margin || cimag(z) < -1e-9 * w->radius ||
            cabs(z) > 2 * w->radius)
            continue;
        if (!polish(w, &z, &residual)) continue;
        if (fabs(cimag(z)) < 1e-10 * (cabs(z) + 1e-3 * w->radius)) z = creal(z);
        if (cimag(z) < 0) z = conj(z);
        if (!(creal(z) >= w->line) || known(set, z, 1e-7 * (cabs(z) + 1e-3 * w->radius)))
            continue;
        TG_TRY(tg_root_set_add(set, (tg_root){ z, 1, residual, 0 }));
    }
    return TG_OK;
}

/* sum over the zeros z within `radius` of c of 1, z - c, (z - c)^2: (1/2 pi i) of the integral of
 * (s - c)^k tr(M^-1 M') by the trapezoidal rule, which converges geometrically. */
static int
measure_circle(tg_system_work *w, double complex c, double radius, double complex sum[3])
{
    enum { N = 96 };

    sum[0] = sum[1] = sum[2] = 0;
    for (int i = 0; i < N; i++) {
        const double complex d = radius * cexp(complex_of(0, 2 * pi * (i + 0.5) / N));
        tg_system_point      p;
        if (!tg_system_factor(w, c + d, &p)) return 0;
        sum[0] += d * p.trace / N;
        sum[1] += d * d * p.trace / N;
        sum[2] += d * d * d * p.trace / N;
    }
    return cabs(sum[0] - round(creal(sum[0]))) < 1e-4 && creal(sum[0]) > 0.5;
}

/* The candidates within `near` of root i, itself the first: their mean, and how far they are
 * from it at most. */
static size_t
group_around(const tg_root_set *set, size_t i, double near, double complex *mean,
             double *spread)
{
    const double complex z = set->root[i].s;
    size_t               n = 0;

    *mean = *spread = 0;
    for (size_t j = 0; j < set->count; j++)
        if (cabs(set->root[j].s - z) < near) {
            *mean += set->root[j].s;
            n++;
        }
    *mean /= (double)n;
    if (fabs(cimag(*mean)) < near) *mean = creal(*mean);
    for (size_t j = 0; j < set->count; j++)
        if (cabs(set->root[j].s - z) < near)
            *spread = fmax(*spread, cabs(set->root[j].s - *mean));
    return n;
}

/* Remove the candidates within `near` of root i, but for i, which takes their place. */
static void
merge(tg_root_set *set, size_t i, double near, tg_root root)
{
    const double complex z = set->root[i].s;
    size_t               n = 0;

    set->root[i] = root;
    for (size_t j = 0; j < set->count; j++)
        if (j <= i || !(cabs(set->root[j].s - z) < near)) set->root[n++] = set->root[j];
    set->count = n;
}

/* M changes over the longest delay's rate, or over |s| where that is less. */
static double
scale_at(const tg_system_work *w, double complex z)
{
    double longest = 0;

    for (size_t l = 0; l < w->system->terms; l++)
        longest = fmax(longest, tg_delay_mean(w->system->term[l].delay));
    return 1 / (longest + 1 / (cabs(z) + 1e-3 * w->radius));
}

/* How far a circle around the group of root i at c can reach without another candidate. */
static double
free_around(const tg_system_work *w, const tg_root_set *set, size_t i, double near,
            double complex c)
{
    double gap = 40 * near;

    for (size_t j = 0; j < set->count; j++)
        if (!(cabs(set->root[j].s - set->root[i].s) < near))
            gap = fmin(gap, cabs(set->root[j].s - c));
    if (cimag(c) != 0) gap = fmin(gap, fabs(cimag(c)));
    return fmin(gap / 2, 0.9 * (creal(c) - w->line));
}

/* Does tr(M^-1 M') beside a zero say 1/(s - c), not m/(s - c) of a multiple one? */
static int
is_simple(tg_system_work *w, double complex c, double away)
{
    tg_system_point p;

    return tg_system_factor(w, c + away, &p) && cabs(away * p.trace - 1) < 0.3;
}

/* Candidates that Newton left close together: if a circle around them holds another number of
 * zeros, all at one place, or they are as close as rounding puts the roots of a multiple one, these
 * are one multiple zero at their mean. */
static void
weigh(tg_system_work *w, tg_root_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const double   scale = scale_at(w, set->root[i].s), near = 3e-3 * scale;
        double complex c, sum[3];
        double         spread;
        const size_t   n = group_around(set, i, near, &c, &spread);
        const double   gap = free_around(w, set, i, near, c);
        if (n == 1 && is_simple(w, c, near)) continue;
        if (!(gap > 2 * spread) || !measure_circle(w, c, gap, sum)) continue;
        const double         m = round(creal(sum[0]));
        const double complex mean = sum[1] / m, square = sum[2] / m - mean * mean;
        const double         rounding = 1e-15 * (1 + (cabs(c) + w->radius) / scale);
        if (m == (double)n && spread > 3 * pow(rounding, 1 / m) * scale) continue;
        if ((m == 1 && n == 1) || !(cabs(square) < near * near)) continue;
        double complex z = c + mean;
        if (cimag(c) == 0) z = creal(z);
        merge(set, i, near, (tg_root){ z, (unsigned)m, set->root[i].residual, 0 });
    }
}

/* Polish what was proposed, and free it: is that all? */
static tg_status
try_guesses(tg_system_work *w, double complex *guess, size_t count, size_t winding,
            tg_root_set *set, int *all)
{
    const tg_status status = gather(w, guess, count, set);

    free(guess);
    TG_TRY(status);
    weigh(w, set);
    *all = tg_root_set_total(set, 1) == winding;
    return TG_OK;
}

/* Collocation with up to so many unknowns, from `*nodes` points on. */
static tg_status
try_collocation(tg_system_work *w, size_t *nodes, size_t most, size_t winding,
                tg_root_set *set, int *all)
{
    for (; !*all && w->system->n * (*nodes + 1) <= most; *nodes = *nodes * 3 / 2) {
        double complex *guess = NULL;
        size_t          count = 0;
        TG_TRY(tg_system_collocate(w->system, *nodes, &guess, &count));
        TG_TRY(try_guesses(w, guess, count, winding, set, all));
    }
    return TG_OK;
}

/* Eigenvalues of large matrices are dear: strip by strip before those. */
static tg_status
search(tg_system_work *w, size_t winding, tg_root_set *set)
{
    size_t nodes = 14;
    int    all = winding == 0;

    TG_TRY(try_collocation(w, &nodes, 160, winding, set, &all));
    for (size_t points = 64; !all && points < 260; points *= 2) {
        double complex *guess = NULL;
        size_t          count = 0;
        TG_TRY(tg_system_strips(w, points, &guess, &count));
        TG_TRY(try_guesses(w, guess, count, winding, set, &all));
    }
    TG_TRY(try_collocation(w, &nodes, 800, winding, set, &all));
    return all ? TG_OK : TG_ENOCONV;
}

/* The line is moved a little to the left off a root that sits on it. */
static tg_status
count_near(tg_system_work *w, const tg_system *s, double line, size_t *winding,
           double *moved)
{
    tg_status status = TG_ENOCONV;

    for (int i = 0; i < 5 && status == TG_ENOCONV; i++) {
        *moved = i ? 1e-10 * pow(10, i) * (fabs(line) + w->radius * 1e-2) : 0;
        if (i) {
            tg_system_end(w);
            *w = (tg_system_work){ 0 };
            TG_TRY(tg_system_begin(s, line - *moved, w));
        }
        status = tg_system_walk(w, winding);
    }
    if (status == TG_ENOCONV)
        return tg_fail(status, "the roots right of %g could not be counted (%zu steps)",
                       line, w->evaluations);
    return status;
}

static void
audit(const tg_system_work *w, tg_roots *r)
{
    tg_certificate *c = &r->certificate;

    for (size_t i = 0; i < r->count; i++) {
        c->found += r->root[i].multiplicity;
        c->residual = fmax(c->residual, r->root[i].residual);
        c->backward =
            fmax(c->backward, r->root[i].residual / (cabs(r->root[i].s) + w->radius));
    }
}

tg_status
tg_system_roots(const tg_system *s, double line, tg_roots *out)
{
    tg_system_work w = { 0 };
    tg_root_set    set = { 0 };
    tg_roots       r = { 0 };
    size_t         winding = 0;
    double         moved = 0;

    TG_TRY(tg_system_begin(s, line, &w));
    tg_status status = count_near(&w, s, line, &winding, &moved);
    if (status == TG_OK && (status = search(&w, winding, &set)) == TG_ENOCONV)
        status = tg_fail(status,
                         "right of %g the argument principle counts %zu roots, %zu found",
                         line, winding, tg_root_set_total(&set, 1));
    if (status == TG_OK) status = tg_root_set_finish(&set, 1, &r);
    if (status == TG_OK) {
        r.certificate =
            (tg_certificate){ .contour = { line - moved, HUGE_VAL, -HUGE_VAL, HUGE_VAL },
                              .winding = winding,
                              .moved = moved,
                              .evaluations = w.evaluations,
                              .method = "collocation" };
        audit(&w, &r);
        *out = r;
    } else {
        free(set.root);
    }
    tg_system_end(&w);
    return status;
}
