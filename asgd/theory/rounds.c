#include "asgd/theory/rounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 4001, FEWER = 1501, QUANTILES = 1024, MOST_AGAIN = 512 };
static const double NEVER = 1e-12; /* P(R > t) where it is cut off */

typedef struct clock {
    const tg_cluster *c;
    size_t            K;
    bool              again;
    double            dt;
    size_t            n;
    double           *survival; /* (n) P(R > i dt) */
    double           *count;    /* (groups, K, n) with `again`: P(N_i >= j + 1) by i dt */
    double           *sum, *own, *work; /* (K) each: P(N = j) */
} clock;

/* ---- counts -------------------------------------------------------------------------- */

/* P(Binomial(n, p) = j), j < K, into out. */
static void
binomial(double n, double p, size_t K, double *out)
{
    memset(out, 0, K * sizeof *out);
    if (!(p > 0 && p < 1)) {
        const double sure = p > 0 ? n : 0;
        if (sure < (double)K) out[(size_t)sure] = 1;
        return;
    }
    const double odds = log(p) - log1p(-p), all = lgamma(n + 1) + n * log1p(-p);
    for (size_t j = 0; j < K && (double)j <= n; j++) {
        const double i = (double)j;
        out[j] = exp(all - lgamma(i + 1) - lgamma(n - i + 1) + i * odds);
    }
}

/* out <- out * other, the first K. */
static void
convolve(double *out, const double *other, size_t K, double *work)
{
    for (size_t j = 0; j < K; j++) {
        work[j] = 0;
        for (size_t i = 0; i <= j; i++) work[j] += out[i] * other[j - i];
    }
    memcpy(out, work, K * sizeof *work);
}

/* A count of `n` workers alike, each with P(N_i = j) in k->own, onto the sum: by squaring. */
static void
add_many(clock *k, size_t n)
{
    for (; n > 0; n /= 2) {
        if (n % 2) convolve(k->sum, k->own, k->K, k->work);
        if (n > 1) convolve(k->own, k->own, k->K, k->work);
    }
}

/* F^{*j}(i dt) of a group by the trapezoidal rule, j = 1 .. K. */
static void
count_renewals(clock *k, size_t g)
{
    const size_t n = k->n;
    double      *F = k->count + g * k->K * n;

    for (size_t i = 0; i < n; i++) F[i] = tg_delay_cdf(k->c->law[g], k->dt * (double)i);
    for (size_t j = 1; j < k->K; j++) {
        const double *before = F + (j - 1) * n;
        double       *now = F + j * n;
        for (size_t i = 0; i < n; i++) {
            now[i] = F[0] * before[i];
            for (size_t l = 1; l <= i; l++)
                now[i] += (F[l] - F[l - 1]) * (before[i - l] + before[i - l + 1]) / 2;
        }
        if (now[n - 1] < 1e-15) return; /* the rest is zero */
    }
}

/* P(N < K) at point i. */
static double
survival_at(clock *k, size_t i)
{
    double all = 0;

    memset(k->sum, 0, k->K * sizeof *k->sum);
    k->sum[0] = 1;
    for (size_t g = 0; g < k->c->groups; g++) {
        const size_t workers = k->c->count[g];
        if (workers == 0) continue;
        if (!k->again) {
            binomial((double)workers, tg_delay_cdf(k->c->law[g], k->dt * (double)i), k->K,
                     k->own);
            convolve(k->sum, k->own, k->K, k->work);
            continue;
        }
        const double *F = k->count + g * k->K * k->n;
        for (size_t j = 0; j < k->K; j++)
            k->own[j] = (j ? F[(j - 1) * k->n + i] : 1) - F[j * k->n + i];
        add_many(k, workers);
    }
    for (size_t j = 0; j < k->K; j++) all += k->sum[j];
    return fmin(fmax(all, 0), 1);
}

/* All of them: no counts are needed. */
static double
all_late(const clock *k, double t)
{
    double early = 0;

    for (size_t g = 0; g < k->c->groups; g++)
        if (k->c->count[g])
            early += (double)k->c->count[g] * log(tg_delay_cdf(k->c->law[g], t));
    return -expm1(early);
}

/* ---- the law ------------------------------------------------------------------------- */

/* A time by which it is over: where the K-th of all is sure to be there. */
static double
latest(const clock *k)
{
    double end = 0, share = (double)k->c->workers;

    for (size_t g = 0; g < k->c->groups; g++)
        if (k->c->count[g])
            end = fmax(end, tg_delay_quantile(k->c->law[g], 1 - NEVER / share));
    return end * ceil((double)k->K / share);
}

static void
fill_survival(clock *k)
{
    memset(k->count, 0, k->again ? k->c->groups * k->K * k->n * sizeof *k->count : 0);
    for (size_t g = 0; k->again && g < k->c->groups; g++)
        if (k->c->count[g]) count_renewals(k, g);
    for (size_t i = 0; i < k->n; i++)
        k->survival[i] = !k->again && k->K == k->c->workers ? all_late(k, k->dt * (double)i)
                                                            : survival_at(k, i);
}

/* Shorten the grid to where there is something to see, and fill it anew. */
static void
find_survival(clock *k)
{
    double end = latest(k);

    for (int round = 0; round < 8; round++) {
        k->dt = end / (double)(k->n - 1);
        fill_survival(k);
        size_t last = k->n - 1;
        while (last > 1 && k->survival[last - 1] < NEVER) last--;
        if (last > k->n / 2) return;
        end = k->dt * (double)(last + 1);
    }
}

/* Simpson's rule. */
static double
mean_of(const clock *k)
{
    double sum = 0;

    for (size_t i = 0; i + 2 < k->n; i += 2)
        sum += k->survival[i] + 4 * k->survival[i + 1] + k->survival[i + 2];
    return sum * k->dt / 3;
}

/* The even quantiles, scaled to the mean. */
static tg_status
make_law(const clock *k, double mean, tg_delay **out)
{
    double *time = malloc(QUANTILES * sizeof *time), sum = 0;
    size_t  i = 0;

    if (!time) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t q = 0; q < QUANTILES; q++) {
        const double left = 1 - ((double)q + 0.5) / QUANTILES;
        while (i + 2 < k->n && k->survival[i + 1] > left) i++;
        const double high = k->survival[i], low = k->survival[i + 1];
        const double part = high > low ? fmin((high - left) / (high - low), 1) : 1;
        time[q] = k->dt * ((double)i + fmax(part, 0));
        sum += time[q] / QUANTILES;
    }
    for (size_t q = 0; q < QUANTILES && sum > 0; q++) time[q] *= mean / sum;
    const tg_status status = tg_delay_empirical(time, QUANTILES, out);
    free(time);
    return status;
}

static tg_status
check(const tg_cluster *c, const tg_rounds *r)
{
    if (!tg_cluster_renews(c))
        return tg_fail(TG_EDOMAIN, "rounds are known of workers that renew");
    if (r->gradients == 0 || (!r->again && r->gradients > c->workers))
        return tg_fail(TG_EDOMAIN,
                       "a round of %zu gradients needs as many workers, got %zu",
                       r->gradients, c->workers);
    if (r->again && r->gradients > MOST_AGAIN)
        return tg_fail(TG_EDOMAIN,
                       "a round of workers that go on is known up to %d gradients",
                       MOST_AGAIN);
    return TG_OK;
}

static int
by_time(const void *a, const void *b)
{
    const double x = tg_delay_mean(*(tg_delay *const *)a),
                 y = tg_delay_mean(*(tg_delay *const *)b);

    return (x > y) - (x < y);
}

/* Constant times, each worker's once: the K-th is always as late. Errors: TG_ENOMEM. */
static tg_status
find_constant(const tg_cluster *c, size_t K, double *mean, tg_delay **law)
{
    const tg_delay **of = malloc(c->workers * sizeof *of);
    size_t           n = 0;

    if (!of) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < c->groups; g++)
        for (size_t i = 0; i < c->count[g]; i++) of[n++] = c->law[g];
    qsort(of, n, sizeof *of, by_time);
    *mean = tg_delay_mean(of[K - 1]);
    if (law) *law = tg_delay_keep(of[K - 1]);
    free(of);
    return TG_OK;
}

static bool
is_constant(const tg_cluster *c)
{
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] && tg_delay_cv(c->law[g]) > 0) return false;
    return true;
}

tg_status
tg_rounds_law(const tg_cluster *c, const tg_rounds *r, double *mean, tg_delay **law)
{
    clock k = {
        .c = c, .K = r->gradients, .again = r->again, .n = r->again ? FEWER : POINTS
    };

    TG_TRY(check(c, r));
    if (!r->again && is_constant(c)) return find_constant(c, r->gradients, mean, law);
    k.survival = malloc((k.n + 3 * k.K) * sizeof *k.survival);
    k.count = malloc((k.again ? c->groups * k.K * k.n : 1) * sizeof *k.count);
    tg_status status = k.survival && k.count ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) {
        k.sum = k.survival + k.n;
        k.own = k.sum + k.K;
        k.work = k.own + k.K;
        find_survival(&k);
        *mean = mean_of(&k);
        if (law) status = make_law(&k, *mean, law);
    }
    free(k.survival);
    free(k.count);
    return status;
}

double
tg_rounds_jobs(const tg_cluster *c, const tg_rounds *r)
{
    const double P = (double)c->workers;

    return r->again ? P + (double)r->gradients - 1 : P;
}
