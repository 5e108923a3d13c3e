#include "solver/phase.h"

#include <math.h>

/* k stages at the given rate; the first is skipped with probability `skip`. */
static tg_phase
stages(int k, double rate, double skip)
{
    tg_phase p = { .n = k };

    p.start[0] = 1 - skip;
    if (k > 1) p.start[1] = skip;
    for (int i = 0; i + 1 < k; i++) p.move[i][i + 1] = rate;
    p.leave[k - 1] = rate;
    return p;
}

/* 1/k <= cv^2 <= 1/(k-1): E_{k-1} with probability w, else E_k, one rate (Tijms 1994, app.
 * B). */
static tg_status
erlang_mixture(double mean, double square_cv, tg_phase *out)
{
    const double k = ceil(1 / square_cv * (1 - 1e-12));

    if (!(k <= TG_PHASE_MAX))
        return tg_fail(TG_EDOMAIN, "a law with CV %g needs %g phases, more than %d",
                       sqrt(square_cv), k, TG_PHASE_MAX);
    const double root = fmax(0, k * (1 + square_cv) - k * k * square_cv);
    const double w = k > 1 ? (k * square_cv - sqrt(root)) / (1 + square_cv) : 0;
    *out = stages((int)k, (k - w) / mean, w);
    return TG_OK;
}

/* weights w, 1 - w at means u, v. */
static tg_phase
two_exponentials(double w, double u, double v)
{
    tg_phase p = { .n = 2 };

    p.start[0] = w;
    p.start[1] = 1 - w;
    p.leave[0] = 1 / u;
    p.leave[1] = 1 / v;
    return p;
}

/* The means u, v of two exponentials solve z^2 - s z + d = 0, which E T^k / k! = w u^k +
 * (1-w) v^k, k = 1, 2, 3, turn into two linear equations for s and d. */
static tg_phase
hyperexponential(const tg_delay *law, double mean, double square_cv)
{
    const double c1 = mean, c2 = mean * mean * (1 + square_cv) / 2;
    const double variance = square_cv * mean * mean;
    const double c3 = (tg_delay_third(law) + 3 * mean * variance + mean * mean * mean) / 6;
    const double below = c2 - c1 * c1, s = (c3 - c1 * c2) / below,
                 d = (c1 * c3 - c2 * c2) / below;
    const double root = sqrt(s * s / 4 - d), u = s / 2 - root, v = s / 2 + root;
    const double w = (v - c1) / (v - u);

    if (isfinite(c3) && u > 0 && v > u && w > 0 && w < 1) return two_exponentials(w, u, v);
    const double balanced = (1 + sqrt((square_cv - 1) / (square_cv + 1))) / 2;
    return two_exponentials(balanced, mean / (2 * balanced), mean / (2 * (1 - balanced)));
}

/* Phases only move on to later ones, here and in every acyclic law, so one
 * sweep from the end is enough. */
double
tg_phase_laplace(const tg_phase *p, double s)
{
    double left[TG_PHASE_MAX], phi = 0;

    for (int i = p->n - 1; i >= 0; i--) {
        double rate = p->leave[i], sum = p->leave[i];
        for (int j = i + 1; j < p->n; j++) {
            rate += p->move[i][j];
            sum += p->move[i][j] * left[j];
        }
        left[i] = sum / (s + rate);
        phi += p->start[i] * left[i];
    }
    return phi;
}

static int
same_law(const tg_phase *p, const tg_delay *law, double mean)
{
    for (double s = 0.3 / mean; s < 30 / mean; s *= 3)
        if (!(fabs(tg_phase_laplace(p, s) - creal(tg_delay_laplace(law, s, NULL))) < 1e-10))
            return 0;
    return 1;
}

tg_status
tg_phase_from_delay(const tg_delay *law, tg_phase *out)
{
    const double mean = tg_delay_mean(law), cv = tg_delay_cv(law), square = cv * cv;
    tg_phase     p;

    if (!(mean > 0 && isfinite(mean) && isfinite(square)))
        return tg_fail(TG_EDOMAIN, "a law with mean %g and CV %g is matched by no phases",
                       mean, cv);
    if (square > 1 + 1e-12) {
        p = hyperexponential(law, mean, square);
    } else {
        TG_TRY(erlang_mixture(mean, square, &p));
    }
    p.exact = same_law(&p, law, mean);
    *out = p;
    return TG_OK;
}

/* u_p = expected time left from phase p; phases only move on to later ones here and in
 * every acyclic law, so one sweep from the end is enough. */
double
tg_phase_mean(const tg_phase *p)
{
    double left[TG_PHASE_MAX], mean = 0;

    for (int i = p->n - 1; i >= 0; i--) {
        double rate = p->leave[i], sum = 1;
        for (int j = i + 1; j < p->n; j++) {
            rate += p->move[i][j];
            sum += p->move[i][j] * left[j];
        }
        left[i] = sum / rate;
        mean += p->start[i] * left[i];
    }
    return mean;
}

/* Flow balance along the chain. */
void
tg_phase_shares(const tg_phase *law, double *share)
{
    double sum = 0;

    for (int q = 0; q < law->n; q++) {
        double in = law->start[q], out = law->leave[q];
        for (int p = 0; p < q; p++) in += share[p] * law->move[p][q];
        for (int r = 0; r < law->n; r++) out += law->move[q][r];
        sum += share[q] = in / out;
    }
    for (int q = 0; q < law->n; q++) share[q] /= sum;
}
