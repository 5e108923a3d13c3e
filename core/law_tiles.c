/* tiles: a law with its transform by Taylor's series about the centres of squares
 *
 *     phi(c + z) = sum_n c_n z^n,    c_n r^n = (1/N) sum_k phi(c + r e^{2 pi i k/N}) e^{-2 pi i n k/N}
 *
 * for charts, which ask for a costly transform at tens of thousands of places close together. A
 * square is made when something is asked there first, by N values on a circle of twice its half
 * diagonal; where the series misses two more values, and outside the squares' region, the law itself
 * is asked. Not for several threads at
 * once. All else is that law's.
 */
#include "core/complexes.h"
#include "core/law.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 32, TERMS = 28, SLOTS = 1024, MOST = 700, REACH = 64 };

static const double MISS = 5e-13; /* some laws are no better themselves, left of the axis */

typedef struct tile {
    int32_t        x, y;
    int32_t        state; /* 0: empty; 1: good; -1: ask the law */
    double complex c[TERMS];
} tile;

struct tg_law_tiles {
    double         side;
    size_t         count;
    double complex turn[POINTS]; /* e^{2 pi i k/N} */
    tile           slot[SLOTS];
};

static tile *
find(tg_law_tiles *t, int32_t x, int32_t y)
{
    uint32_t i = ((uint32_t)x * 73856093u ^ (uint32_t)y * 19349663u) % SLOTS;

    for (; t->slot[i].state != 0; i = (i + 1) % SLOTS)
        if (t->slot[i].x == x && t->slot[i].y == y) break;
    return &t->slot[i];
}

/* u = z / side */
static double complex
series(const tile *q, double side, double complex u, double complex *slope)
{
    double complex sum = q->c[TERMS - 1], d = 0;

    for (int n = TERMS - 2; n >= 0; n--) {
        d = multiply(d, u) + sum;
        sum = multiply(sum, u) + q->c[n];
    }
    *slope = d / side;
    return sum;
}

static double complex
centre_of(const tg_law_tiles *t, const tile *q)
{
    return t->side * complex_of(q->x + 0.5, q->y + 0.5);
}

/* Does the series hold at two of the corners, derivative and all? */
static int
holds(const tg_law_tiles *t, const tile *q, const tg_delay *law, double largest)
{
    const double complex corner[] = { 0.5 + 0.5 * I, -0.5 + 0.5 * I };

    for (int k = 0; k < 2; k++) {
        double complex       want_slope, slope;
        const double complex s = centre_of(t, q) + t->side * corner[k];
        const double complex want = tg_delay_laplace(law, s, &want_slope),
                             got = series(q, t->side, corner[k], &slope);
        if (!(cabs(got - want) <= MISS * largest) ||
            !(cabs(slope - want_slope) * t->side <= 20 * MISS * largest))
            return 0;
    }
    return 1;
}

/* c_n side^n by the values on a circle of radius 1.4 side. */
static void
make(tg_law_tiles *t, tile *q, const tg_delay *law)
{
    const double   ratio = 1.4, radius = ratio * t->side;
    double complex value[POINTS], slope;
    double         largest = 0, power = 1;

    q->state = -1;
    if (!(creal(centre_of(t, q)) - radius > law->abscissa)) return;
    for (int k = 0; k < POINTS; k++) {
        value[k] = tg_delay_laplace(law, centre_of(t, q) + radius * t->turn[k], &slope);
        largest = fmax(largest, cabs(value[k]));
    }
    for (int n = 0; n < TERMS; n++, power *= ratio) {
        double complex sum = 0;
        for (int k = 0; k < POINTS; k++)
            sum += multiply(value[k], conj(t->turn[n * k % POINTS]));
        q->c[n] = sum / POINTS / power;
    }
    q->state = holds(t, q, law, largest) ? 1 : -1;
}

static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    tg_law_tiles        *t = d->tiles;
    const tg_delay      *law = d->part[0];
    const double complex up = complex_of(creal(s), fabs(cimag(s))), at = up / t->side;
    double complex       slope;

    if (!(abs_squared(at) < REACH * REACH)) return law->kind->laplace(law, s, derivative);
    const int32_t x = (int32_t)floor(creal(at)), y = (int32_t)floor(cimag(at));
    tile         *q = find(t, x, y);
    if (q->state == 0 && t->count < MOST) {
        q->x = x;
        q->y = y;
        t->count++;
        make(t, q, law);
    }
    if (q->state != 1) return law->kind->laplace(law, s, derivative);
    const double complex phi =
        series(q, t->side, at - complex_of(x + 0.5, y + 0.5), &slope);
    if (derivative) *derivative = cimag(s) < 0 ? conj(slope) : slope;
    return cimag(s) < 0 ? conj(phi) : phi;
}

static tg_status
prepare(tg_delay *d)
{
    const tg_delay *law = d->part[0];

    d->tiles = calloc(1, sizeof *d->tiles);
    d->text = malloc(strlen(law->text) + 1);
    if (!d->tiles || !d->text) return tg_fail(TG_ENOMEM, "out of memory");
    strcpy(d->text, law->text);
    d->mean = tg_delay_mean(law);
    d->variance = tg_delay_variance(law);
    d->third = tg_delay_third(law);
    d->low = law->low;
    d->high = law->high;
    d->abscissa = law->abscissa;
    d->accuracy = law->accuracy;
    d->tiles->side = 0.25 / d->mean;
    for (int k = 0; k < POINTS; k++)
        d->tiles->turn[k] = cexp(complex_of(0, 2 * acos(-1) * k / POINTS));
    return TG_OK;
}

static double
sample(const tg_delay *d, tg_rng *g)
{
    return tg_delay_sample(d->part[0], g);
}

static double
pdf(const tg_delay *d, double t)
{
    return tg_delay_pdf(d->part[0], t);
}

static double
cdf(const tg_delay *d, double t)
{
    return tg_delay_cdf(d->part[0], t);
}

static double
quantile(const tg_delay *d, double p)
{
    return tg_delay_quantile(d->part[0], p);
}

static double
largest(const tg_delay *d, double left, double height, double *steepest)
{
    return tg_delay_largest(d->part[0], left, height, steepest);
}

static size_t
poles(const tg_delay *d, tg_delay_pole *out, size_t room)
{
    return tg_delay_poles(d->part[0], out, room);
}

static const tg_delay_kind tiled = { .name = "tiles",
                                     .prepare = prepare,
                                     .sample = sample,
                                     .pdf = pdf,
                                     .cdf = cdf,
                                     .quantile = quantile,
                                     .laplace = laplace,
                                     .largest = largest,
                                     .poles = poles };

tg_status
tg_law_tiled(const tg_delay *law, tg_delay **out)
{
    tg_delay *d;

    TG_TRY(tg_law_begin(&tiled, 1, &d));
    d->part[0] = tg_delay_keep(law);
    return tg_law_finish(d, out);
}
