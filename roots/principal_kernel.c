/* Halley's iteration for W_0 on LANES gains at once. The starts are rational functions of
 * the distance from the branch point, interpolated in w; errors stated are those of the
 * start. */
#include "roots/principal_kernel.h"
#include "core/simd.h"

#define SHIFT                                                                              \
    0x1.8p52 /* adding it rounds to a whole number, which is then in the low bits */

static inline vd
polynomial(vd z, const double *c, int degree)
{
    vd p = c[degree] - (vd){ 0 };

    for (int i = degree - 1; i >= 0; i--) p = p * z + c[i];
    return p;
}

/* The even and the odd terms side by side; degree odd. */
static inline vd
by_halves(vd z, const double *c, int degree)
{
    const vd z2 = z * z;
    vd       odd = c[degree] - (vd){ 0 }, even = c[degree - 1] - (vd){ 0 };

    for (int i = degree - 2; i > 0; i -= 2) {
        odd = odd * z2 + c[i];
        even = even * z2 + c[i - 1];
    }
    return even + z * odd;
}

/* e^x = 2^n e^r, |r| <= ln 2 / 2, for |x| < 700; Taylor's remainder after 13 terms
 * < 1e-17, after 7 < 6e-9. */
static inline vd
exponential_of(vd x, int terms)
{
    static const double c[] = { 1,
                                1,
                                1.0 / 2,
                                1.0 / 6,
                                1.0 / 24,
                                1.0 / 120,
                                1.0 / 720,
                                1.0 / 5040,
                                1.0 / 40320,
                                1.0 / 362880,
                                1.0 / 3628800,
                                1.0 / 39916800,
                                1.0 / 479001600,
                                1.0 / 6227020800 };
    const vd            shifted = x * 0x1.71547652b82fep+0 + SHIFT, n = shifted - SHIFT;
    const vd            r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;

    return double_of(bits_of(by_halves(r, c, terms)) + (bits_of(shifted) << 52));
}

/* cos y and sin y, 0 <= y <= pi, from those of h = (y - pi/2)/2: the angle doubles;
 * Taylor's remainders < 1e-16 with 7 terms, < 4e-8 with 4. */
static inline void
half_turn(vd y, int terms, vd *cosine, vd *sine)
{
    static const double S[] = { 1,
                                -1.0 / 6,
                                1.0 / 120,
                                -1.0 / 5040,
                                1.0 / 362880,
                                -1.0 / 39916800,
                                1.0 / 6227020800,
                                -1.0 / 1307674368000 };
    static const double C[] = { 1,
                                -1.0 / 2,
                                1.0 / 24,
                                -1.0 / 720,
                                1.0 / 40320,
                                -1.0 / 3628800,
                                1.0 / 479001600,
                                -1.0 / 87178291200,
                                1.0 / 20922789888000 };
    const vd h = ((y - 0x1.921fb54442d18p+0) - 0x1.1a62633145c07p-54) * 0.5, z = h * h;
    const vd s = h * polynomial(z, S, terms), c = polynomial(z, C, terms + 1);

    *cosine = -2 * (s * c);
    *sine = 1 - 2 * (s * s);
}

static inline vd
choose(vu mask, vd yes, vd no)
{
    return double_of((bits_of(yes) & mask) | (bits_of(no) & ~mask));
}

/* w = -1 + r R(r) for k <= 1/e (error 6e-8), -1 + r^2 X(r) + i r Y(r) beyond (.005 of |w +
 * 1| up to k = 50), r^2 = 2 |e k - 1|. */
static inline void
start(vd k, vd *re, vd *im)
{
    static const double R[] = { 0x1.fffffe2b4254bp-1, 0x1.371180d597791p-1,
                                0x1.eed3533c1db81p-5 },
                        RD[] = { 1, 0x1.e1bbceeda99c1p-1, 0x1.c52e6dfe5a258p-3,
                                 0x1.38c5fdd05ab11p-7 };
    static const double X[] = { 0x1.5506db2654134p-2, 0x1.31c225409175fp-3,
                                0x1.a31df51d4e09fp-11 },
                        XD[] = { 1, 0x1.a3e7c0528ba39p-2, 0x1.577a51fe5036dp-2,
                                 0x1.cb4987a529915p-6 };
    static const double Y[] = { 0x1.ff7165a3bc002p-1, 0x1.6876216131363p-1,
                                0x1.97a4320583fe6p-4 },
                        YD[] = { 1, 0x1.5120919a4935ep-1, 0x1.6ca187ad0fbf6p-2,
                                 0x1.2a94440fbe8cep-5 };
    const vd m = k * 0x1.5bf0a8b145769p+1 - 1;
    const vu real = (vu)(m <= 0);
    const vd r = square_root(2 * choose(real, -m, m));

    const vd x = r * choose(real, polynomial(r, R, 2), r * polynomial(r, X, 2));
    const vd dx = choose(real, polynomial(r, RD, 3), polynomial(r, XD, 3));
    const vd y = choose(real, (vd){ 0 }, r * polynomial(r, Y, 2));
    const vd dy = polynomial(r, YD, 3), q = 1 / (dx * dy);

    *re = x * dy * q - 1;
    *im = y * dx * q;
}

/* f = w + k e^{-w};  step = 2 (w + 1) f / (2 (w + 1)^2 - (w + 2) f). The result is < 0 if
 * the step is below 3e-6 |w + 1|, whose third power is rounding. The sine of a real w is 0.
 * A step that is not the last needs no fine functions: 1e-8 is enough. */
static inline vd
halley(vd k, int fine, vd *re, vd *im)
{
    const vu real = (vu)(*im == 0);
    vd       cosine, sine;

    half_turn(*im, fine ? 7 : 4, &cosine, &sine);
    const vd e = k * exponential_of(-*re, fine ? 13 : 7);
    const vd fx = *re + e * cosine, fy = *im - double_of(bits_of(e * sine) & ~real);
    const vd x = *re + 1, y = *im;
    const vd nx = 2 * (x * fx - y * fy), ny = 2 * (x * fy + y * fx);
    const vd dx = 2 * (x * x - y * y) - ((x + 1) * fx - y * fy);
    const vd dy = 4 * (x * y) - ((x + 1) * fy + y * fx);
    const vd q = 1 / (dx * dx + dy * dy);
    const vd sx = (nx * dx + ny * dy) * q, sy = (ny * dx - nx * dy) * q;

    *re -= sx;
    *im -= sy;
    return (sx * sx + sy * sy) - 1e-11 * (x * x + y * y);
}

/* Three passes over a block in the first cache: each has short independent chains, which
 * one long pass has not. */
void
TG_KERNEL(tg_principal_block)(const double *k, double *re, double *im, double *miss)
{
    vd x, y;

    for (size_t i = 0; i < PRINCIPAL_BLOCK; i += LANES) {
        start(load(k + i), &x, &y);
        store(re + i, x);
        store(im + i, y);
    }
    for (size_t i = 0; i < PRINCIPAL_BLOCK; i += LANES) {
        x = load(re + i);
        y = load(im + i);
        halley(load(k + i), 0, &x, &y);
        store(re + i, x);
        store(im + i, y);
    }
    for (size_t i = 0; i < PRINCIPAL_BLOCK; i += LANES) {
        x = load(re + i);
        y = load(im + i);
        store(miss + i, halley(load(k + i), 1, &x, &y));
        store(re + i, x);
        store(im + i, y);
    }
}
