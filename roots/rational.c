#include "roots/rational.h"

#include "core/law.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

typedef struct poly {
    double c[RATIONAL_DEGREE + 1];
    size_t degree;
} poly;

typedef struct fraction {
    poly up, down;
} fraction;

static poly
linear(double c0, double c1)
{
    return (poly){ .c = { c0, c1 }, .degree = c1 != 0 };
}

/* A product of too high a degree is marked by that degree and no longer computed. */
static poly
times(const poly *p, const poly *q)
{
    poly r = { .degree = p->degree + q->degree };

    if (r.degree > RATIONAL_DEGREE) return r;
    for (size_t i = 0; i <= p->degree; i++)
        for (size_t j = 0; j <= q->degree; j++) r.c[i + j] += p->c[i] * q->c[j];
    return r;
}

static poly
plus(const poly *p, double factor, const poly *q)
{
    poly r = *p;

    r.degree = p->degree > q->degree ? p->degree : q->degree;
    if (r.degree > RATIONAL_DEGREE) return r;
    for (size_t i = 0; i <= q->degree; i++) r.c[i] += factor * q->c[i];
    return r;
}

static int rational(const tg_delay *d, double unit, fraction *out);

static int
rational_mixture(const tg_delay *d, double unit, fraction *out)
{
    fraction sum = { linear(0, 0), linear(1, 0) };

    for (size_t i = 0; i < d->n; i++) {
        fraction part;
        if (!rational(d->part[i], unit, &part)) return 0;
        const poly left = times(&sum.up, &part.down), right = times(&part.up, &sum.down);
        sum.up = plus(&left, d->w[i], &right);
        sum.down = times(&sum.down, &part.down);
        if (sum.down.degree > RATIONAL_DEGREE) return 0;
    }
    *out = sum;
    return 1;
}

static int
rational_sum(const tg_delay *d, double unit, fraction *out)
{
    fraction product = { linear(1, 0), linear(1, 0) };

    for (size_t i = 0; i < d->n; i++) {
        fraction part;
        if (!rational(d->part[i], unit, &part)) return 0;
        product.up = times(&product.up, &part.up);
        product.down = times(&product.down, &part.down);
        if (product.down.degree > RATIONAL_DEGREE) return 0;
    }
    *out = product;
    return 1;
}

static int
rational_hyper(const tg_delay *d, double unit, fraction *out)
{
    fraction sum = { linear(0, 0), linear(1, 0) };

    for (size_t i = 0; i < d->n && sum.down.degree < RATIONAL_DEGREE; i++) {
        const poly stage = linear(1, d->x[i] / unit), left = times(&sum.up, &stage);
        sum.up = plus(&left, d->w[i], &sum.down);
        sum.down = times(&sum.down, &stage);
    }
    *out = sum;
    return d->n <= RATIONAL_DEGREE;
}

/* phi(x/unit) = up/down */
static int
rational(const tg_delay *d, double unit, fraction *out)
{
    *out = (fraction){ linear(1, 0), linear(1, 0) };
    if (d->kind == &tg_law_exponential) {
        out->down = linear(1, d->mean / unit);
    } else if (d->kind == &tg_law_gamma || d->kind == &tg_law_erlang) {
        const double n = d->p[0];
        if (n != floor(n) || n > 16) return 0;
        const poly stage = linear(1, d->mean / (n * unit));
        for (int i = 0; i < (int)n; i++) out->down = times(&out->down, &stage);
    } else if (d->kind == &tg_law_constant && d->p[0] == 0) {
        return 1;
    } else if (d->kind == &tg_law_hyperexponential) {
        return rational_hyper(d, unit, out);
    } else if (d->kind == &tg_law_mixture) {
        return rational_mixture(d, unit, out);
    } else if (d->kind == &tg_law_sum) {
        return rational_sum(d, unit, out);
    } else {
        return 0;
    }
    return 1;
}

size_t
tg_rational_polynomial(const tg_loop *l, double c[RATIONAL_DEGREE + 1])
{
    const char  *filter = l->filter ? l->filter->name : "asgd";
    const double m = tg_delay_mean(l->delay);
    fraction     phi;

    if (!(m > 0) || !rational(l->delay, m, &phi)) return 0;
    poly damping = linear(l->b * m, 1), drive = phi.up;
    if (!strcmp(filter, "dude")) { /* Q - N vanishes at 0: divide by x */
        poly rest = plus(&phi.down, -1, &phi.up);
        memmove(rest.c, rest.c + 1, RATIONAL_DEGREE * sizeof *rest.c);
        rest.degree -= rest.degree > 0;
        drive = times(&drive, &rest);
        phi.down = times(&phi.down, &phi.down);
    } else if (!strcmp(filter, "heavy_ball") || !strcmp(filter, "nesterov")) {
        const double each = l->param / (l->lambda * m);
        const poly   memory = linear(1 - l->param, each), ahead = linear(1, each);
        damping = times(&damping, &memory);
        if (*filter == 'n') drive = times(&drive, &ahead);
    } else if (strcmp(filter, "asgd") != 0) {
        return 0;
    }
    if (phi.down.degree + damping.degree > RATIONAL_DEGREE) return 0;
    const poly whole = times(&damping, &phi.down), sum = plus(&whole, l->a * m, &drive);
    memcpy(c, sum.c, sizeof sum.c);
    return sum.degree;
}

/* Eigenvalues of the balanced companion matrix. */
static int
companion(const double *c, size_t n, double *re, double *im)
{
    double a[RATIONAL_DEGREE * RATIONAL_DEGREE] = { 0 };

    for (size_t i = 0; i < n; i++) {
        a[i * n + n - 1] = -c[i] / c[n];
        if (i > 0) a[i * n + i - 1] = 1;
    }
    return LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)n, a, (lapack_int)n, re,
                         im, NULL, 1, NULL, 1) == 0;
}

/* Eigenvalues within the rounding of a double root of each other are one. */
static tg_status
add_cluster(const tg_loop *l, const double complex *s, size_t n, tg_root_set *out)
{
    double complex mean = 0;

    for (size_t i = 0; i < n; i++) mean += s[i] / (double)n;
    if (n == 1 && tg_root_polish(l, &mean) != TG_OK) mean = s[0];
    if (fabs(cimag(mean)) < 1e-12 * cabs(mean)) mean = creal(mean);
    if (cimag(mean) < 0) return TG_OK;
    return tg_root_set_add(out, (tg_root){ mean, (unsigned)n, 0, 0 });
}

tg_status
tg_rational_search(const tg_loop *l, const double *c, size_t degree, tg_root_set *out)
{
    const double   m = tg_delay_mean(l->delay);
    double         re[RATIONAL_DEGREE], im[RATIONAL_DEGREE];
    double complex s[RATIONAL_DEGREE], group[RATIONAL_DEGREE];
    int            taken[RATIONAL_DEGREE] = { 0 };

    if (!companion(c, degree, re, im)) return TG_ENOCONV;
    for (size_t i = 0; i < degree; i++) s[i] = (re[i] + im[i] * I) / m;
    for (size_t i = 0; i < degree; i++) {
        size_t n = 0;
        for (size_t j = i; j < degree && !taken[i]; j++)
            if (!taken[j] && cabs(s[j] - s[i]) <= 1e-7 * (cabs(s[i]) + 1 / m))
                group[n++] = s[j];
        for (size_t j = i + 1; j < degree && n > 1; j++)
            if (cabs(s[j] - s[i]) <= 1e-7 * (cabs(s[i]) + 1 / m)) taken[j] = 1;
        if (n) TG_TRY(add_cluster(l, group, n, out));
    }
    return TG_OK;
}
