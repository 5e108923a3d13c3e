#include "asgd/theory/mode_fit_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- where to begin ------------------------------------------------------------------ */

enum { SCAN = 28, STARTS = 3 };

/* The best of a scan that are not near each other, by rising squares. */
typedef struct scan {
    const tg_fit_room *r;
    size_t             starts;
    double             squares[STARTS];
    tg_mode_fit        start[STARTS];
} scan;

static bool
are_near(const tg_mode_fit *a, const tg_mode_fit *b)
{
    for (size_t j = 0; j < a->modes; j++)
        if (fabs(log(a->h[j] / b->h[j])) > log(2)) return false;
    return true;
}

static void
drop(scan *s, size_t i)
{
    s->starts--;
    memmove(s->start + i, s->start + i + 1, (s->starts - i) * sizeof *s->start);
    memmove(s->squares + i, s->squares + i + 1, (s->starts - i) * sizeof *s->squares);
}

static void
consider(scan *s, size_t modes, const double *h)
{
    double      e[TG_FIT_BINS];
    tg_mode_fit f = { 0 };
    size_t      at = s->starts;

    const double squares = tg_fit_linear(s->r, modes, h, &f, e);
    if (!isfinite(squares)) return;
    for (size_t i = 0; i < s->starts; i++)
        if (are_near(&f, &s->start[i]) && s->squares[i] <= squares) return;
    for (size_t i = s->starts; i-- > 0;)
        if (are_near(&f, &s->start[i])) drop(s, i);
    if (s->starts == STARTS && squares >= s->squares[STARTS - 1]) return;
    if (s->starts == STARTS) s->starts--;
    for (at = s->starts++; at > 0 && s->squares[at - 1] > squares; at--) {
        s->squares[at] = s->squares[at - 1];
        s->start[at] = s->start[at - 1];
    }
    s->squares[at] = squares;
    s->start[at] = f;
}

/* By weights that are guessed, all of a coarse grid, all pairs, all triples. */
static tg_status
scan_modes(tg_fit_room *r, size_t modes, scan *s)
{
    double low, high, h[SCAN];

    *s = (scan){ .r = r };
    tg_fit_weigh_first(r);
    tg_fit_range(r->task, &low, &high);
    for (size_t i = 0; i < SCAN; i++) h[i] = low * pow(high / low, (double)i / (SCAN - 1));
    if (r->task->known) {
        consider(s, 1, h);
    } else {
        for (size_t i = 0; i < SCAN && modes == 1; i++) consider(s, 1, &h[i]);
        for (size_t i = 0; i < SCAN && modes > 1; i++)
            for (size_t j = i + 1; j < SCAN; j++) {
                if (modes == 2) consider(s, 2, (double[]){ h[i], h[j] });
                for (size_t k = j + 1; k < SCAN && modes == 3; k++)
                    consider(s, 3, (double[]){ h[i], h[j], h[k] });
            }
    }
    return s->starts > 0 ? TG_OK : tg_fail(TG_ENOCONV, "no modes fit the loss curve");
}

/* ---- fits ---------------------------------------------------------------------------- */

/* How the weighted residuals look. */
static tg_status
judge(const tg_fit_room *r, tg_mode_fit *f, double squares)
{
    const size_t m = r->bins.count;
    const double unknowns =
        (r->task->known ? 1 : 2 * (double)f->modes) + 1 + isnan(r->task->least);
    double      e[TG_FIT_BINS], h[TG_FITTED_MODES], mean[TG_FITTED_POINTS];
    tg_mode_fit same = *f;

    memcpy(h, f->h, sizeof h);
    (void)tg_fit_linear(r, f->modes, h, &same, e);
    f->misfit = squares / fmax((double)m - unknowns, 1);
    f->likelihood = -r->log_root - squares / 2;
    TG_TRY(tg_mode_fit_mean(r->task, f, mean));
    const double waves = tg_fit_waves(r, f, mean, e),
                 rest = fmax(squares - waves, 0) /
                        fmax((double)m - unknowns - TG_FIT_WAVES, 1);
    f->structure = rest > 0 ? sqrt(waves / TG_FIT_WAVES / rest) : 0;
    return TG_OK;
}

/* Weights by the last fit, `times` over. */
static tg_status
improve(tg_fit_room *r, tg_mode_fit *f, int times)
{
    double squares = 0;

    for (int i = 0; i < times; i++) {
        TG_TRY(tg_fit_weigh(r, f));
        TG_TRY(tg_fit_descend(r, f, &squares));
    }
    return judge(r, f, squares);
}

/* ---- noise beside an unknown F* ------------------------------------------------------ */

typedef struct choice {
    tg_fit_room *r;
    tg_mode_fit  from, best;
    bool         any;
} choice;

/* How likely the fit is with this sigma^2; -inf: there is none. */
static double
try_noise(choice *c, double sigma2)
{
    tg_mode_fit f = c->from;

    c->r->sigma2 = sigma2;
    f.sigma = sqrt(sigma2);
    if (improve(c->r, &f, 2) != TG_OK) return -INFINITY;
    if (!c->any || f.likelihood > c->best.likelihood) c->best = f;
    c->any = true;
    return f.likelihood;
}

/* From the best of a grid of ln sigma^2 by golden sections. */
static tg_status
choose_noise(choice *c, double low, double high, int grid, int sections)
{
    const double step = (high - low) / (grid - 1), golden = 0.6180339887498949;
    double       at = low, best = -INFINITY;

    for (int i = 0; i < grid; i++) {
        const double l = try_noise(c, exp(low + step * i));
        if (!(l > best)) continue;
        best = l;
        at = low + step * i;
    }
    double a = at - step, b = at + step, x = b - golden * (b - a), y = a + golden * (b - a);
    double fx = try_noise(c, exp(x)), fy = try_noise(c, exp(y));
    for (int i = 0; i < sections; i++) {
        if (fx > fy) {
            b = y, y = x, fy = fx, x = b - golden * (b - a);
            fx = try_noise(c, exp(x));
        } else {
            a = x, x = y, fx = fy, y = a + golden * (b - a);
            fy = try_noise(c, exp(y));
        }
    }
    c->r->sigma2 = -1;
    return c->any ? TG_OK : tg_fail(TG_ENOCONV, "no modes fit the loss curve");
}

/* sigma^2 with which the noise alone would hold the loss as high above F* as it began. */
static double
largest_noise(const tg_fit_room *r, const tg_mode_fit *f)
{
    double       noise[TG_FITTED_POINTS], start[TG_FITTED_POINTS], all = 0;
    const size_t last = r->task->n - 1;

    for (size_t j = 0; j < f->modes && !r->task->known; j++) {
        tg_fit_mode_columns(r->task, f->h[j], start, noise);
        all += noise[last];
    }
    if (r->task->known) all = r->known[r->task->n + last];
    return fmax(fabs(r->y[0] - r->y[r->bins.count - 1]), 1e-9 * fabs(r->y[0])) / all;
}

static tg_status
choose(tg_fit_room *r, bool near, double sigma, tg_mode_fit *f)
{
    choice c = { .r = r, .from = *f };

    if (near && sigma > 0)
        TG_TRY(choose_noise(&c, 2 * log(sigma) - 2, 2 * log(sigma) + 2, 5, 5));
    else {
        const double most = log(largest_noise(r, f));
        TG_TRY(choose_noise(&c, most - 14, most, 9, 6));
    }
    *f = c.best;
    return TG_OK;
}

/* From a beginning on. Where F* is known the mean alone tells sigma, and better than the scatter does, which says
 * where to begin with that; it stays where the mean does not tell: a loss that has not come to its floor. */
static tg_status
finish(tg_fit_room *r, bool near, tg_mode_fit *f)
{
    enum { WIDE = 3 };
    const double sigma = f->sigma;

    if (isnan(r->task->least)) return choose(r, near, sigma, f);
    tg_mode_fit mean = *f, scatter = *f;
    if (!near) TG_TRY(choose(r, false, sigma, &scatter));
    if (!near) mean = scatter;
    const tg_status status = improve(r, &mean, 4);
    if (status != TG_OK && status != TG_ENOCONV) return status;
    const bool told = status == TG_OK && mean.sigma > 0 && mean.misfit < WIDE;
    if (near && !told) TG_TRY(choose(r, true, sigma, &scatter));
    *f = told ? mean : scatter;
    return TG_OK;
}

/* ---- how many ------------------------------------------------------------------------ */

/* Whether a mode less does as well with the same weights, but for chance. */
static tg_status
is_one_too_many(tg_fit_room *r, const tg_mode_fit *fewer, const tg_mode_fit *more, bool *is)
{
    enum { ENOUGH = 14 }; /* two unknowns, a thousandth */
    tg_mode_fit f = *fewer, g = *more;
    double      with, without;

    r->sigma2 = isnan(r->task->least) ? more->sigma * more->sigma : -1;
    tg_status status = tg_fit_weigh(r, more);
    if (status == TG_OK) status = tg_fit_descend(r, &g, &with);
    if (status == TG_OK) status = tg_fit_descend(r, &f, &without);
    r->sigma2 = -1;
    if (status == TG_OK)
        *is = !(without - with > ENOUGH) || !(g.h[g.modes - 1] > 1.2 * g.h[0]);
    return status;
}

/* Whether f is the better of two fits: the likelier, but a mode near the limit of stability, whose noise alone makes
 * any curve of a loss, must be so by far (e^4). */
static bool
is_better(const tg_mode_fit *f, const tg_mode_fit *than)
{
    enum { FAR = 4 };
    const double top = f->h[f->modes - 1], other = than->h[than->modes - 1];
    const double by = top > 2 * other ? FAR : top < other / 2 ? -FAR : 0;

    return f->likelihood - than->likelihood > by;
}

/* From each start; the likeliest that comes of them. */
static tg_status
find_some(tg_fit_room *r, size_t modes, tg_mode_fit *out)
{
    scan      s;
    tg_status status = TG_OK;
    bool      any = false;
    double    squares;

    TG_TRY(scan_modes(r, modes, &s));
    for (size_t i = 0; i < s.starts; i++) {
        tg_mode_fit f = s.start[i];
        tg_fit_weigh_first(r);
        status = tg_fit_descend(r, &f, &squares);
        if (status == TG_OK) status = finish(r, false, &f);
        if (status == TG_ENOMEM) return status;
        if (status != TG_OK || (any && !is_better(&f, out))) continue;
        *out = f;
        any = true;
    }
    return any ? TG_OK : status;
}

static tg_status
find_enough(tg_fit_room *r, tg_mode_fit *out)
{
    TG_TRY(find_some(r, 1, out));
    for (size_t m = 2; m <= TG_FITTED_MODES && r->bins.count > 2 * m + 2; m++) {
        tg_mode_fit more = { 0 };
        bool        enough = false;
        tg_status   status = find_some(r, m, &more);
        for (size_t j = 0; j < m; j++) enough = enough || !(more.excess[j] > 0);
        if (status == TG_OK && !enough) status = is_one_too_many(r, out, &more, &enough);
        if (status == TG_ENOMEM) return status;
        if (status != TG_OK || enough) break;
        *out = more;
    }
    return TG_OK;
}

/* ---- what is asked --------------------------------------------------------------------- */

static tg_status
check(const tg_mode_task *t)
{
    if (t->n < TG_FITTED_LEAST || t->n > TG_FITTED_POINTS)
        return tg_fail(TG_EDOMAIN, "a loss curve needs %d to %d points, got %zu",
                       TG_FITTED_LEAST, TG_FITTED_POINTS, t->n);
    for (size_t i = 0; i < t->n; i++)
        if (!isfinite(t->loss[i]) || !isfinite(t->clock[i]) ||
            (i > 0 && !(t->clock[i] >= t->clock[i - 1])))
            return tg_fail(TG_EDOMAIN, "point %zu of the loss curve: time %g, loss %g",
                           i + 1, t->clock[i], t->loss[i]);
    if (!(t->clock[t->n - 1] > t->clock[0]))
        return tg_fail(TG_EDOMAIN, "the loss curve takes no time");
    return TG_OK;
}

tg_status
tg_mode_fit_find(const tg_mode_task *task, size_t modes, tg_mode_fit *out)
{
    tg_fit_room *r = malloc(sizeof *r);
    tg_mode_fit  f = { 0 };

    if (!r) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = check(task);
    r->known = NULL;
    if (status == TG_OK) status = tg_fit_room_open(task, r);
    if (status == TG_OK)
        status = modes == 0 && !task->known ? find_enough(r, &f)
                                            : find_some(r, task->known ? 1 : modes, &f);
    tg_fit_room_close(r);
    free(r);
    if (status == TG_OK) *out = f;
    return status;
}

tg_status
tg_mode_fit_near(const tg_mode_task *task, const tg_mode_fit *from, tg_mode_fit *out)
{
    tg_fit_room *r = malloc(sizeof *r);
    tg_mode_fit  f = *from;

    if (!r) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = check(task);
    r->known = NULL;
    if (status == TG_OK) status = tg_fit_room_open(task, r);
    if (status == TG_OK) status = finish(r, true, &f);
    tg_fit_room_close(r);
    free(r);
    if (status == TG_OK) *out = f;
    return status;
}

tg_status
tg_mode_fit_mean(const tg_mode_task *task, const tg_mode_fit *f, double *mean)
{
    double       start[TG_FITTED_POINTS], noise[TG_FITTED_POINTS];
    tg_fit_room *r = malloc(sizeof *r);

    if (!r) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = tg_fit_room_open(task, r);
    for (size_t i = 0; i < task->n && status == TG_OK; i++) mean[i] = f->least;
    for (size_t j = 0; j < f->modes && status == TG_OK; j++) {
        if (!task->known) tg_fit_mode_columns(task, f->h[j], start, noise);
        for (size_t i = 0; i < task->n; i++)
            mean[i] +=
                f->excess[j] * (task->known ? r->known[i] : start[i]) +
                f->sigma * f->sigma * (task->known ? r->known[task->n + i] : noise[i]);
    }
    tg_fit_room_close(r);
    free(r);
    return status;
}
