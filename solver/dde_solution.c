#include "solver/dde_solution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static tg_status
check_equation(const tg_dde *eq)
{
    if (eq->dim == 0) return tg_fail(TG_EDOMAIN, "the equation has no components");
    if (!eq->slope) return tg_fail(TG_EDOMAIN, "the equation has no slope, slope is NULL");
    if (!eq->history)
        return tg_fail(TG_EDOMAIN, "the equation has no history, history is NULL");
    if (eq->delays && !eq->tau && !eq->lag)
        return tg_fail(TG_EDOMAIN, "%zu delays, but tau and lag are both NULL", eq->delays);
    for (size_t j = 0; eq->tau && j < eq->delays; j++)
        if (!(eq->tau[j] >= 0 && isfinite(eq->tau[j])))
            return tg_fail(TG_EDOMAIN, "delay %zu must be >= 0 and finite, got %g", j,
                           eq->tau[j]);
    for (size_t k = 0; k < eq->events; k++)
        if (!eq->event || !eq->event[k].value)
            return tg_fail(TG_EDOMAIN, "event %zu has no value, it is NULL", k);
    return TG_OK;
}

tg_status
tg_dde_check(const tg_dde *eq, double t0, double t1, double relative, double absolute)
{
    TG_TRY(check_equation(eq));
    if (!(t1 > t0 && isfinite(t1) && isfinite(t0)))
        return tg_fail(TG_EDOMAIN, "the end %g must come after the begin %g", t1, t0);
    if (!(t1 - t0 > tg_dde_blur(t1 - t0, t1)))
        return tg_fail(TG_EDOMAIN,
                       "the end is %g after the begin %g, too near for doubles: count time "
                       "from nearer 0",
                       t1 - t0, t0);
    if (!(relative > 0 && absolute > 0 && relative < 1))
        return tg_fail(TG_EDOMAIN, "tolerances must be > 0, got %g and %g", relative,
                       absolute);
    return TG_OK;
}

double
tg_dde_blur(double span, double t)
{
    return 1e-12 * (fmin(1, span) + fabs(t));
}

tg_status
tg_dde_too_small(double span, double t, const char *why)
{
    const double apart = nextafter(fabs(t), INFINITY) - fabs(t);

    if (apart > 1e-12 * fmin(1, span))
        return tg_fail(TG_ENOCONV,
                       "the step became too small at t = %g, where doubles are %.2g apart: "
                       "count time from nearer 0, or ask for less (if it is not %s)",
                       t, apart, why);
    return tg_fail(TG_ENOCONV, "the step became too small at t = %g: %s", t, why);
}

tg_status
tg_dde_begin(const tg_dde *eq, double t0, double *x)
{
    TG_TRY(eq->history(t0, x, eq->context));
    for (size_t i = 0; i < eq->dim; i++)
        if (!isfinite(x[i]))
            return tg_fail(TG_EDIVERGED, "the history has x[%zu] = %g at t = %g", i, x[i],
                           t0);
    return TG_OK;
}

tg_status
tg_dde_solution_create(const tg_dde *eq, int degree, double t0, tg_dde_solution **out)
{
    tg_dde_solution *s = calloc(1, sizeof *s);

    if (!s) return tg_fail(TG_ENOMEM, "out of memory");
    *s = (tg_dde_solution){ .eq = eq, .degree = degree, .cut = INFINITY };
    s->begin = calloc(1, sizeof *s->begin);
    s->x = calloc(eq->dim, sizeof *s->x);
    s->sight = calloc(eq->events + 1, sizeof *s->sight);
    if (!s->begin || !s->x || !s->sight) {
        tg_dde_solution_free(s);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    s->begin[0] = t0;
    *out = s;
    return TG_OK;
}

static tg_status
grow(tg_dde_solution *s)
{
    const size_t room = s->room ? 2 * s->room : 64;
    const size_t each = (size_t)(s->degree + 1) * s->eq->dim;
    double      *begin = realloc(s->begin, (room + 1) * sizeof *begin);
    if (begin) s->begin = begin;
    double *coef = realloc(s->coef, room * each * sizeof *coef);
    if (coef) s->coef = coef;
    if (!begin || !coef) return tg_fail(TG_ENOMEM, "out of memory for %zu steps", room);
    s->room = room;
    return TG_OK;
}

tg_status
tg_dde_append(tg_dde_solution *s, const tg_gauss *g, double h, const double *start,
              const double *slopes)
{
    const size_t n = s->eq->dim;

    if (s->count == s->room) TG_TRY(grow(s));
    double *c = s->coef + s->count * (size_t)(s->degree + 1) * n;
    for (int k = 0; k < g->s; k++) /* int l_j: power k of l_j becomes k + 1 */
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (int j = 0; j < g->s; j++)
                sum += g->power[j][k] * slopes[(size_t)j * n + i];
            c[(size_t)(k + 1) * n + i] = h * sum / (k + 1);
        }
    for (size_t i = 0; i < n; i++) { /* so that x(begin) = start */
        double sum = 0;
        for (int k = g->s; k >= 1; k--) sum = (sum + c[(size_t)k * n + i]) * -0.5;
        c[i] = start[i] - sum;
    }
    s->begin[s->count + 1] = s->begin[s->count] + h;
    s->count++;
    return TG_OK;
}

tg_status
tg_dde_append_powers(tg_dde_solution *s, double h, const double *coef)
{
    const size_t each = (size_t)(s->degree + 1) * s->eq->dim;

    if (s->count == s->room) TG_TRY(grow(s));
    memcpy(s->coef + s->count * each, coef, each * sizeof *coef);
    s->begin[s->count + 1] = s->begin[s->count] + h;
    s->count++;
    return TG_OK;
}

/* The segment with begin < t <= end, from the hint by strides that double. */
static size_t
find(const tg_dde_solution *s, double t, size_t hint)
{
    size_t low = 0, high = s->count; /* begin[low] < t <= begin[high] */

    for (size_t k = hint < s->count ? hint : 0, stride = 1;; k += stride, stride *= 2) {
        if (k >= s->count || s->begin[k] >= t) {
            if (k < high) high = k;
            break;
        }
        low = k;
    }
    if (s->begin[low] >= t) low = 0;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (s->begin[middle] < t)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void
evaluate(const tg_dde_solution *s, size_t segment, double t, double *x)
{
    const size_t  n = s->eq->dim;
    const double *c = s->coef + segment * (size_t)(s->degree + 1) * n;
    const double  length = s->begin[segment + 1] - s->begin[segment];
    const double  theta = (t - s->begin[segment]) / length - 0.5;

    for (size_t i = 0; i < n; i++) {
        double sum = c[(size_t)s->degree * n + i];
        for (int k = s->degree - 1; k >= 0; k--) sum = sum * theta + c[(size_t)k * n + i];
        x[i] = sum;
    }
}

tg_status
tg_dde_look(const tg_dde_solution *s, double t, size_t *hint, double *x)
{
    if (t <= s->begin[0]) return s->eq->history(t, x, s->eq->context);
    *hint = find(s, t, *hint);
    evaluate(s, *hint, t, x);
    return TG_OK;
}

double
tg_dde_end(const tg_dde_solution *s)
{
    return fmin(s->cut, s->begin[s->count]);
}

tg_status
tg_dde_at(const tg_dde_solution *s, double t, double *x)
{
    size_t hint = 0;

    if (!(t <= tg_dde_end(s)))
        return tg_fail(TG_EDOMAIN, "the solution ends at t = %g, asked was %g",
                       tg_dde_end(s), t);
    return tg_dde_look(s, t, &hint, x);
}

void
tg_dde_cost(const tg_dde_solution *s, size_t *steps, size_t *evaluations)
{
    if (steps) *steps = s->count;
    if (evaluations) *evaluations = s->evaluations;
}

void
tg_dde_solution_free(tg_dde_solution *s)
{
    if (!s) return;
    free(s->begin);
    free(s->coef);
    free(s->sight);
    free(s->x);
    free(s->found);
    free(s);
}
