/* sum: independent delays one after the other, such as compute + transfer
 *
 *     phi(s) = prod_i phi_i(s),   F(t) = E F_1(t - T_2 - T_3 - ...)
 *
 * The distribution takes one part after the other: constants shift, mixtures and traces
 * average, and the rest is integrated by adaptive Gauss-Kronrod to 1e-11.
 */
#include "core/complexes.h"
#include "core/law.h"

#include <math.h>

enum { PARTS = 16 };

static const tg_delay_param params[] = { { "sum", "", "list of laws", 0, 0, 0, 0, 0,
                                           TG_DELAY_LIST } };

static tg_status
prepare(tg_delay *d)
{
    if (d->n > PARTS)
        return tg_fail(TG_EDOMAIN, "a sum has at most %d parts, got %zu", PARTS, d->n);
    d->high = 0;
    for (size_t i = 0; i < d->n; i++) {
        const tg_delay *part = d->part[i];
        d->mean += part->mean;
        d->variance += part->variance;
        d->third += part->third;
        d->low += part->low;
        d->high += part->high;
        d->abscissa = fmax(d->abscissa, part->abscissa);
    }
    return TG_OK;
}

tg_status
tg_delay_sum(const tg_delay *const *part, size_t n, tg_delay **out)
{
    tg_delay *d;

    if (n == 0) return tg_fail(TG_EDOMAIN, "a sum needs at least one part");
    TG_TRY(tg_law_begin(&tg_law_sum, n, &d));
    for (size_t i = 0; i < n; i++) d->part[i] = tg_delay_keep(part[i]);
    return tg_law_finish(d, out);
}

static tg_status
read_law(const tg_node *node, tg_delay **out)
{
    const tg_node *list = tg_node_find(node, "sum");
    tg_delay      *d;
    tg_status      status = TG_OK;

    if (!list || list->type != TG_NODE_LIST || list->count == 0)
        return tg_node_fail(list, "sum: expected a list of laws");
    TG_TRY(tg_law_begin(&tg_law_sum, list->count, &d));
    for (size_t i = 0; i < d->n && status == TG_OK; i++)
        status = tg_delay_from_node(&list->item[i], &d->part[i]);
    if (status != TG_OK) {
        tg_delay_free(d);
        return status;
    }
    status = tg_law_finish(d, out);
    return status == TG_OK ? TG_OK : tg_law_fail_at(list, status);
}

static double
sample(const tg_delay *d, tg_rng *g)
{
    double t = 0;

    for (size_t i = 0; i < d->n; i++) t += tg_delay_sample(d->part[i], g);
    return t;
}

/* What is left to add up at time t: density or distribution of part[0] + ... + part[n-1].
 */
typedef struct remainder_law {
    const tg_delay *part[PARTS];
    size_t          n;
    double          t;
    bool            density;
} remainder_law;

static double evaluate(const remainder_law *r);

/* f(u) of the last part times what the others leave at t - u. */
static double
integrand(const remainder_law *r, double u)
{
    remainder_law rest = *r;
    const double  f = tg_delay_pdf(r->part[r->n - 1], u);

    if (!(f > 0)) return 0;
    rest.n--;
    rest.t -= u;
    const double value = f * evaluate(&rest);
    return isfinite(value) ? value : 0;
}

/* Gauss 7 and Kronrod 15 points on [a, b]. Source: Kronrod 1965, as in QUADPACK. */
static double
kronrod(const remainder_law *r, double a, double b, double *error)
{
    static const double x[] = {
        0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
        0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
        0.586087235467691130294144045257293, 0.405845151377397166906606412076961,
        0.207784955007898467600689403773245, 0
    };
    static const double k[] = {
        0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
        0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
        0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
        0.204432940075298892414161999234649, 0.209482141084727828012999174891714
    };
    static const double g[] = { 0.129484966168869693270611432679082,
                                0.279705391489276667901467771423780,
                                0.381830050505118944950369775488975,
                                0.417959183673469387755102040816327 };
    const double        c = (a + b) / 2, h = (b - a) / 2;
    double              high = 0, low = 0;

    for (int i = 0; i < 8; i++) {
        const double f =
            integrand(r, c - h * x[i]) + (i < 7 ? integrand(r, c + h * x[i]) : 0);
        high += k[i] * f;
        if (i % 2) low += g[i / 2] * f;
    }
    *error = fabs(high - low) * h;
    return high * h;
}

static double
adapt(const remainder_law *r, double a, double b, int depth)
{
    double       error;
    const double whole = kronrod(r, a, b, &error);

    if (depth == 0 || error < 1e-12 + 1e-11 * fabs(whole)) return whole;
    const double middle = (a + b) / 2;
    return adapt(r, a, middle, depth - 1) + adapt(r, middle, b, depth - 1);
}

/* Between the quantiles of the last part, where it does its work, and the kink that the end
 * of the others' support makes. */
static double
integrate(const remainder_law *r)
{
    static const double p[] = { 0, 0.001, 0.1, 0.5, 0.9, 0.999, 1 - 1e-8 };
    const tg_delay     *last = r->part[r->n - 1];
    double              low = 0, high = 0, sum = 0;

    for (size_t i = 0; i + 1 < r->n; i++) {
        low += r->part[i]->low;
        high += r->part[i]->high;
    }
    const double end = fmin(last->high, r->t - low), kink = fmax(last->low, r->t - high);
    double       at = r->density ? kink : last->low;
    for (size_t i = 1; i <= 7; i++) {
        double next = i < 7 ? fmin(end, tg_delay_quantile(last, p[i])) : end;
        if (at < kink && kink < next) {
            sum += adapt(r, at, kink, 30);
            at = kink;
        }
        if (next > at) sum += adapt(r, at, next, 30);
        at = fmax(at, next);
    }
    return sum;
}

static double
average_mixture(const remainder_law *r, size_t i)
{
    const tg_delay *mixture = r->part[i];
    remainder_law   rest = *r;
    double          sum = 0;

    for (size_t k = 0; k < mixture->n; k++) {
        rest.part[i] = mixture->part[k];
        sum += mixture->w[k] * evaluate(&rest);
    }
    return sum;
}

static double
average_trace(const remainder_law *r, size_t i)
{
    const tg_delay *trace = r->part[i];
    remainder_law   rest = *r;
    double          sum = 0;

    rest.part[i] = rest.part[--rest.n];
    for (size_t k = 0; k < trace->n; k++) {
        rest.t = r->t - trace->x[k];
        sum += evaluate(&rest);
    }
    return sum / (double)trace->n;
}

static double
evaluate(const remainder_law *r)
{
    remainder_law rest = *r;

    for (size_t i = 0; i < rest.n;) {
        if (rest.n > 1 && rest.part[i]->kind == &tg_law_constant) {
            rest.t -= rest.part[i]->p[0];
            rest.part[i] = rest.part[--rest.n];
            i = 0;
        } else if (rest.n > 1 && rest.part[i]->kind == &tg_law_mixture) {
            return average_mixture(&rest, i);
        } else if (rest.n > 1 && rest.part[i]->kind == &tg_law_empirical) {
            return average_trace(&rest, i);
        } else {
            i++;
        }
    }
    if (rest.n > 1) return integrate(&rest);
    return rest.density ? tg_delay_pdf(rest.part[0], rest.t)
                        : tg_delay_cdf(rest.part[0], rest.t);
}

static double
evaluate_at(const tg_delay *d, double t, bool density)
{
    remainder_law r = { .n = d->n, .t = t, .density = density };

    for (size_t i = 0; i < d->n; i++) r.part[i] = d->part[i];
    return evaluate(&r);
}

static double
pdf(const tg_delay *d, double t)
{
    return evaluate_at(d, t, true);
}

static double
cdf(const tg_delay *d, double t)
{
    return evaluate_at(d, t, false);
}

static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    double complex phi = 1, slope = 0;

    for (size_t i = 0; i < d->n; i++) {
        double complex       part_slope = 0;
        const double complex part =
            tg_delay_laplace(d->part[i], s, derivative ? &part_slope : NULL);
        slope = multiply(slope, part) + multiply(phi, part_slope);
        phi = multiply(phi, part);
    }
    if (derivative) *derivative = slope;
    return phi;
}

static double
largest(const tg_delay *d, double left, double height, double *steepest)
{
    double value = 1, slope = 0;

    for (size_t i = 0; i < d->n; i++) {
        double       steep;
        const double large = tg_delay_largest(d->part[i], left, height, &steep);
        slope = slope * large + value * steep;
        value *= large;
    }
    *steepest = slope;
    return value;
}

static size_t
poles(const tg_delay *d, tg_delay_pole *out, size_t room)
{
    return tg_law_part_poles(d, true, out, room);
}

const tg_delay_kind tg_law_sum = { .name = "sum",
                                   .doc = "sum: [{law: ...}, ...]",
                                   .params = params,
                                   .count = 1,
                                   .read = read_law,
                                   .prepare = prepare,
                                   .sample = sample,
                                   .pdf = pdf,
                                   .cdf = cdf,
                                   .quantile = tg_law_solve_quantile,
                                   .laplace = laplace,
                                   .largest = largest,
                                   .poles = poles };
