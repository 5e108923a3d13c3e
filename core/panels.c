#include "core/panels.h"

#include "core/complexes.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS = 24, POINTS = 32, TIME_PANELS = 64, DEPTH = 700 };

typedef struct panel {
    double centre, half;
    double m[TERMS];  /* (2n+1) (-1)^n int P_n dmu */
    double tm[TERMS]; /* the same of t mu(dt) */
    double before[3]; /* of the panels to the left: mass, first and second moment */
} panel;

struct tg_panels {
    panel *panel;
    size_t count, room;
    double reach, accuracy;
    double fall[TERMS + 1]; /* n/(n+1) */
};

void
tg_panels_free(tg_panels *p)
{
    if (p) free(p->panel);
    free(p);
}

static tg_panels *
begin(void)
{
    tg_panels *p = calloc(1, sizeof *p);

    for (int n = 0; p && n <= TERMS; n++) p->fall[n] = n / (n + 1.0);
    return p;
}

static panel *
push(tg_panels *p, double low, double high)
{
    if (p->count == p->room) {
        const size_t room = p->room ? 2 * p->room : 16;
        panel       *grown = realloc(p->panel, room * sizeof *grown);
        if (!grown) return NULL;
        p->panel = grown;
        p->room = room;
    }
    panel *q = &p->panel[p->count++];
    *q = (panel){ .centre = low + (high - low) / 2, .half = (high - low) / 2 };
    return q;
}

/* Mass w at x in [-1, 1]: P_{n+1} = ((2n+1) x P_n - n P_{n-1})/(n+1). */
static void
add_mass(panel *q, double x, double w)
{
    const double t = q->centre + q->half * x;
    double       before = 0, now = 1;

    for (int n = 0; n < TERMS; n++) {
        const double next = ((2 * n + 1) * x * now - n * before) / (n + 1);
        const double term = (n % 2 ? -w : w) * (2 * n + 1) * now;
        q->m[n] += term;
        q->tm[n] += t * term;
        before = now;
        now = next;
    }
}

static bool
converged(const panel *q, double accuracy)
{
    double tail = 0;

    for (int n = TERMS - 3; n < TERMS; n++) tail = fmax(tail, fabs(q->m[n]));
    return tail <= accuracy || fabs(q->m[0]) < accuracy / 300;
}

typedef struct builder {
    tg_panels_density              f;
    const void                    *context;
    gsl_integration_glfixed_table *rule;
    tg_panels                     *out;
} builder;

static panel *
measure(const builder *b, double low, double high)
{
    panel *q = push(b->out, low, high);

    for (size_t i = 0; q && i < POINTS; i++) {
        double x, w;
        gsl_integration_glfixed_point(-1, 1, i, &x, &w, b->rule);
        add_mass(q, x, w * q->half * b->f(q->centre + q->half * x, b->context));
    }
    return q;
}

/* Halve [low, high] until its series has converged; the left half first. */
static tg_status
refine(const builder *b, double low, double high, int depth)
{
    const double middle = low + (high - low) / 2;
    const panel *q = measure(b, low, high);

    if (!q) return tg_fail(TG_ENOMEM, "out of memory");
    if (!isfinite(q->m[0]) || (depth < DEPTH && !converged(q, b->out->accuracy))) {
        if (middle <= low || middle >= high || depth >= DEPTH) return TG_OK;
        b->out->count--;
        TG_TRY(refine(b, low, middle, depth + 1));
        return refine(b, middle, high, depth + 1);
    }
    return TG_OK;
}

/* Over a panel t = c + r x: int t^2 from t (c + r x) with the tm alone. */
static void
run_sums(tg_panels *p)
{
    double sum[3] = { 0 };

    for (size_t i = 0; i < p->count; i++) {
        panel *q = &p->panel[i];
        memcpy(q->before, sum, sizeof sum);
        sum[0] += q->m[0];
        sum[1] += q->tm[0];
        sum[2] += q->centre * q->tm[0] - q->half * q->tm[1] / 3;
    }
}

static tg_status
build(const builder *b, double low, double high, const double *breaks, size_t count)
{
    double at = low;

    for (size_t i = 0; i <= count; i++) {
        const double next = i < count ? breaks[i] : high;
        if (!(next > at && next <= high)) continue;
        TG_TRY(refine(b, at, next, 0));
        at = next;
    }
    double moment[4];
    run_sums(b->out);
    tg_panels_moments(b->out, 0, moment);
    if (!(moment[0] > 0 && isfinite(moment[0])))
        return tg_fail(TG_EDOMAIN, "the law has no density between %g and %g", low, high);
    return TG_OK;
}

tg_status
tg_panels_density_create(tg_panels_density f, const void *context, double low, double high,
                         const double *breaks, size_t count, double accuracy,
                         tg_panels **out)
{
    gsl_error_handler_t *old = gsl_set_error_handler_off(); /* NULL instead of an abort */
    tg_panels           *p = begin();
    builder              b = { f, context, gsl_integration_glfixed_table_alloc(POINTS), p };
    tg_status            status = TG_ENOMEM;

    gsl_set_error_handler(old);
    if (p && b.rule) {
        p->reach = INFINITY;
        p->accuracy = accuracy; /* of a mass of about 1 */
        status = build(&b, low, high, breaks, count);
    }
    if (b.rule) gsl_integration_glfixed_table_free(b.rule);
    if (status == TG_OK)
        *out = p;
    else
        tg_panels_free(p);
    return status == TG_ENOMEM ? tg_fail(TG_ENOMEM, "out of memory") : status;
}

/* |s| half <= 5 keeps what the cut leaves out below 1e-15: i_24(5) = 5^24/49!!. */
tg_status
tg_panels_times_create(const double *times, size_t n, tg_panels **out)
{
    tg_panels   *p = begin();
    const double low = times[0], width = (times[n - 1] - low) / TIME_PANELS;
    size_t       i = 0;

    if (!p) return tg_fail(TG_ENOMEM, "out of memory");
    p->reach = 10 / width;
    for (int k = 0; k < TIME_PANELS; k++) {
        panel       *q = push(p, low + k * width, low + (k + 1) * width);
        const double end = k + 1 < TIME_PANELS ? low + (k + 1) * width : INFINITY;
        if (!q) {
            tg_panels_free(p);
            return tg_fail(TG_ENOMEM, "out of memory");
        }
        for (; i < n && times[i] < end; i++)
            add_mass(q, (times[i] - q->centre) / q->half, 1 / (double)n);
    }
    run_sums(p);
    *out = p;
    return TG_OK;
}

/* The panel that holds t, in [-1, 1] of which it is *x; NULL left of all. */
static const panel *
find(const tg_panels *p, double t, double *x)
{
    size_t low = 0, high = p->count; /* the panel begins at or left of t for i < low */

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (p->panel[middle].centre - p->panel[middle].half <= t)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    const panel *q = &p->panel[low - 1];
    *x = (t - q->centre) / q->half;
    return q;
}

/* sum_n m_n P_n(-x), where P_{n+1} = (1 + fall_n) x P_n - fall_n P_{n-1}: Clenshaw 1955. */
double
tg_panels_density_at(const tg_panels *p, double t)
{
    double       x, after = 0, sum = 0;
    const panel *q = find(p, t, &x);

    if (!q || x > 1) return 0;
    for (int n = TERMS; n-- > 0;) {
        const double next = q->m[n] - (1 + p->fall[n]) * x * sum - p->fall[n + 1] * after;
        after = sum;
        sum = next;
    }
    return sum / (2 * q->half);
}

/* int_{-1}^x P_n = (P_{n+1} - P_{n-1})/(2n+1), and x + 1 for n = 0. */
double
tg_panels_mass_to(const tg_panels *p, double t)
{
    double       x, before = 0, now = 1;
    const panel *q = find(p, t, &x);

    if (!q) return 0;
    if (x > 1) return q->before[0] + q->m[0];
    double sum = q->m[0] * (x + 1);
    for (int n = 0; n < TERMS; n++) {
        const double next = ((2 * n + 1) * x * now - n * before) / (n + 1);
        if (n) sum += (n % 2 ? -q->m[n] : q->m[n]) * (next - before) / (2 * n + 1);
        before = now;
        now = next;
    }
    return q->before[0] + sum / 2;
}

double
tg_panels_reach(const tg_panels *p)
{
    return p->reach;
}

/* e^{-z} i_0(z) = (1 - e^{-2z})/(2z), by its series near 0. */
static double complex
scaled_zeroth(double complex z)
{
    double complex sum = 0, term = 1;

    if (abs_squared(z) > 0.1) return multiply(1 - exponential(-2 * z), inverse(2 * z));
    for (int k = 1; k < 16; k++) {
        sum += term / k;
        term = -2 * multiply(term, z) / k;
    }
    return sum;
}

/* e^{-z} i_1(z) = e^{-z} (cosh z/z - sinh z/z^2), away from 0. */
static double complex
scaled_first(double complex z)
{
    const double complex e = exponential(-2 * z), r = inverse(2 * z);

    return multiply(1 + e - 2 * multiply(1 - e, r), r);
}

/* sum_n m_n i_n(z) e^{-z}, Re z >= 0, by Miller's backward recurrence
 * i_{n-1} = i_{n+1} + (2n+1)/z i_n from an index where i_n is negligible; the signs of m_n
 * alternate if `turn` < 0. */
static void
bessel_sums(const panel *q, double complex z, double turn, double complex *sum,
            double complex *tsum)
{
    const double         size = cabs(z);
    const int            start = size < 1e-3 ? 6 : size < 250 ? 14 + (int)(1.4 * size) : 0;
    const double complex r = inverse(z);
    double complex       a = 0, b = 0, next = 0, now = 1e-200;

    for (int n = start; n > 0; n--) {
        if (n < TERMS) {
            const double sign = n % 2 ? turn : 1;
            a += sign * q->m[n] * now;
            b += sign * q->tm[n] * now;
        }
        const double complex before = next + (2 * n + 1) * multiply(r, now);
        next = now;
        now = before;
        if (abs_squared(now) > 1e200) {
            a *= 1e-100, b *= 1e-100, next *= 1e-100, now *= 1e-100;
        }
    }
    a += q->m[0] * now;
    b += q->tm[0] * now;
    const double complex scale = size > 1 && abs_squared(next) > abs_squared(now)
                                     ? scaled_first(z) / next
                                     : scaled_zeroth(z) / now;
    *sum = multiply(a, scale);
    *tsum = multiply(b, scale);
}

/* Far out on either axis the forward recurrence loses nothing in TERMS steps. */
static void
bessel_sums_far(const panel *q, double complex z, double turn, double complex *sum,
                double complex *tsum)
{
    const double complex r = inverse(z);
    double complex       before = scaled_zeroth(z), now = scaled_first(z);

    *sum = q->m[0] * before;
    *tsum = q->tm[0] * before;
    for (int n = 1; n < TERMS; n++) {
        const double         sign = n % 2 ? turn : 1;
        const double complex next = before - (2 * n + 1) * multiply(r, now);
        *sum += sign * q->m[n] * now;
        *tsum += sign * q->tm[n] * now;
        before = now;
        now = next;
    }
}

/* Panels that end before t, but for the last one. */
static size_t
count_short(const tg_panels *p, double t)
{
    size_t low = 0, high = p->count - 1;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (p->panel[middle].centre + p->panel[middle].half <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double complex
tg_panels_laplace(const tg_panels *p, double complex s, double complex *derivative)
{
    const double   turn = creal(s) < 0 ? -1 : 1;
    const panel   *first = p->panel + count_short(p, 1e-8 / cabs(s));
    double complex phi = 0, slope = 0;

    if (first > p->panel) { /* e^{-st} = 1 - st there */
        phi = first->before[0] - s * first->before[1];
        slope = s * first->before[2] - first->before[1];
    }
    for (size_t i = (size_t)(first - p->panel); i < p->count; i++) {
        const panel         *q = &p->panel[i];
        const double complex z = turn * q->half * s;
        double complex       sum = q->m[0], tsum = q->tm[0];
        if (z != 0 && cabs(z) >= 1e-30)
            (cabs(z) < 250 ? bessel_sums : bessel_sums_far)(q, z, turn, &sum, &tsum);
        const double complex shift = exponential(-(q->centre - turn * q->half) * s);
        phi += multiply(shift, sum);
        slope -= multiply(shift, tsum);
    }
    if (derivative) *derivative = slope;
    return phi;
}

/* Over a panel t - origin = c + r x; x = P_1, x^2 = (2 P_2 + 1)/3, x^3 = (2 P_3 + 3 P_1)/5. */
void
tg_panels_moments(const tg_panels *p, double origin, double moment[4])
{
    memset(moment, 0, 4 * sizeof *moment);
    for (size_t i = 0; i < p->count; i++) {
        const panel *q = &p->panel[i];
        const double c = q->centre - origin, r = q->half;
        const double x0 = q->m[0], x1 = -q->m[1] / 3, p2 = q->m[2] / 5, p3 = -q->m[3] / 7;
        const double x2 = (2 * p2 + x0) / 3, x3 = (2 * p3 + 3 * x1) / 5;
        moment[0] += x0;
        moment[1] += c * x0 + r * x1;
        moment[2] += c * c * x0 + 2 * c * r * x1 + r * r * x2;
        moment[3] +=
            c * c * c * x0 + 3 * c * c * r * x1 + 3 * c * r * r * x2 + r * r * r * x3;
    }
}
