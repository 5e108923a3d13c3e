/* predict_more: the law of staleness, and the learning rate at which the variance is lost
 */
#include "asgd/theory/classes.h"
#include "asgd/theory/predict_finite.h"
#include "solver/planner.h"

#include <complex.h>
#include <fftw3.h>
#include <math.h>
#include <stdlib.h>

/* p(z) = phi((P - 1)(1 - z) / m) on the unit circle, and its Fourier coefficients. Twice as
 * many points as the mean and ten standard deviations need keep what wraps around below
 * rounding. */
static tg_status
invert(const tg_delay *delay, double others, size_t points, double *probability, size_t n)
{
    fftw_complex *p = fftw_alloc_complex(points);

    tg_planner_lock();
    fftw_plan plan =
        p ? fftw_plan_dft_1d((int)points, p, p, FFTW_FORWARD, FFTW_ESTIMATE) : NULL;
    tg_planner_unlock();

    if (!plan) {
        fftw_free(p);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    for (size_t k = 0; k < points; k++) {
        const double angle = 2 * 3.14159265358979323846 * (double)k / (double)points;
        p[k] = tg_delay_laplace(
            delay, others * (1 - cexp(I * angle)) / tg_delay_mean(delay), NULL);
    }
    fftw_execute(plan);
    for (size_t j = 0; j < n; j++) probability[j] = fmax(creal(p[j]) / (double)points, 0);
    tg_planner_lock();
    fftw_destroy_plan(plan);
    tg_planner_unlock();
    fftw_free(p);
    return TG_OK;
}

tg_status
tg_predict_staleness(const tg_cluster *cluster, double *probability, size_t n)
{
    tg_delay *delay = NULL;
    size_t    points = 256;

    if (n == 0) return tg_fail(TG_EDOMAIN, "expected at least one staleness");
    TG_TRY(tg_cluster_delay(cluster, &delay));
    const double others = (double)cluster->workers - 1;
    const double spread = 1 + fmin(tg_delay_cv(delay), 10);
    while (points < 1u << 20 &&
           (double)points < 2 * ((double)n + 10 * spread * (others + 1)))
        points *= 2;
    const tg_status status = invert(delay, others, points, probability, n);
    tg_delay_free(delay);
    return status;
}

tg_status
tg_predict_step_square(double h_max, const tg_cluster *cluster,
                       const tg_algorithm *algorithm, double *step)
{
    double                zero[1] = { 0 };
    const tg_predict_plan plan = { 0 };
    const tg_modes        m = { .count = 1,
                                .h = &h_max,
                                .start = zero,
                                .sigma2 = zero,
                                .shift = zero,
                                .spread = zero };
    tg_classes            k;
    tg_case               c;
    tg_finite             f;
    double                threshold;

    if (!(h_max > 0)) return tg_fail(TG_EDOMAIN, "eigenvalue must be > 0, got %g", h_max);
    TG_TRY(tg_classes_of(cluster, NULL, &k));
    tg_status status = tg_case_open(k.cluster, algorithm, 1, &c);
    if (status != TG_OK) {
        tg_classes_clear(&k);
        return status;
    }
    status = tg_case_threshold(&c, &threshold);
    if (status == TG_OK) status = tg_finite_open(&c, &m, &plan, &f);
    if (status == TG_OK) {
        status = tg_finite_limit(&f, threshold);
        if (status == TG_OK) *step = f.limit / (h_max * f.total);
        tg_finite_close(&f);
    }
    tg_case_close(&c);
    tg_classes_clear(&k);
    return status;
}
