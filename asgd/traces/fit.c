#include "asgd/traces/fit.h"

#include "asgd/traces/families.h"
#include "core/parallel.h"
#include "core/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_JUDGED = 20000, SAMPLES = 199, MOST_DRAWN = 500 };

tg_status
tg_fit_law(const tg_fit *f, tg_delay **out)
{
    if (strcmp(f->law, "hyperexponential"))
        return tg_delay_create(f->law, f->parameter, out);
    const double weight[] = { f->parameter[0], 1 - f->parameter[0] };
    return tg_delay_hyperexponential(weight, f->parameter + 1, 2, out);
}

/* The i-th of the places of n rising times at which a law is judged. */
static size_t
place(size_t i, size_t judged, size_t n)
{
    return judged == n ? i : (size_t)(((double)i + .5) * (double)n / (double)judged);
}

static double
kolmogorov_distance(const tg_delay *law, const double *t, size_t n)
{
    const size_t judged = n < MOST_JUDGED ? n : MOST_JUDGED;
    double       most = 0;

    for (size_t k = 0; k < judged; k++) {
        const size_t i = place(k, judged, n);
        const double f = tg_delay_cdf(law, t[i]);
        most = fmax(most, fmax(f - (double)i / (double)n, (double)(i + 1) / (double)n - f));
    }
    return most;
}

/* The ends of a fitted range are observed values: the density just inside counts. */
static double
log_density(const tg_delay *law, double t)
{
    double low, high;

    tg_delay_support(law, &low, &high);
    const double inside = fmin(fmax(t, low * (1 + 1e-12)), high * (1 - 1e-12));
    return log(tg_delay_pdf(law, inside));
}

static void
judge(const tg_delay *law, const tg_sample *s, tg_fit *f)
{
    const size_t judged = s->n < MOST_JUDGED ? s->n : MOST_JUDGED;

    f->log_likelihood = 0;
    for (size_t k = 0; k < judged; k++)
        f->log_likelihood += log_density(law, s->t[place(k, judged, s->n)]);
    f->log_likelihood *= (double)s->n / (double)judged;
    f->aic = 2 * (double)f->parameters - 2 * f->log_likelihood;
    f->distance = kolmogorov_distance(law, s->t, s->n);
    f->p = tg_kolmogorov_p(f->distance, (double)s->n);
}

static int
by_aic(const void *a, const void *b)
{
    const tg_fit *f = a, *g = b;

    return (f->aic > g->aic) - (f->aic < g->aic);
}

/* Times that are equal but for rounding have no density: only the constant law fits
 * them. */
#define SAME 1e-9
static void
fit_constant(const tg_sample *s, tg_fit *f)
{
    *f = (tg_fit){ .law = "constant", .parameter = { s->t[0] }, .parameters = 1, .p = 1 };
    f->log_likelihood = INFINITY;
    f->aic = -INFINITY;
}

/* One family; *made is left where it cannot look like the sample. */
static tg_status
fit_family(const tg_family *family, const tg_sample *s, tg_fit *fit, size_t *made)
{
    tg_fit    f = { .law = family->law, .parameters = family->parameters };
    tg_delay *law = NULL;

    TG_TRY(tg_stop_check());
    if (!family->fit(s, f.parameter)) return TG_OK;
    const tg_status status = tg_fit_law(&f, &law);
    if (status == TG_ENOMEM) return status;
    if (status != TG_OK) return TG_OK;
    judge(law, s, &f);
    tg_delay_free(law);
    if (isfinite(f.aic)) fit[(*made)++] = f;
    return TG_OK;
}

tg_status
tg_fit_all(const double *seconds, size_t n, tg_fit fit[TG_FIT_LAWS], size_t *count)
{
    if (n < 2) return tg_fail(TG_EDOMAIN, "a fit needs at least 2 times, got %zu", n);
    for (size_t i = 0; i < n; i++)
        if (!(seconds[i] > 0) || !isfinite(seconds[i]))
            return tg_fail(TG_EDOMAIN, "times must be > 0, got %g", seconds[i]);
    const tg_sample s = tg_sample_of(seconds, n);
    size_t          made = 0;
    if (seconds[n - 1] - seconds[0] <= SAME * seconds[0])
        fit_constant(&s, &fit[made++]);
    else
        for (const tg_family *f = tg_families; f->law; f++)
            TG_TRY(fit_family(f, &s, fit, &made));
    qsort(fit, made, sizeof *fit, by_aic);
    *count = made;
    return TG_OK;
}

/* ---- parametric bootstrap ------------------------------------------------------------ */

/* Distances of samples of different sizes compare by this factor (Stephens 1970). */
static double
stephens(size_t n)
{
    const double root = sqrt((double)n);

    return root + .12 + .11 / root;
}

typedef struct bootstrap {
    const tg_family *family;
    const tg_delay  *law;
    double          *t;        /* (SAMPLES, drawn) */
    double           distance; /* scaled */
    size_t           drawn;
    uint64_t         seed;
    unsigned char    farther[SAMPLES];
} bootstrap;

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Draw, fit again, and look whether that is farther off. What cannot be fitted again is. */
static tg_status
try_sample(size_t i, size_t thread, void *context)
{
    bootstrap *b = context;
    double    *t = b->t + i * b->drawn;
    tg_rng     g = tg_rng_stream(b->seed, TG_PURPOSE_RESAMPLE, i);
    tg_fit     f = { .law = b->family->law };
    tg_delay  *law = NULL;

    (void)thread;
    tg_delay_samples(b->law, &g, t, b->drawn);
    qsort(t, b->drawn, sizeof *t, rising);
    const tg_sample s = tg_sample_of(t, b->drawn);
    b->farther[i] = 1;
    if (!(t[0] > 0) || !b->family->fit(&s, f.parameter)) return TG_OK;
    const tg_status status = tg_fit_law(&f, &law);
    if (status != TG_OK) return status == TG_ENOMEM ? status : TG_OK;
    b->farther[i] =
        kolmogorov_distance(law, t, b->drawn) * stephens(b->drawn) >= b->distance;
    tg_delay_free(law);
    return TG_OK;
}

static const tg_family *
find_family(const char *law)
{
    const tg_family *f = tg_families;

    while (f->law && strcmp(f->law, law)) f++;
    return f->law ? f : NULL;
}

tg_status
tg_fit_again(const tg_fit *like, const double *seconds, size_t n, double *mean, double *cv)
{
    const tg_family *family = like ? find_family(like->law) : NULL;
    const tg_sample  s = tg_sample_of(seconds, n);
    const double     variance = (s.square - s.mean * s.mean) * (double)n / (double)(n - 1);
    tg_fit           f = { .law = like ? like->law : NULL };
    tg_delay        *law = NULL;

    *mean = s.mean;
    *cv = sqrt(fmax(variance, 0)) / s.mean;
    if (!family || !(seconds[0] > 0) || !family->fit(&s, f.parameter)) return TG_OK;
    const tg_status status = tg_fit_law(&f, &law);
    if (status != TG_OK) return status == TG_ENOMEM ? status : TG_OK;
    *mean = tg_delay_mean(law);
    *cv = tg_delay_cv(law);
    tg_delay_free(law);
    return TG_OK;
}

static tg_status
bootstrap_one(bootstrap *b, tg_fit *f)
{
    tg_delay *law = NULL;
    size_t    farther = 0;

    TG_TRY(tg_fit_law(f, &law));
    b->law = law;
    const tg_status status = tg_parallel_run(SAMPLES, 0, try_sample, b, NULL);
    for (size_t i = 0; i < SAMPLES; i++) farther += b->farther[i];
    if (status == TG_OK) f->p = (double)(farther + 1) / (SAMPLES + 1);
    tg_delay_free(law);
    return status;
}

tg_status
tg_fit_bootstrap(size_t n, uint64_t seed, tg_fit *fit, size_t count)
{
    bootstrap b = { .drawn = n < MOST_DRAWN ? n : MOST_DRAWN, .seed = seed };
    tg_status status = TG_OK;

    b.t = malloc(SAMPLES * b.drawn * sizeof *b.t);
    if (!b.t) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < count && status == TG_OK; i++) {
        b.family = find_family(fit[i].law);
        b.distance = fit[i].distance * stephens(n);
        if (b.family && fit[i].p >= 1e-3) status = bootstrap_one(&b, &fit[i]);
    }
    free(b.t);
    return status;
}

size_t
tg_fit_best(const tg_fit *fit, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fit[i].p >= .01 || fit[i].distance < .01) return i;
    return count;
}
