/* predict_weighed: steps that staleness shortens or drops, and what level sde is told of few workers (theory 4) */
#include "asgd/theory/predict_parts.h"

#include "solver/moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Variance over mean of what others deliver in a mean time m of theirs, at rest: (2/m) int_0^m M, M the renewal
 * function of those that begin at 0 (Cox 1962), M = F + int M(t - u) dF(u) by the trapezoidal rule. */
static double
fano_of(const tg_case *c)
{
    enum { STEPS = 256 };
    const double m = tg_delay_mean(c->delay), dt = m / STEPS;
    double       mass[STEPS + 1], M[STEPS + 1] = { 0 }, sum = 0;
    double       before = tg_delay_cdf(c->delay, 0);

    if (tg_delay_cv(c->delay) == 0) return 0;
    for (size_t i = 1; i <= STEPS; i++) {
        const double F = tg_delay_cdf(c->delay, dt * (double)i);
        mass[i] = F - before;
        before = F;
        double known = F + mass[1] * M[i - 1] / 2;
        for (size_t j = 2; j <= i; j++) known += mass[j] * (M[i - j] + M[i - j + 1]) / 2;
        M[i] = known / (1 - mass[1] / 2);
        sum += (M[i - 1] + M[i]) / 2 / STEPS;
    }
    return 2 * sum;
}

/* What is dropped is no update, and makes nobody else's stale: the share of updates is the one with which
 * it comes about. */
static tg_status
keep_fresh(tg_case *c, double rate, size_t limit)
{
    for (int i = 0; i < 40; i++) {
        const double before = c->kept_share;
        tg_delay_free(c->kept);
        c->kept = NULL;
        TG_TRY(tg_delay_fresh(c->delay, rate * before, limit, &c->kept, &c->kept_share,
                              &c->kept_power));
        c->kept_power = c->kept_share;
        if (fabs(c->kept_share - before) < 1e-6) break;
        c->kept_share = (c->kept_share + before) / 2;
    }
    return TG_OK;
}

/* How much staleness varies given T is an estimate; what it would be of Poisson deliveries tells how much may hang
 * on it. Deliveries that come in bunches are taken for Poisson ones. */
static const double BUNCHED = 0.25;

static tg_status
keep_weighed(tg_case *c, double rate, const tg_weights *weights)
{
    const double mean = tg_delay_mean(c->delay), fano = fano_of(c);
    tg_delay    *poisson = NULL;
    double       share, power;

    TG_TRY(tg_delay_weighed(c->delay, rate, 1, mean, weights, &poisson, &share, &power));
    tg_delay_free(poisson);
    TG_TRY(tg_delay_weighed(c->delay, rate, fmin(fano, 1), mean, weights, &c->kept,
                            &c->kept_share, &c->kept_power));
    c->kept_doubt =
        0.5 * fmax(fabs(share / c->kept_share - 1), fabs(power / c->kept_power - 1)) +
        BUNCHED * fmax(fano - 1, 0);
    return TG_OK;
}

/* E[c(J) | T = t]. */
static double
weight_of(const tg_linear_rule *r, double mu, double fano)
{
    double p = exp(-mu), sum = 0;

    if (r->limit == 0) return tg_weights_mean(&r->weights, mu, fano, 1);
    for (double j = 0; j <= r->limit && j < mu + 40 * sqrt(mu) + 40; p *= mu / ++j)
        sum += p;
    return mu > 600 ? r->limit > mu : fmin(sum, 1);
}

static bool
hurries(const tg_case *c)
{
    return c->cluster->together && tg_delay_cv(c->delay) > 1;
}

/* Four mean times or, where long jobs are what makes the difference, as many more. */
static void
lay_times(tg_case *c)
{
    const double cv2 = pow(tg_delay_cv(c->delay), 2), most = 40;

    c->every = tg_delay_mean(c->delay) * (hurries(c) ? fmin(4 * cv2, most) : 4) /
               (TG_CASE_TIMES - 1);
}

/* Add n M(t)/lambda, M the renewal function M = F + int M(t - u) dF(u), by the trapezoidal rule; mass and M are
 * room for (ahead, FINE) each. */
enum { FINE = 8, ALL = FINE * (TG_CASE_TIMES - 1) };

static void
add_deliveries(tg_case *c, const tg_delay *law, double n, double *mass, double *M)
{
    const double dt = c->every / FINE;
    double       before = tg_delay_cdf(law, 0);

    M[0] = 0;
    for (size_t i = 1; i <= ALL; i++) {
        const double F = tg_delay_cdf(law, dt * (double)i);
        mass[i] = F - before;
        before = F;
        double known = F + mass[1] * M[i - 1] / 2;
        for (size_t j = 2; j <= i; j++) known += mass[j] * (M[i - j] + M[i - j + 1]) / 2;
        M[i] = known / (1 - mass[1] / 2);
        if (i % FINE == 0) c->ahead[i / FINE] += n * M[i] / c->lambda;
    }
}

tg_status
tg_case_hurry(tg_case *c)
{
    double *room = hurries(c) ? malloc(2 * (ALL + 1) * sizeof *room) : NULL;

    if (!hurries(c)) return TG_OK;
    if (!room) return tg_fail(TG_ENOMEM, "out of memory");
    lay_times(c);
    c->late = tg_delay_mean(c->delay);
    for (size_t g = 0; g < c->cluster->groups; g++)
        add_deliveries(c, c->cluster->law[g], (double)c->cluster->count[g], room,
                       room + ALL + 1);
    for (size_t i = 1; i < TG_CASE_TIMES; i++) c->ahead[i] -= c->every * (double)i;
    free(room);
    return TG_OK;
}

/* Whoever delivers by t has read at 0 or since: the steps are E c(min(T, t)) = 1 + int_0^t c' P(T > u) du
 * in place of E c. */
static void
find_ahead(tg_case *c, const tg_linear_rule *r)
{
    const double rate = ((double)c->cluster->workers - 1) / tg_delay_mean(c->delay);
    const double fano = fmin(fano_of(c), 1),
                 updates = rate * (r->limit > 0 ? c->kept_share : 1);
    double weight = 1, before = 1;

    lay_times(c);
    for (size_t i = 1; i < TG_CASE_TIMES; i++) {
        const double t = c->every * (double)i,
                     one = fmax(1 - t / tg_delay_mean(c->delay), 0);
        const double now =
            weight_of(r, updates * t, fano + (1 - fano) * one); /* few: 0 or 1 each */
        const double last = weight;
        weight += (now - before) * (1 - tg_delay_cdf(c->delay, t - c->every / 2));
        before = now;
        c->ahead[i] =
            c->ahead[i - 1] + c->every * ((weight + last) / 2 / c->kept_share - 1);
    }
}

/* Steps by staleness, which in updates is of mean (P - 1) T/m given T: the laws of core/loop.h. One worker
 * has none. */
tg_status
tg_case_weigh(tg_case *c, const tg_linear_rule *rule)
{
    const double P = (double)c->cluster->workers, rate = (P - 1) / tg_delay_mean(c->delay);

    c->kept_share = c->kept_power = 1;
    if (P > 1)
        TG_TRY(rule->limit > 0 ? keep_fresh(c, rate, (size_t)rule->limit)
                               : keep_weighed(c, rate, &rule->weights));
    if (P > 1)
        find_ahead(c, rule);
    else
        c->kept = tg_delay_keep(c->delay);
    return TG_OK;
}

/* How much of what a gradient will move x has been done when its worker reads: all of it at once,
 * a K-th on average in batches, 1 - beta where momentum is built up. */
static double
at_once(const tg_case *c)
{
    const tg_linear_rule r = c->kind->make(1, 1, (double)c->cluster->workers, c->number);
    const tg_loop        l = tg_case_loop(c, 1);

    if (r.cycle > 0) return 1 / r.cycle;
    return c->filter->product ? 1 : -r.B[0] / creal(c->filter->gain(&l, 0, 1, 0, NULL));
}

tg_case
tg_case_few(const tg_case *c)
{
    const double cv = fmin(tg_delay_cv(c->delay), 1), P = (double)c->cluster->workers;
    tg_case      few = *c;

    few.own = fmax(1 - fmax(at_once(c) - (1 - cv * cv) / 2, 0) / P,
                   0.25); /* no order of one worker */
    few.jumps = cv * cv;
    return few;
}

/* What the first steps, of gradients at the start x0, move x more than steps weighed as at rest: x' = -a x0 r
 * is what one of them is answered by, so y + int ahead'(u) y'(t - u) du; of those that are read later, in proportion
 * to what they read. */
tg_status
tg_case_push(const tg_case *c, double horizon, size_t n, double *mean, double *second)
{
    const double dt = horizon / (double)(n - 1);
    double      *y = malloc(n * sizeof *y);

    if (!y) return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(y, mean, n * sizeof *y);
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k + 1 < TG_CASE_TIMES; k++) {
            const double at = (double)i - c->every * ((double)k + 0.5) / dt;
            if (!(at > 0)) break;
            const size_t whole = (size_t)fmin(at, (double)n - 2);
            const double read = (c->every * ((double)k + 0.5) - c->late) / dt;
            const double share = read > 0 && y[0] != 0 ? mean[(size_t)read] / y[0] : 1;
            mean[i] +=
                share * (c->ahead[k + 1] - c->ahead[k]) * (y[whole + 1] - y[whole]) / dt;
        }
    for (size_t i = 0; i < n; i++) second[i] += mean[i] * mean[i] - y[i] * y[i];
    free(y);
    return TG_OK;
}

/* What jumps of what is read spread: e^2 lambda E c^2 int r(t - u)^2 y(u - T)^2 du, T at its mean. */
tg_status
tg_case_jump(const tg_case *c, double e, double dt, size_t n, const double *r,
             const double *mean, double *second)
{
    const double late = tg_delay_mean(c->kept ? c->kept : c->delay) / dt;
    const double each =
        c->jumps * e * e * c->lambda * (c->kept ? c->kept_power : 1) * dt * c->own;
    double *jump = malloc(2 * n * sizeof *jump), *answer = jump + n;

    if (!jump) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t u = 0; u + 1 < n; u++) {
        const double at = fmax((double)u + 0.5 - late, 0);
        const size_t k = (size_t)at;
        const double y = mean[k] + (at - (double)k) * (mean[k + 1] - mean[k]);
        const double middle = (r[u + 1] + r[u]) / 2;
        jump[u] = y * y;
        answer[u] = each * middle * middle;
    }
    for (size_t i = 1; i < n; i++) {
        double sum = 0;
        for (size_t u = 0; u < i; u++) sum += jump[u] * answer[i - 1 - u];
        second[i] += sum;
    }
    free(jump);
    return TG_OK;
}
