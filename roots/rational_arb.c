#include "roots/rational_arb.h"

#include "core/law.h"

#include <math.h>

enum { BITS = TG_RATIONAL_BITS };

/* down *= 1 + mean s/n */
static void
add_stage(acb_poly_t down, double mean, double n)
{
    acb_poly_t stage;
    acb_t      x, by;

    acb_poly_init(stage);
    acb_init(x);
    acb_init(by);
    acb_set_d(x, mean);
    acb_set_d(by, n);
    acb_div(x, x, by, BITS);
    acb_poly_set_coeff_si(stage, 0, 1);
    acb_poly_set_coeff_acb(stage, 1, x);
    acb_poly_mul(down, down, stage, BITS);
    acb_poly_clear(stage);
    acb_clear(x);
    acb_clear(by);
}

static int make(const tg_delay *d, acb_poly_t up, acb_poly_t down);

/* up/down += w (one/two) */
static void
add_fraction(acb_poly_t up, acb_poly_t down, double w, const acb_poly_t one,
             const acb_poly_t two)
{
    acb_poly_t left, right;
    acb_t      weight;

    acb_poly_init(left);
    acb_poly_init(right);
    acb_init(weight);
    acb_set_d(weight, w);
    acb_poly_mul(left, up, two, BITS);
    acb_poly_mul(right, one, down, BITS);
    acb_poly_scalar_mul(right, right, weight, BITS);
    acb_poly_add(up, left, right, BITS);
    acb_poly_mul(down, down, two, BITS);
    acb_poly_clear(left);
    acb_poly_clear(right);
    acb_clear(weight);
}

/* sum w_i phi_i / sum w_i, or the product of all. */
static int
make_parts(const tg_delay *d, int mixes, acb_poly_t up, acb_poly_t down)
{
    acb_poly_t one, two;
    acb_t      total, w;
    int        known = 1;

    acb_poly_init(one);
    acb_poly_init(two);
    acb_init(total);
    acb_init(w);
    if (mixes) acb_poly_zero(up);
    for (size_t i = 0; i < d->n && known; i++) {
        acb_poly_one(one);
        acb_poly_one(two);
        if (d->kind == &tg_law_hyperexponential)
            add_stage(two, d->x[i], 1);
        else
            known = make(d->part[i], one, two);
        if (mixes) {
            add_fraction(up, down, d->w[i], one, two);
            acb_set_d(w, d->w[i]);
            acb_add(total, total, w, BITS);
        } else {
            acb_poly_mul(up, up, one, BITS);
            acb_poly_mul(down, down, two, BITS);
        }
    }
    if (mixes) acb_poly_scalar_div(up, up, total, BITS);
    acb_poly_clear(one);
    acb_poly_clear(two);
    acb_clear(total);
    acb_clear(w);
    return known;
}

static int
make(const tg_delay *d, acb_poly_t up, acb_poly_t down)
{
    if (d->kind == &tg_law_exponential) {
        add_stage(down, d->mean, 1);
    } else if (d->kind == &tg_law_gamma || d->kind == &tg_law_erlang) {
        const double n = d->p[0];
        if (n != floor(n) || n > 16) return 0;
        for (int i = 0; i < (int)n; i++) add_stage(down, d->p[1], n);
    } else if (d->kind == &tg_law_hyperexponential || d->kind == &tg_law_mixture) {
        return make_parts(d, 1, up, down);
    } else if (d->kind == &tg_law_sum) {
        return make_parts(d, 0, up, down);
    } else {
        return 0;
    }
    return 1;
}

/* c = -1/phi'(t), phi' = (N' - phi Q')/Q with phi = 1. */
static void
residue(acb_t c, const tg_rational *l, const acb_t t)
{
    acb_t down, downs, up, ups;

    acb_init(down);
    acb_init(downs);
    acb_init(up);
    acb_init(ups);
    acb_poly_evaluate2(down, downs, l->down, t, BITS);
    acb_poly_evaluate2(up, ups, l->up, t, BITS);
    acb_sub(c, downs, ups, BITS);
    acb_div(c, down, c, BITS);
    acb_clear(down);
    acb_clear(downs);
    acb_clear(up);
    acb_clear(ups);
}

/* The t_k and c_k of a law; 0: they could not be told apart. */
static int
renew(tg_rational *l)
{
    acb_poly_t rest;

    acb_poly_init(rest);
    acb_poly_sub(rest, l->down, l->up, BITS);
    acb_poly_shift_right(rest, rest, 1); /* phi(0) = 1 */
    l->terms = acb_poly_degree(rest);
    l->t = _acb_vec_init(l->terms);
    l->c = _acb_vec_init(l->terms);
    const int told =
        l->terms == 0 || acb_poly_find_roots(l->t, rest, NULL, 0, BITS) == l->terms;
    for (slong k = 0; k < l->terms && told; k++) residue(&l->c[k], l, &l->t[k]);
    acb_poly_clear(rest);
    return told;
}

/* sum_{i < n} f_i x^(n-1-i): x^(n-1) f(1/x). */
static void
turned_at(acb_t out, const acb_poly_t f, slong n, const acb_t x)
{
    acb_t c;

    acb_init(c);
    acb_zero(out);
    for (slong i = 0; i < n; i++) {
        acb_poly_get_coeff_acb(c, f, i);
        acb_mul(out, out, x, BITS);
        acb_add(out, out, c, BITS);
    }
    acb_clear(c);
}

void
tg_rational_at(acb_t phi, const tg_rational *l, const tg_place *p)
{
    const slong n = acb_poly_length(l->down);
    acb_t       below;

    acb_init(below);
    if (p->far) {
        turned_at(phi, l->up, n, p->at);
        turned_at(below, l->down, n, p->at);
    } else {
        acb_poly_evaluate(phi, l->up, p->at, BITS);
        acb_poly_evaluate(below, l->down, p->at, BITS);
    }
    acb_div(phi, phi, below, BITS);
    acb_clear(below);
}

int
tg_rational_open(tg_rational *l, const tg_delay *d, int *told)
{
    acb_poly_init(l->up);
    acb_poly_init(l->down);
    acb_poly_one(l->up);
    acb_poly_one(l->down);
    l->t = l->c = NULL;
    l->terms = 0;
    if (!make(d, l->up, l->down)) return 0;
    *told = renew(l);
    return 1;
}

void
tg_rational_close(tg_rational *l)
{
    acb_poly_clear(l->up);
    acb_poly_clear(l->down);
    if (l->t) _acb_vec_clear(l->t, l->terms);
    if (l->c) _acb_vec_clear(l->c, l->terms);
}

tg_place
tg_place_open(int far)
{
    return (tg_place){ far, _acb_vec_init(1) };
}

void
tg_place_close(tg_place *p)
{
    _acb_vec_clear(p->at, 1);
}
