#include "asgd/theory/rounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 4001, FEWER = 1501, QUANTILES = 1024, MOST_AGAIN = 512 };
static const double NEVER = 1e-12; /* P(R > t), for each worker, where it is cut off */

typedef struct clock {
    const tg_cluster *c;
    size_t            K;
    bool              again;
    double            dt; /* with `again`: times are even */
    size_t            n;
    double           *time, *survival; /* (n) P(R > time) */
    double            tail;            /* the integral of that beyond the last time */
    double           *count; /* (groups, K, n) with `again`: P(N_i >= j + 1) by i dt */
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

/* P(N < K) at time t, with `again` point i. */
static double
few_at(clock *k, size_t i, double t)
{
    double all = 0;

    memset(k->sum, 0, k->K * sizeof *k->sum);
    k->sum[0] = 1;
    for (size_t g = 0; g < k->c->groups; g++) {
        const size_t workers = k->c->count[g];
        if (workers == 0) continue;
        if (!k->again) {
            binomial((double)workers, tg_delay_cdf(k->c->law[g], t), k->K, k->own);
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

static double
survival_at(clock *k, double t)
{
    return k->K == k->c->workers ? all_late(k, t) : few_at(k, 0, t);
}

static void
fill_survival(clock *k)
{
    memset(k->count, 0, k->c->groups * k->K * k->n * sizeof *k->count);
    for (size_t g = 0; g < k->c->groups; g++)
        if (k->c->count[g]) count_renewals(k, g);
    for (size_t i = 0; i < k->n; i++) {
        k->time[i] = k->dt * (double)i;
        k->survival[i] = few_at(k, i, k->time[i]);
    }
}

/* Shorten the grid to where there is something to see, and fill it anew. */
static void
find_even(clock *k)
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

/* Until when more than this share is left. */
static double
time_of(clock *k, double share, double end)
{
    double low = 0;

    while (end - low > 1e-9 * end) {
        const double middle = (low + end) / 2;
        if (survival_at(k, middle) > share)
            low = middle;
        else
            end = middle;
    }
    return low;
}

/* Simpson's rule, and what goes on like a power from the last three decades on. */
static double
mean_of(clock *k, const double *slope)
{
    const size_t last = k->n - 1;
    double       sum = 0;
    size_t       i = last;

    for (size_t j = 0; j <= last; j++)
        sum += (j == 0 || j == last ? 1 : j % 2 ? 4 : 2) * k->survival[j] * slope[j];
    while (i > 0 && k->survival[i] < 1e3 * k->survival[last]) i--;
    const double power =
        log(k->survival[i] / k->survival[last]) / log(k->time[last] / k->time[i]);
    k->tail = power > 1 ? k->time[last] * k->survival[last] / (power - 1) : 0;
    return k->time[0] + sum / 3 + k->tail;
}

/* Times between which something happens, ever further apart beyond the middle: long ones may be rare. Returns the mean. */
static double
find_graded(clock *k, double *slope)
{
    const double never = NEVER * (double)k->c->workers;
    const double end = latest(k), last = time_of(k, never, end);
    const double first = time_of(k, 1 - NEVER, last), middle = time_of(k, 0.5, last);
    const double scale = fmax((middle - first) / 4, 1e-9 * middle);
    const double way = log1p((last - first) / scale) / (double)(k->n - 1);

    for (size_t i = 0; i < k->n; i++) {
        k->time[i] = first + scale * expm1(way * (double)i);
        slope[i] = way * scale * exp(way * (double)i);
        k->survival[i] = survival_at(k, k->time[i]);
    }
    return mean_of(k, slope);
}

/* The mean of each of n even parts of the law between two shares of what is left, high and low. */
static void
fill_parts(const clock *k, double high, double low, size_t n, double *part)
{
    double at = 1; /* what is left */
    size_t q = 0;

    memset(part, 0, n * sizeof *part);
    for (size_t i = 0; i < k->n; i++) {
        const double before = i ? k->time[i - 1] : k->time[0], top = at;
        const double end = k->survival[i], fall = top - end;
        while (at > end && q < n) {
            const double edge =
                at > high ? high : high - (high - low) * (double)(q + 1) / (double)n;
            const double to = fmax(end, edge), share = (top - (at + to) / 2) / fall;
            if (at <= high) part[q] += (at - to) * (before + share * (k->time[i] - before));
            if (at <= high && to <= edge) q++;
            at = to;
        }
        if (q == n) break;
    }
    if (low == 0) part[n - 1] += at * k->time[k->n - 1] + k->tail;
    for (size_t i = 0; i < n; i++) part[i] *= (double)n / (high - low);
}

/* Even parts, scaled to a mean; 0: as they are. */
static tg_status
make_even(const clock *k, double high, double low, double mean, tg_delay **out)
{
    double *part = malloc(QUANTILES * sizeof *part), sum = 0;

    if (!part) return tg_fail(TG_ENOMEM, "out of memory");
    fill_parts(k, high, low, QUANTILES, part);
    for (size_t q = 0; q < QUANTILES; q++) sum += part[q];
    for (size_t q = 0; q < QUANTILES && mean > 0; q++) part[q] *= QUANTILES * mean / sum;
    const tg_status status = tg_delay_empirical(part, QUANTILES, out);
    free(part);
    return status;
}

static double
variance_of(const clock *k, double mean)
{
    double sum = k->time[0] * k->time[0];

    for (size_t i = 1; i < k->n; i++)
        sum += (k->survival[i - 1] + k->survival[i]) / 2 *
               (k->time[i] * k->time[i] - k->time[i - 1] * k->time[i - 1]);
    return sum - mean * mean;
}

/* Where the variance comes from rare times these have parts of their own: of a 64th, and of a 64th of that, and so on. */
static tg_status
make_law(const clock *k, double mean, tg_delay **out)
{
    enum { LEVELS = 4 };
    static const double RARE = 1. / 64, LOST = 0.01;
    tg_delay           *part[LEVELS] = { NULL };
    double              weight[LEVELS], high = 1, sum = 0;
    tg_delay           *law = NULL;

    TG_TRY(make_even(k, 1, 0, mean, out));
    const double variance = variance_of(k, mean);
    if (tg_delay_variance(*out) > (1 - LOST) * variance) return TG_OK;
    tg_delay_free(*out);
    *out = NULL;
    tg_status status = TG_OK;
    for (size_t i = 0; i < LEVELS && status == TG_OK; i++) {
        const double low = i + 1 < LEVELS ? high * RARE : 0;
        status = make_even(k, high, low, 0, &part[i]);
        weight[i] = high - low;
        sum += status == TG_OK ? weight[i] * tg_delay_mean(part[i]) : 0;
        high = low;
    }
    if (status == TG_OK)
        status = tg_delay_mixture((const tg_delay *const *)part, weight, LEVELS, &law);
    if (status == TG_OK) status = tg_delay_scaled(law, mean / sum, out);
    tg_delay_free(law);
    for (size_t i = 0; i < LEVELS; i++) tg_delay_free(part[i]);
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

/* Constant times, each worker's once: the K-th is always as late; or one worker, whose law it is. Errors: TG_ENOMEM. */
static tg_status
find_given(const tg_cluster *c, size_t K, double *mean, tg_delay **law)
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
    if (!r->again && (is_constant(c) || c->workers == 1))
        return find_given(c, r->gradients, mean, law);
    k.survival = malloc((3 * k.n + 3 * k.K) * sizeof *k.survival);
    k.count = malloc((k.again ? c->groups * k.K * k.n : 1) * sizeof *k.count);
    tg_status status = k.survival && k.count ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) {
        double *slope = k.survival + k.n;
        k.time = slope + k.n;
        k.sum = k.time + k.n;
        k.own = k.sum + k.K;
        k.work = k.own + k.K;
        if (r->again) find_even(&k);
        for (size_t i = 0; i < k.n; i++) slope[i] = k.dt;
        *mean = r->again ? mean_of(&k, slope) : find_graded(&k, slope);
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
