#include "roots/zroots.h"

#include "core/complexes.h"
#include "roots/set.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

static tg_status
check(const tg_clock *c)
{
    if (!isfinite(c->step))
        return tg_fail(TG_EDOMAIN, "step must be finite, got %g", c->step);
    if (!(c->beta >= 0 && c->beta < 1))
        return tg_fail(TG_EDOMAIN, "momentum beta must be >= 0 and < 1, got %g", c->beta);
    if (!(c->ratio >= 0 && c->ratio < 1))
        return tg_fail(TG_EDOMAIN, "ratio must be >= 0 and < 1, got %g", c->ratio);
    if (c->count < 1 || c->count > TG_MOST_STALENESS)
        return tg_fail(TG_EDOMAIN, "staleness: 1 to %d entries, got %zu", TG_MOST_STALENESS,
                       c->count);
    for (size_t j = 0; j < c->count; j++)
        if (!(c->staleness[j] >= 0 && c->staleness[j] <= 1 + 1e-12))
            return tg_fail(TG_EDOMAIN, "staleness: P(J = %zu) = %g", j, c->staleness[j]);
    return TG_OK;
}

/* Coefficients of the polynomial in u; returns its degree. */
static size_t
polynomial(const tg_clock *c, double *a, size_t room)
{
    const double q = c->beta, r = c->ratio;
    size_t       degree = room - 1;

    memset(a, 0, room * sizeof *a);
    a[0] = 1;
    a[1] = -(1 + q + r);
    a[2] = q + r + q * r;
    a[3] = -q * r;
    for (size_t j = 0; j < c->count; j++) a[j + 1] += c->step * c->staleness[j];
    while (degree > 0 && a[degree] == 0) degree--;
    return degree;
}

static double complex
horner(const double *a, size_t n, double complex u, double complex *slope)
{
    double complex value = a[n], d = 0;

    for (size_t i = n; i-- > 0;) {
        d = multiply(d, u) + value;
        value = multiply(value, u) + a[i];
    }
    *slope = d;
    return value;
}

/* Zeros in |u| < radius by the argument principle; |f''| <= sum j (j-1) |a_j| radius^(j-2).
 */
static tg_status
wind(const double *a, size_t n, double radius, size_t *count, size_t *evaluations)
{
    double         bend = 0, power = 1, change = 0;
    double complex slope, f = horner(a, n, radius, &slope);

    for (size_t j = 2; j <= n; j++, power *= radius)
        bend += (double)(j * (j - 1)) * fabs(a[j]) * power;
    for (double angle = 0; angle < pi;) { /* real coefficients: the upper half will do */
        const double size = cabs(f), rise = cabs(slope);
        const double h =
            1.8 * size / (rise + sqrt(rise * rise + 2 * bend * size) + 1e-300) / radius;
        if (!(h > 1e-12) || ++*evaluations > 2000000) return TG_ENOCONV;
        angle = fmin(pi, angle + fmin(h, 0.5));
        const double complex next =
            horner(a, n, radius * exponential(complex_of(0, angle)), &slope);
        change += carg(next * conj(f));
        f = next;
    }
    *count = (size_t)lround(fmax(0, change / pi));
    return TG_OK;
}

/* Zeros u of a[0] + ... + a[n] u^n as 1/z, z the eigenvalues of the companion matrix. */
static tg_status
eigenvalues(const double *a, size_t n, double *re, double *im)
{
    double *m = calloc(n * n, sizeof *m);

    if (!m) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        m[i] = -a[i + 1] / a[0];
        if (i > 0) m[i * n + i - 1] = 1;
    }
    const int failed =
        LAPACKE_dhseqr(LAPACK_ROW_MAJOR, 'E', 'N', (lapack_int)n, 1, (lapack_int)n, m,
                       (lapack_int)n, re, im, NULL, (lapack_int)n);
    free(m);
    return failed ? tg_fail(TG_ENOCONV, "the eigenvalues of the iteration did not converge")
                  : TG_OK;
}

static double complex
polish(const double *a, size_t n, double complex u)
{
    double before = INFINITY;

    for (int i = 0; i < 20; i++) {
        double complex       slope;
        const double complex f = horner(a, n, u, &slope), step = f / slope;
        const double         size = cabs(step);
        if (!(size < before) || !(size < 0.1 * cabs(u))) break;
        u -= step;
        before = size;
    }
    return u;
}

/* Zeros nearer than the rounding of a double one are one. */
static tg_status
gather(const double *a, size_t n, double radius, tg_root_set *set)
{
    double   *re = malloc(2 * n * sizeof *re), *im = re ? re + n : NULL;
    tg_status status = re ? eigenvalues(a, n, re, im) : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t i = 0; status == TG_OK && i < n; i++) {
        double complex z = complex_of(re[i], im[i]), slope;
        if (cimag(z) < 0 || cabs(z) < radius * (1 - 1e-6)) continue;
        size_t k = 0;
        while (k < set->count && cabs(set->root[k].s - z) > 3e-7 * cabs(z)) k++;
        if (k < set->count) {
            set->root[k].multiplicity++;
            continue;
        }
        z = 1 / polish(a, n, 1 / z);
        if (fabs(cimag(z)) < 1e-13 * cabs(z)) z = creal(z);
        if (cabs(z) < radius) continue;
        const double residual = cabs(z * horner(a, n, 1 / z, &slope));
        status = tg_root_set_add(set, (tg_root){ z, 1, residual, 0 });
    }
    free(re);
    return status;
}

static int
by_modulus(const void *a, const void *b)
{
    const double complex x = ((const tg_root *)a)->s, y = ((const tg_root *)b)->s;
    const double         gap = cabs(x) - cabs(y);

    if (fabs(gap) > 1e-14 * cabs(x)) return gap < 0 ? 1 : -1;
    return (cimag(x) < cimag(y)) - (cimag(x) > cimag(y));
}

static tg_status
finish(tg_root_set *set, double radius, size_t winding, size_t evaluations, tg_roots *out)
{
    tg_roots r = { .certificate = { .contour = { radius, HUGE_VAL, 0, 0 },
                                    .winding = winding,
                                    .evaluations = evaluations,
                                    .method = "polynomial" } };

    r.certificate.found = tg_root_set_total(set, 1);
    if (r.certificate.found != winding)
        return tg_fail(
            TG_ENOCONV,
            "outside |z| = %g the argument principle counts %zu roots, %zu found", radius,
            winding, r.certificate.found);
    TG_TRY(tg_root_set_finish(set, 1, &r));
    if (r.count) qsort(r.root, r.count, sizeof *r.root, by_modulus);
    for (size_t i = 0; i < r.count; i++) {
        r.certificate.residual = fmax(r.certificate.residual, r.root[i].residual);
        r.certificate.backward =
            fmax(r.certificate.backward, r.root[i].residual / (1 + cabs(r.root[i].s)));
    }
    *out = r;
    return TG_OK;
}

tg_status
tg_zroots_outside(const tg_clock *c, double radius, tg_roots *out)
{
    tg_root_set set = { 0 };
    size_t      winding = 0, evaluations = 0;

    TG_TRY(check(c));
    if (!(radius > fmax(c->ratio, c->beta) && isfinite(radius)))
        return tg_fail(TG_EDOMAIN, "radius must be > %g, got %g", fmax(c->ratio, c->beta),
                       radius);
    double *a = malloc((c->count + 4) * sizeof *a);
    if (!a) return tg_fail(TG_ENOMEM, "out of memory");
    const size_t degree = polynomial(c, a, c->count + 4);
    tg_status    status = TG_ENOCONV;
    double       at = radius;
    for (int i = 0; i < 4 && status == TG_ENOCONV; i++) {
        at = radius * (1 - (i ? 1e-11 * pow(100, i) : 0));
        status = wind(a, degree, 1 / at, &winding, &evaluations);
    }
    if (status == TG_ENOCONV) tg_fail(status, "roots on the circle |z| = %g", radius);
    if (status == TG_OK && degree > 0) status = gather(a, degree, at, &set);
    if (status == TG_OK) status = finish(&set, at, winding, evaluations, out);
    if (status == TG_OK) out->certificate.moved = radius - at;
    free(a);
    free(set.root);
    return status;
}

/* The circle shrinks until something is outside; nothing outside max(ratio, beta): that. */
tg_status
tg_zroots_radius(const tg_clock *c, double *out)
{
    const double inner = fmax(c->ratio, c->beta);
    tg_roots     r = { 0 };

    for (double radius = 1; radius > 1e-6; radius *= 0.9) {
        const double at = fmax(radius, inner + 1e-6 * (1 - inner));
        TG_TRY(tg_zroots_outside(c, at, &r));
        if (r.count || at > radius) break;
    }
    *out = r.count ? cabs(r.root[0].s) : inner;
    tg_roots_free(&r);
    return TG_OK;
}

/* p_j are the Fourier coefficients of phi(mu (1 - e^{i t})) on enough points. */
tg_status
tg_staleness_mixed_poisson(const tg_delay *delay, size_t workers, double *p, size_t count)
{
    const double m = tg_delay_mean(delay), mu = ((double)workers - 1) / m;
    const size_t n = 4 * count + 64;

    if (workers == 0 || !(m > 0) || count == 0)
        return tg_fail(TG_EDOMAIN, "staleness needs workers, a mean delay > 0 and room");
    double complex *f = malloc(n * sizeof *f);
    if (!f) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t k = 0; k < n; k++) {
        const double t = 2 * pi * (double)k / (double)n;
        f[k] = tg_delay_laplace(
            delay, complex_of(mu * 2 * sin(t / 2) * sin(t / 2), -mu * sin(t)), NULL);
    }
    double total = 0;
    for (size_t j = 0; j < count; j++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++) {
            const double t = 2 * pi * (double)(j * k % n) / (double)n;
            sum += creal(f[k]) * cos(t) + cimag(f[k]) * sin(t);
        }
        p[j] = fmax(0, sum / (double)n);
        total += p[j];
    }
    p[count - 1] += fmax(0, 1 - total);
    free(f);
    return TG_OK;
}
