#include "core/complexes.h"
#include "roots/system_impl.h"

#include <math.h>
#include <stdlib.h>

/* Newton on log det M: s -= 1/tr(M^-1 M'). Ends at rounding, which for a multiple root is
 * a power of it. *residual: 1/|M^-1|, the distance from M to a singular matrix, and more.
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
    return 0;
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

/* Some root may be multiple: ask the argument principle about each. */
static void
weigh(tg_system_work *w, tg_root_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        double gap = 0.01 * w->radius;
        size_t count = 0;
        for (size_t j = 0; j < set->count; j++) {
            if (j != i) gap = fmin(gap, cabs(set->root[i].s - set->root[j].s) / 3);
            if (cimag(set->root[i].s) != 0)
                gap = fmin(gap, fabs(cimag(set->root[i].s)) / 2);
        }
        gap = fmin(gap, fabs(creal(set->root[i].s) - w->line) / 2);
        if (gap > 0 && tg_system_walk_circle(w, set->root[i].s, gap, &count) == TG_OK &&
            count > 1)
            set->root[i].multiplicity = (unsigned)count;
    }
}

static tg_status
search(tg_system_work *w, size_t winding, tg_root_set *set)
{
    const size_t n = w->system->n;

    for (size_t nodes = 14; n * (nodes + 1) <= 1600 || nodes == 14; nodes = nodes * 3 / 2) {
        double complex *guess = NULL;
        size_t          count = 0;
        TG_TRY(tg_system_collocate(w->system, nodes, &guess, &count));
        const tg_status status = gather(w, guess, count, set);
        free(guess);
        TG_TRY(status);
        if (tg_root_set_total(set, 1) == winding) return TG_OK;
        if (nodes >= 30) weigh(w, set);
        if (tg_root_set_total(set, 1) == winding) return TG_OK;
    }
    return TG_ENOCONV;
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
