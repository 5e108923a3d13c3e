/* sum: independent delays one after the other, such as compute + transfer
 *
 *     phi(s) = prod_i phi_i(s),   F(t) = E F_1(t - T_2 - T_3 - ...)
 *
 * For density and distribution parts without atoms become one law (law_convolution.c);
 * constants shift it, mixtures with atoms and traces average over it.
 */
#include "core/complexes.h"
#include "core/law.h"

#include <math.h>
#include <stdlib.h>

enum { PARTS = 16, MOST_TERMS = 1000000, MOST_LAWS = 64 };

static const tg_delay_param params[] = { { "sum", "", "list of laws", 0, 0, 0, 0,
                                           TG_DELAY_LIST } };

/* What stands for a law: the equivalent of a bounded one. */
static const tg_delay *
resolve(const tg_delay *d)
{
    while (d->kind == &tg_law_at_most && d->part[1]) d = d->part[1];
    return d;
}

/* How many terms, and how many different laws among them, a law is taken apart into. */
typedef struct size {
    double terms, laws;
    bool   atoms;
} size;

static size
measure_size(const tg_delay *part)
{
    const tg_delay *d = resolve(part);
    const bool      product = d->kind == &tg_law_sum;
    size            all = { .terms = product, .laws = product, .atoms = product };

    if (d->kind == &tg_law_constant) return (size){ 1, 0, true };
    if (d->kind == &tg_law_empirical) return (size){ (double)d->n, 0, true };
    if (!product && d->kind != &tg_law_mixture) return (size){ 1, 1, false };
    for (size_t i = 0; i < d->n; i++) {
        const size one = measure_size(d->part[i]);
        all.terms = product ? all.terms * one.terms : all.terms + one.terms;
        all.laws = product ? all.laws * (one.laws + one.atoms) : all.laws + one.laws;
        all.atoms = product ? all.atoms && one.atoms : all.atoms || one.atoms;
    }
    all.laws -= product && all.atoms;
    return all.atoms || product ? all : (size){ 1, 1, false };
}

bool
tg_law_has_atoms(const tg_delay *d)
{
    return measure_size(d).atoms;
}

double
tg_law_cdf_least(const tg_delay *part, double t)
{
    const tg_delay *d = resolve(part);
    double          product = 1, sum = 0;

    if (d->accuracy < 1e-15) return tg_delay_cdf(d, t);
    if (d->kind == &tg_law_at_most) return tg_law_cdf_least(d->part[0], t);
    for (size_t i = 0; i < d->n; i++) {
        const double own = d->part[i]->low + (t - d->low) / (double)d->n;
        if (d->kind == &tg_law_sum)
            product *= t < d->low ? 0 : tg_law_cdf_least(d->part[i], own);
        else
            sum += d->w[i] * tg_law_cdf_least(d->part[i], t);
    }
    return d->kind == &tg_law_sum ? product : sum;
}

/* Also where a moment does not exist: inf - inf is none. */
static void
set_moments(tg_delay *d)
{
    for (size_t i = 0; i < d->n; i++) {
        d->mean += tg_delay_mean(d->part[i]);
        d->variance += tg_delay_variance(d->part[i]);
        d->third += tg_delay_third(d->part[i]);
    }
}

static tg_status
prepare(tg_delay *d)
{
    if (d->n > PARTS)
        return tg_fail(TG_EDOMAIN, "a sum has at most %d parts, got %zu", PARTS, d->n);
    d->high = 0;
    for (size_t i = 0; i < d->n; i++) {
        const tg_delay *part = d->part[i];
        d->low += part->low;
        d->high += part->high;
        d->abscissa = fmax(d->abscissa, part->abscissa);
        d->accuracy = fmax(d->accuracy, part->accuracy);
        d->late = d->late || part->late;
    }
    if (d->n > 1) d->accuracy = fmax(d->accuracy, 1e-11);
    const size all = measure_size(d);
    if (all.terms > MOST_TERMS || all.laws > MOST_LAWS)
        return tg_fail(TG_EDOMAIN,
                       "the parts of a sum multiply to %g terms with %g different laws; at "
                       "most %d with %d",
                       all.terms, all.laws, MOST_TERMS, MOST_LAWS);
    if (!d->late) set_moments(d);
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

typedef struct list {
    tg_law_term *term;
    size_t       count;
} list;

static void
drop(list *l)
{
    for (size_t i = 0; i < l->count; i++) tg_delay_free(l->term[i].law);
    free(l->term);
    *l = (list){ 0 };
}

static tg_status
make_list(size_t n, list *out)
{
    out->term = calloc(n, sizeof *out->term);
    out->count = out->term ? n : 0;
    return out->term ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

/* The law of two terms together, made once for every two laws: *known has those so far. */
static tg_status
join(const tg_delay *a, const tg_delay *b, const list *known, tg_delay **out)
{
    *out = NULL;
    if (!a || !b) {
        if (a || b) *out = tg_delay_keep(a ? a : b);
        return TG_OK;
    }
    for (size_t i = 0; i < known->count && known->term[i].law; i++) {
        const tg_delay *k = known->term[i].law;
        if (k->part[0] != a || k->part[1] != b) continue;
        *out = tg_delay_keep(k);
        return TG_OK;
    }
    return tg_law_convolve(a, b, out);
}

static void
remember(list *known, tg_delay *law)
{
    size_t i = 0;

    while (i < known->count && known->term[i].law && known->term[i].law != law) i++;
    if (i < known->count && !known->term[i].law) known->term[i].law = tg_delay_keep(law);
}

/* Every term of *a with every one of *b, into *a. */
static tg_status
multiply_lists(list *a, const list *b)
{
    list      all = { 0 }, known = { 0 };
    tg_status status = make_list(a->count * b->count, &all);

    if (status == TG_OK) status = make_list(MOST_LAWS, &known);
    for (size_t i = 0; status == TG_OK && i < all.count; i++) {
        const tg_law_term *x = &a->term[i / b->count], *y = &b->term[i % b->count];
        tg_law_term       *z = &all.term[i];
        z->weight = x->weight * y->weight;
        z->shift = x->shift + y->shift;
        status = join(x->law, y->law, &known, &z->law);
        if (status == TG_OK && x->law && y->law) remember(&known, z->law);
    }
    drop(&known);
    if (status != TG_OK) {
        drop(&all);
        return status;
    }
    drop(a);
    *a = all;
    return TG_OK;
}

static tg_status
append_list(list *a, double weight, list *b)
{
    tg_law_term *grown = realloc(a->term, (a->count + b->count) * sizeof *grown);

    if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
    a->term = grown;
    for (size_t i = 0; i < b->count; i++) {
        a->term[a->count] = b->term[i];
        a->term[a->count++].weight *= weight;
    }
    b->count = 0; /* the laws have moved */
    return TG_OK;
}

/* Of a sum the widest part speaks: the sum is not to be made for this. */
static double
width_of(const tg_delay *d)
{
    double widest = 0;

    if (d->kind != &tg_law_sum)
        return tg_delay_quantile(d, 0.9) - tg_delay_quantile(d, 0.1);
    for (size_t i = 0; i < d->n; i++) widest = fmax(widest, width_of(d->part[i]));
    return widest;
}

/* The parts of a sum, narrow ones first: a front is then smoothed by what comes next, and does
 * not have to be found inside of it. */
static void
order_parts(const tg_delay *sum, const tg_delay *order[PARTS])
{
    double width[PARTS];

    for (size_t i = 0; i < sum->n; i++) {
        const double own = width_of(sum->part[i]);
        size_t       k = i;
        for (; k > 0 && width[k - 1] > own; k--) {
            width[k] = width[k - 1];
            order[k] = order[k - 1];
        }
        width[k] = own;
        order[k] = sum->part[i];
    }
}

static tg_status
take_apart(const tg_delay *part, list *out)
{
    const tg_delay *d = resolve(part);
    const bool      product = d->kind == &tg_law_sum, trace = d->kind == &tg_law_empirical;
    const bool      mixed = d->kind == &tg_law_mixture && measure_size(d).atoms;
    tg_status       status = make_list(mixed ? 1 : trace ? d->n : 1, out);
    const tg_delay *order[PARTS];

    if (status != TG_OK) return status;
    for (size_t i = 0; i < out->count; i++)
        out->term[i] = (tg_law_term){ 1 / (double)out->count, trace ? d->x[i] : 0, NULL };
    if (d->kind == &tg_law_constant) out->term[0].shift = d->p[0];
    if (mixed) out->count = 0;
    if (product) order_parts(d, order);
    for (size_t i = 0; (product || mixed) && status == TG_OK && i < d->n; i++) {
        list one = { 0 };
        status = take_apart(product ? order[i] : d->part[i], &one);
        if (status == TG_OK)
            status = mixed ? append_list(out, d->w[i], &one) : multiply_lists(out, &one);
        drop(&one);
    }
    if (status != TG_OK) drop(out);
    const bool whole = !product && !mixed && !trace && d->kind != &tg_law_constant;
    if (status == TG_OK && whole) out->term[0].law = tg_delay_keep(d);
    return status;
}

static tg_status
measure(tg_delay *d)
{
    list all;

    TG_TRY(take_apart(d, &all));
    d->term = all.term;
    d->terms = all.count;
    if (d->late) set_moments(d);
    return TG_OK;
}

static double
pdf(const tg_delay *d, double t)
{
    double sum = 0;

    if (!tg_law_measured(d)) return NAN;
    for (size_t i = 0; i < d->terms; i++)
        if (d->term[i].law)
            sum += d->term[i].weight * tg_delay_pdf(d->term[i].law, t - d->term[i].shift);
    return sum;
}

static double
cdf(const tg_delay *d, double t)
{
    double sum = 0;

    if (!tg_law_measured(d)) return NAN;
    for (size_t i = 0; i < d->terms; i++) {
        const tg_law_term *k = &d->term[i];
        const double       left = t - k->shift;
        sum += k->weight * (k->law ? tg_delay_cdf(k->law, left) : left >= 0);
    }
    return sum;
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
                                   .measure = measure,
                                   .sample = sample,
                                   .pdf = pdf,
                                   .cdf = cdf,
                                   .quantile = tg_law_solve_quantile,
                                   .laplace = laplace,
                                   .largest = largest,
                                   .poles = poles };
