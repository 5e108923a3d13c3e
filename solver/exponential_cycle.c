/* exponential_cycle: exponential workers under a rule that does more at each K-th delivery
 *
 * Which delivery is a K-th does not depend on who delivers, so with S_0 and S_1 the maps of the
 * moments at a plain delivery and at a K-th, averaged over who it is, one cycle is S_1 S_0^{K-1}
 * (derived here, theory 3.3). Moments after the c-th delivery of a cycle settle to a fixed point
 * of that cycle's, each c lasts as long as the next, and x is constant between deliveries: in time
 * the mean over c. A moment e^{mu t} with deliveries at rate lambda has (1 + mu/lambda)^K an
 * eigenvalue of the cycle.
 */
#include "solver/exponential_flow.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One delivery, of a cycle's first K - 1 and of its last: (n, n) each, on the moments that are
 * used, the constant 1 among them. */
typedef struct cycle {
    double  length, rate;              /* K; lambda */
    size_t  n, x, xx, means;           /* where E x, E x^2 are; how many means there are */
    double *plain, *last, *all, *work; /* (n, n); all: of a cycle */
    double *begin;                     /* (n) moments at the start; room for as many more */
    size_t *order;                     /* (n) of the moments: constant, means, squares */
} cycle;

static void
close_cycle(cycle *c)
{
    free(c->plain);
    free(c->order);
}

/* I + m / lambda and the noise, in the order constant, means, squares. */
static void
fill(const tg_flow *f, const cycle *c, double *out)
{
    const size_t size = f->l.size, one = f->l.q * f->l.q - 1;

    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->n; k++) {
            const size_t row = c->order[i], column = c->order[k];
            const double from =
                f->m[row * size + column] + (column == one ? f->source[row] : 0);
            out[i * c->n + k] = (i == k) + from / c->rate;
        }
}

static void
multiply(const double *a, const double *b, size_t n, double *out)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)n, (int)n, 1, a,
                (int)n, b, (int)n, 0, out, (int)n);
}

/* all = last plain^{K-1}, by squaring. */
static void
compose(cycle *c, double *power)
{
    const size_t bytes = c->n * c->n * sizeof(double);

    memcpy(c->all, c->last, bytes);
    memcpy(power, c->plain, bytes);
    for (unsigned long left = (unsigned long)c->length - 1; left > 0; left /= 2) {
        if (left % 2) {
            multiply(c->all, power, c->n, c->work);
            memcpy(c->all, c->work, bytes);
        }
        multiply(power, power, c->n, c->work);
        memcpy(power, c->work, bytes);
    }
}

static void
lay_out(const tg_flow *f, cycle *c)
{
    for (tg_part part = TG_PART_CONSTANT; part <= TG_PART_SQUARE; part++)
        for (size_t i = 0; i < f->l.size; i++)
            if (f->of[i] == part) {
                if (i == f->l.q - 1) c->x = c->n;
                if (i == 0) c->xx = c->n;
                c->means += part == TG_PART_MEAN;
                c->order[c->n++] = i;
            }
}

static tg_status
build(const tg_flow *f, const tg_flow *g, double x0, cycle *c)
{
    const size_t most = f->l.size, square = most * most;

    c->plain = calloc(5 * square + 3 * most, sizeof *c->plain);
    c->order = malloc(most * sizeof *c->order);
    if (!c->plain || !c->order) {
        close_cycle(c);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    lay_out(f, c);
    c->last = c->plain + square;
    c->all = c->last + square;
    c->work = c->all + square;
    c->begin = c->work + 2 * square;
    fill(f, c, c->plain);
    fill(g, c, c->last);
    compose(c, c->work + square);
    double *whole = c->begin + 2 * most;
    tg_layout_begin(&f->l, x0, whole);
    for (size_t i = 0; i < c->n; i++) c->begin[i] = whole[c->order[i]];
    return TG_OK;
}

static tg_status
open_cycle(const tg_exponential *e, double x0, cycle *out)
{
    tg_exponential plain = *e, last = *e;
    tg_flow        f, g;
    cycle          c = { .length = e->rule.cycle, .rate = tg_exponential_rate(e) };

    if (!(c.length < 1e6) || c.length != floor(c.length))
        return tg_fail(TG_EDOMAIN, "a cycle has 1 .. 1e6 deliveries, got %g", c.length);
    plain.rule.cycle = 0;
    last.rule = tg_linear_flushed(&e->rule);
    TG_TRY(tg_flow_create(&plain, &f));
    tg_status status = tg_flow_create(&last, &g);
    if (status == TG_OK) {
        status = build(&f, &g, x0, &c);
        tg_flow_free(&g);
    }
    tg_flow_free(&f);
    if (status == TG_OK) *out = c;
    return status;
}

/* v (n) after one delivery more. */
static void
deliver(const cycle *c, const double *m, double *v, double *next)
{
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)c->n, (int)c->n, 1, m, (int)c->n, v, 1, 0,
                next, 1);
    memcpy(v, next, c->n * sizeof *v);
}

/* Eigenvalues of the cycle's rows from `from`, count of them. */
static tg_status
speed(const cycle *c, size_t from, size_t count, double *out)
{
    double largest;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            c->work[i * count + k] = c->all[(from + i) * c->n + from + k];
    TG_TRY(tg_exponential_abscissa(c->work, count, c->length, &largest));
    *out = c->rate * (largest - 1);
    return TG_OK;
}

/* The first `count` moments where the cycle leaves them: v (n). */
static tg_status
settle(const cycle *c, size_t count, double *v)
{
    const size_t n = count - 1;
    lapack_int  *pivot = malloc(n * sizeof *pivot);

    if (!pivot) return tg_fail(TG_ENOMEM, "out of memory");
    memset(v, 0, c->n * sizeof *v);
    v[0] = 1;
    for (size_t i = 0; i < n; i++) {
        v[1 + i] = c->all[(1 + i) * c->n];
        for (size_t k = 0; k < n; k++)
            c->work[i * n + k] = (i == k) - c->all[(1 + i) * c->n + 1 + k];
    }
    const lapack_int failed = LAPACKE_dgesv(LAPACK_ROW_MAJOR, (lapack_int)n, 1, c->work,
                                            (lapack_int)n, pivot, v + 1, 1);
    free(pivot);
    return failed ? tg_fail(TG_ENOCONV, "the moments are at the edge of stability") : TG_OK;
}

/* The mean over a cycle of moment `at`, from v (n) at its beginning. */
static double
average(const cycle *c, size_t at, double *v, double *next)
{
    double sum = 0;

    for (double i = 0; i < c->length; i++) {
        sum += v[at];
        deliver(c, c->plain, v, next);
    }
    return sum / c->length;
}

static tg_status
solve(const cycle *c, double *v, tg_exponential_rest *out)
{
    const double edge = -1e-12 * c->rate;

    out->mean = out->second = INFINITY;
    TG_TRY(speed(c, 1, c->means, &out->mean_abscissa));
    TG_TRY(speed(c, 1 + c->means, c->n - 1 - c->means, &out->square_abscissa));
    if (out->mean_abscissa < edge) {
        TG_TRY(settle(c, 1 + c->means, v));
        out->mean = average(c, c->x, v, v + c->n);
    }
    if (out->square_abscissa < edge) {
        TG_TRY(settle(c, c->n, v));
        out->second = average(c, c->xx, v, v + c->n);
    }
    return TG_OK;
}

tg_status
tg_exponential_cycle_rest(const tg_exponential *e, tg_exponential_rest *out)
{
    cycle c;

    TG_TRY(open_cycle(e, 0, &c));
    const tg_status status = solve(&c, c.begin, out);
    close_cycle(&c);
    return status;
}

tg_status
tg_exponential_cycle_steps(const tg_exponential *e, double x0, size_t count, double *mean,
                           double *second)
{
    cycle c;

    TG_TRY(open_cycle(e, x0, &c));
    for (size_t i = 0; i < count; i++) {
        mean[i] = c.begin[c.x];
        second[i] = c.begin[c.xx];
        const int last = fmod((double)i + 1, c.length) == 0;
        deliver(&c, last ? c.last : c.plain, c.begin, c.begin + c.n);
    }
    close_cycle(&c);
    return TG_OK;
}
