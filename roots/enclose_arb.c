#include "roots/enclose_arb.h"

#include "core/law.h"

#include <string.h>

static int enclose_law(acb_t phi, const tg_delay *d, const acb_t s);

/* z := 1/(1 + m s) */
static void
stage(acb_t z, double m, const acb_t s)
{
    arb_t mean;

    arb_init(mean);
    arb_set_d(mean, m);
    acb_mul_arb(z, s, mean, TG_ENCLOSE_BITS);
    acb_add_ui(z, z, 1, TG_ENCLOSE_BITS);
    acb_inv(z, z, TG_ENCLOSE_BITS);
    arb_clear(mean);
}

/* z := e^{-tau s} */
static void
shift(acb_t z, double tau, const acb_t s)
{
    arb_t t;

    arb_init(t);
    arb_set_d(t, -tau);
    acb_mul_arb(z, s, t, TG_ENCLOSE_BITS);
    acb_exp(z, z, TG_ENCLOSE_BITS);
    arb_clear(t);
}

/* z := sinh(r s)/(r s) = sinc(i r s) */
static void
sinh_ratio(acb_t z, double r, const acb_t s)
{
    arb_t half;

    arb_init(half);
    arb_set_d(half, r);
    acb_mul_arb(z, s, half, TG_ENCLOSE_BITS);
    acb_mul_onei(z, z);
    acb_sinc(z, z, TG_ENCLOSE_BITS);
    arb_clear(half);
}

/* The mean as described is m; the scale m/n is taken in balls. */
static void
gamma_law(acb_t phi, const tg_delay *d, const acb_t s)
{
    arb_t scale, n;
    acb_t power;

    arb_init(scale);
    arb_init(n);
    acb_init(power);
    arb_set_d(scale, d->p[1]);
    arb_set_d(n, d->p[0]);
    arb_div(scale, scale, n, TG_ENCLOSE_BITS);
    acb_mul_arb(phi, s, scale, TG_ENCLOSE_BITS);
    acb_add_ui(phi, phi, 1, TG_ENCLOSE_BITS);
    arb_neg(n, n);
    acb_set_arb(power, n);
    acb_pow(phi, phi, power, TG_ENCLOSE_BITS);
    arb_clear(scale);
    arb_clear(n);
    acb_clear(power);
}

/* sum of w_i phi_i: w_i are the doubles that the law holds, normalised in balls. */
static int
mixture_law(acb_t phi, const tg_delay *d, const acb_t s)
{
    acb_t part, sum;
    arb_t w, total;
    int   known = 1;

    acb_init(part);
    acb_init(sum);
    arb_init(w);
    arb_init(total);
    for (size_t i = 0; i < d->n && known; i++) {
        if (d->kind == &tg_law_hyperexponential)
            stage(part, d->x[i], s);
        else
            known = enclose_law(part, d->part[i], s);
        arb_set_d(w, d->w[i]);
        arb_add(total, total, w, TG_ENCLOSE_BITS);
        acb_mul_arb(part, part, w, TG_ENCLOSE_BITS);
        acb_add(sum, sum, part, TG_ENCLOSE_BITS);
    }
    acb_div_arb(phi, sum, total, TG_ENCLOSE_BITS);
    acb_clear(part);
    acb_clear(sum);
    arb_clear(w);
    arb_clear(total);
    return known;
}

static int
sum_law(acb_t phi, const tg_delay *d, const acb_t s)
{
    acb_t part, product;
    int   known = 1;

    acb_init(part);
    acb_init(product);
    acb_one(product);
    for (size_t i = 0; i < d->n && known; i++) {
        known = enclose_law(part, d->part[i], s);
        acb_mul(product, product, part, TG_ENCLOSE_BITS);
    }
    acb_set(phi, product);
    acb_clear(part);
    acb_clear(product);
    return known;
}

/* phi(s) for every s in the ball; 0 if the law has no closed form here. */
static int
enclose_law(acb_t phi, const tg_delay *d, const acb_t s)
{
    acb_t other;

    if (d->kind == &tg_law_gamma || d->kind == &tg_law_erlang) {
        gamma_law(phi, d, s);
        return 1;
    }
    if (d->kind == &tg_law_hyperexponential || d->kind == &tg_law_mixture)
        return mixture_law(phi, d, s);
    if (d->kind == &tg_law_sum) return sum_law(phi, d, s);
    acb_init(other);
    int known = 1;
    if (d->kind == &tg_law_constant) {
        shift(phi, d->p[0], s);
    } else if (d->kind == &tg_law_exponential || d->kind == &tg_law_shifted_exponential) {
        stage(other, d->c[0], s);
        shift(phi, d->low, s);
        acb_mul(phi, phi, other, TG_ENCLOSE_BITS);
    } else if (d->kind ==
               &tg_law_uniform) { /* centre and half width are exact in most bases */
        sinh_ratio(other, (d->high - d->low) / 2, s);
        shift(phi, (d->high + d->low) / 2, s);
        acb_mul(phi, phi, other, TG_ENCLOSE_BITS);
    } else {
        known = 0;
    }
    acb_clear(other);
    return known;
}

/* F(s) of the filter; fedbuff: e^{-z/2} sinh(z/2)/(z/2). */
static int
enclose_filter(acb_t gain, const tg_loop *l, const acb_t s)
{
    const char *name = l->filter ? l->filter->name : "asgd";
    acb_t       other;
    arb_t       x;

    acb_one(gain);
    if (!strcmp(name, "asgd")) return 1;
    acb_init(other);
    arb_init(x);
    int known = 1;
    if (!strcmp(name, "fedbuff")) {
        const double half = l->param / l->lambda / 2;
        sinh_ratio(gain, half, s);
        shift(other, half, s);
        acb_mul(gain, gain, other, TG_ENCLOSE_BITS);
    } else if (!strcmp(name, "heavy_ball") || !strcmp(name, "nesterov")) {
        arb_set_d(x, l->param / l->lambda);
        acb_mul_arb(gain, s, x, TG_ENCLOSE_BITS);
        arb_set_d(x, l->param);
        arb_sub_ui(x, x, 1, TG_ENCLOSE_BITS);
        acb_sub_arb(gain, gain, x, TG_ENCLOSE_BITS);
        acb_inv(gain, gain, TG_ENCLOSE_BITS);
        if (*name == 'n') {
            arb_set_d(x, l->param);
            acb_mul_arb(gain, gain, x, TG_ENCLOSE_BITS);
            acb_add_ui(gain, gain, 1, TG_ENCLOSE_BITS);
        }
    } else {
        known = 0;
    }
    acb_clear(other);
    arb_clear(x);
    return known;
}

int
tg_enclose(acb_t f, const tg_loop *l, const acb_t s)
{
    acb_t gain;
    arb_t x;

    acb_init(gain);
    arb_init(x);
    const int known = enclose_law(f, l->delay, s) && enclose_filter(gain, l, s);
    acb_mul(f, f, gain, TG_ENCLOSE_BITS);
    arb_set_d(x, l->a);
    acb_mul_arb(f, f, x, TG_ENCLOSE_BITS);
    arb_set_d(x, l->b);
    acb_add_arb(f, f, x, TG_ENCLOSE_BITS);
    acb_add(f, f, s, TG_ENCLOSE_BITS);
    acb_clear(gain);
    arb_clear(x);
    return known;
}
