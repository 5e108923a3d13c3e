#include "asgd/traces/effects.h"

#include "asgd/traces/within.h"
#include "core/parallel.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

/* Cycles of a worker that tell its mean without a model; rows that a law within is fitted
 * to; parts that the jackknife leaves out; degrees of freedom that tell b from e. */
enum { ENOUGH = 10, MOST_WITHIN = 4000, MOST_EACH = 64, PARTS = 20, FEWEST = 10 };

/* What is known of each worker of the group. */
typedef struct known {
    const tg_trace_worker *of;
    double   log_mean, square; /* of the logarithms; sum of squared deviations */
    unsigned part;
} known;

typedef struct model {
    double    mu, sigma2, tau2; /* of logarithms */
    double    f, freedom;       /* SSB/(k - 1)/sigma^2; N - k */
    tg_within within;
    double    log_mean; /* ln A */
    double    fits;     /* p of the law within */
} model;

typedef struct group {
    const tg_trace *t;
    known          *worker;
    size_t          workers, cycles;
    double          inflation; /* of variances of means, by correlation */
    size_t *first, *n; /* (some) workers of two cycles or more, for the law within */
    double *scratch;   /* one for each of these */
} group;

/* ---- analysis of variance ------------------------------------------------------------ */

static void
summarise(const double *cycle, known *k)
{
    const tg_trace_worker *w = k->of;

    for (size_t j = 0; j < w->cycles; j++)
        k->log_mean += log(cycle[w->first + j]) / (double)w->cycles;
    for (size_t j = 0; j < w->cycles; j++) {
        const double d = log(cycle[w->first + j]) - k->log_mean;
        k->square += d * d;
    }
    k->part = (unsigned)((w->first * UINT64_C(0x9E3779B97F4A7C15)) >> 40) % PARTS;
}

/* Variances of the workers outside one part. */
static void
analyse(const group *g, unsigned without, model *m)
{
    double k = 0, rows = 0, squares = 0, sum = 0, between = 0, inside = 0;

    for (size_t i = 0; i < g->workers; i++) {
        const known *w = &g->worker[i];
        const double n = (double)w->of->cycles;
        if (w->part == without) continue;
        k++;
        rows += n;
        squares += n * n;
        sum += n * w->log_mean;
        inside += w->square;
    }
    m->mu = sum / rows;
    for (size_t i = 0; i < g->workers; i++) {
        const double d = g->worker[i].log_mean - m->mu;
        if (g->worker[i].part != without)
            between += (double)g->worker[i].of->cycles * d * d;
    }
    m->freedom = rows - k;
    m->sigma2 = rows > k ? inside / (rows - k) : 0;
    m->f = k > 1 && m->sigma2 > 0 ? between / (k - 1) / m->sigma2 : 0;
    m->tau2 = k > 1
                  ? (between - (k - 1) * m->sigma2 * g->inflation) / (rows - squares / rows)
                  : 0;
    m->tau2 = fmax(m->tau2, 0);
    double mean = 0, weight = 0; /* of workers, by what each knows */
    for (size_t i = 0; i < g->workers; i++) {
        const double n = (double)g->worker[i].of->cycles, v = m->tau2 + m->sigma2 / n;
        if (g->worker[i].part == without) continue;
        mean += g->worker[i].log_mean / (v > 0 ? v : 1);
        weight += 1 / (v > 0 ? v : 1);
    }
    m->mu = mean / weight;
}

/* The law within, from the first workers in the order of the file, outside one part. */
static void
fit_within(const group *g, unsigned without, model *m, bool again)
{
    tg_within_rows r = { g->t->cycle, g->first, g->n, 0 };
    size_t         rows = 0;

    for (size_t i = 0; i < g->workers && rows < MOST_WITHIN; i++) {
        const known *w = &g->worker[i];
        if (w->part == without || w->of->cycles < 2) continue;
        g->first[r.workers] = w->of->first;
        g->n[r.workers++] = w->of->cycles < MOST_EACH ? w->of->cycles : MOST_EACH;
        rows += w->of->cycles;
    }
    m->within = again ? tg_within_fit(&r, m->within.law) : tg_within_best(&r);
    m->log_mean = tg_within_log_mean(&m->within);
    if (!again) m->fits = tg_within_p(&r, &m->within, g->scratch);
}

/* ---- rates --------------------------------------------------------------------------- */

/* 1/m_i by the model. */
static double
rate_by_model(const model *m, const known *w)
{
    const double n = (double)w->of->cycles, rho = m->tau2 / (m->tau2 + m->sigma2 / n);
    double       power = n * tg_within_log_power(&m->within, rho / n);

    if (!(m->tau2 > 0)) return exp(-m->mu - m->log_mean);
    if (!isfinite(power)) power = rho * rho * m->sigma2 / (2 * n);
    return exp(-m->mu - rho * (w->log_mean - m->mu) + m->tau2 * (1 - rho * rho) / 2 -
               power - m->log_mean);
}

static bool
by_model(const known *w)
{
    return w->of->cycles < ENOUGH;
}

static double
own_cv(const group *g)
{
    double square = 0, freedom = 0;

    for (size_t i = 0; i < g->workers; i++) {
        const tg_trace_worker *w = g->worker[i].of;
        for (size_t j = w->first; j < w->first + w->cycles; j++)
            square += (g->t->cycle[j] / w->mean - 1) * (g->t->cycle[j] / w->mean - 1);
        freedom += (double)w->cycles - 1;
    }
    return freedom > 0 ? sqrt(square / freedom) : 0;
}

/* Sum of the rates and, unless NULL, the variance that chance within leaves them. */
static double
sum_rates(const group *g, const model *m, double cv, double *variance)
{
    double sum = 0, v = 0;

    for (size_t i = 0; i < g->workers; i++) {
        const known *w = &g->worker[i];
        const double n = (double)w->of->cycles;
        double       rate, own;
        if (by_model(w)) {
            const double rho = m->tau2 > 0 ? m->tau2 / (m->tau2 + m->sigma2 / n) : 0;
            rate = rate_by_model(m, w);
            own = expm1(m->tau2 * (1 - rho) * g->inflation);
        } else {
            own = cv * cv * g->inflation / n;
            rate = (1 - fmin(own, .5)) / w->of->mean;
        }
        sum += rate;
        v += rate * rate * own;
    }
    if (variance) *variance = v;
    return sum;
}

/* What parts of the workers left out do to the sum over all: the error of the model. */
static tg_status
jackknife(const group *g, const model *all, double cv, double *variance)
{
    double sum = 0, square = 0;

    for (unsigned part = 0; part < PARTS; part++) {
        model m = *all;
        TG_TRY(tg_stop_check());
        analyse(g, part, &m);
        fit_within(g, part, &m, true);
        const double rate = sum_rates(g, &m, cv, NULL);
        sum += rate / PARTS;
        square += rate * rate / PARTS;
    }
    *variance += (PARTS - 1) * fmax(square - sum * sum, 0);
    return TG_OK;
}

/* How far off the rate is if the law within is another one, or has its tail on the other side. */
static double
misfit(const group *g, const model *all, double cv, double rate)
{
    double most = 0;

    for (int law = TG_WITHIN_GAMMA; law <= TG_WITHIN_LOGNORMAL; law++) {
        model m = *all;
        m.within.law = (tg_within_law)law;
        fit_within(g, PARTS, &m, true);
        const double mirrored = tg_within_log_power(&m.within, 1);
        most = fmax(most, fabs(sum_rates(g, &m, cv, NULL) - rate));
        if (isfinite(mirrored))
            most = fmax(most, rate * fabs(1 - exp(all->log_mean - mirrored)));
    }
    return most;
}

/* ---- kinds --------------------------------------------------------------------------- */

static const char *const law_name[] = { "gamma", "weibull", "lognormal" };

/* The rate of one worker of few cycles; of one cycle there is nothing to tell its error by. */
static void
one_worker(const group *g, tg_effects *e)
{
    const tg_trace_worker *w = g->worker[0].of;

    e->rate = 1 / w->mean;
    e->error = w->cycles > 1 ? e->rate * own_cv(g) / sqrt((double)w->cycles) : INFINITY;
    e->low = fmax(e->rate - 2 * e->error, 0);
    e->high = e->rate + 2 * e->error;
}

/* One cycle of each, or nearly: sum 1/t if each keeps its speed, k/mean t if none does. */
static void
without_repeats(const group *g, const model *m, tg_effects *e)
{
    double rate = 0, square = 0, mean = 0, means = 0;

    for (size_t i = 0; i < g->workers; i++) {
        const double t = g->worker[i].of->mean;
        rate += 1 / t;
        square += 1 / (t * t);
        mean += t / (double)g->workers;
        means += t * t / (double)g->workers;
    }
    const double k = (double)g->workers;
    e->kind = g->workers > 1 ? TG_EFFECTS_UNKNOWN : TG_EFFECTS_NONE;
    e->mean = mean;
    e->between = sqrt(m->tau2);
    e->spread = sqrt(expm1(m->tau2));
    e->rate = rate;
    e->error = sqrt(fmax(square - rate * rate / k, 0));
    e->low = k / mean * (1 - 2 * sqrt(fmax(means / (mean * mean) - 1, 0) / k));
    e->high = rate + 2 * e->error;
    e->low = fmin(e->low, rate - 2 * e->error);
    if (g->workers == 1) one_worker(g, e);
}

static void
describe(const group *g, const model *m, size_t few, tg_effects *e)
{
    const double k = (double)g->workers;

    e->within = sqrt(m->sigma2);
    e->between = sqrt(m->tau2);
    e->p = k > 1 ? gsl_cdf_fdist_Q(m->f / g->inflation, k - 1, m->freedom) : 1;
    e->spread = sqrt(expm1(m->tau2));
    e->mean = 0;
    for (size_t i = 0; i < g->workers; i++) e->mean += g->worker[i].of->mean / k;
    if (!(e->p < 1e-3 && e->between > .02))
        e->kind = TG_EFFECTS_NONE;
    else
        e->kind = 2 * few > g->workers ? TG_EFFECTS_MODEL : TG_EFFECTS_OWN;
    if (few == 0) return;
    e->law = law_name[m->within.law];
    e->fits = m->fits;
    e->shape =
        m->within.law == TG_WITHIN_LOGNORMAL ? tg_within_cv(&m->within) : m->within.shape;
    if (e->kind == TG_EFFECTS_MODEL) e->cv = tg_within_cv(&m->within);
}

static tg_status
find_effects(const group *g, tg_effects *e)
{
    model  m = { 0 };
    size_t few = 0;
    double variance;

    analyse(g, PARTS, &m);
    *e =
        (tg_effects){ .workers = g->workers, .cycles = g->cycles, .p = 1, .cv = own_cv(g) };
    if (m.freedom < FEWEST) {
        without_repeats(g, &m, e);
        return TG_OK;
    }
    for (size_t i = 0; i < g->workers; i++) few += by_model(&g->worker[i]);
    if (few > 0) fit_within(g, PARTS, &m, false);
    describe(g, &m, few, e);
    e->rate = sum_rates(g, &m, e->cv, &variance);
    if (few > 0) TG_TRY(jackknife(g, &m, e->cv, &variance));
    if (few > 0 && m.fits < TG_EFFECTS_MISFIT) {
        const double off = misfit(g, &m, e->cv, e->rate);
        variance += off * off;
    }
    e->error = sqrt(variance);
    e->low = e->rate - 2 * e->error;
    e->high = e->rate + 2 * e->error;
    return TG_OK;
}

tg_status
tg_effects_of(const tg_trace *t, size_t which, double correlation, tg_effects *out)
{
    const double r = fmin(fmax(correlation, 0), .95);
    group        g = { .t = t, .inflation = (1 + r) / (1 - r) };
    tg_status    status = TG_OK;

    g.worker = calloc(t->workers, sizeof *g.worker);
    g.first = malloc((2 * MOST_WITHIN + 2) * sizeof *g.first);
    g.n = g.first ? g.first + MOST_WITHIN + 1 : NULL;
    g.scratch = malloc((MOST_WITHIN + 1) * sizeof *g.scratch);
    if (!g.worker || !g.first || !g.scratch) status = tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < t->workers && status == TG_OK; i++)
        if (t->worker[i].group == which) {
            known *k = &g.worker[g.workers++];
            k->of = &t->worker[i];
            g.cycles += k->of->cycles;
            summarise(t->cycle, k);
        }
    if (status == TG_OK) status = find_effects(&g, out);
    free(g.worker);
    free(g.first);
    free(g.scratch);
    return status;
}

void
tg_effects_apply(const tg_effects *e, size_t which, tg_trace *t)
{
    const bool own = e->kind == TG_EFFECTS_OWN || e->kind == TG_EFFECTS_UNKNOWN;

    for (size_t i = 0; i < t->workers; i++)
        if (t->worker[i].group == which)
            t->worker[i].factor = own ? t->worker[i].mean / e->mean : 1;
}
