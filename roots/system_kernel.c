/* The elimination behind roots/system: plain loops along rows, which the compiler vectorises. */
#include "roots/system_kernel.h"

#include "core/simd.h"

/* x -= f k from a column on */
static inline void
take(size_t from, size_t width, double fr, double fi, const double *restrict kr,
     const double *restrict ki, double *restrict xr, double *restrict xi)
{
    for (size_t j = from; j < width; j++) {
        xr[j] -= fr * kr[j] - fi * ki[j];
        xi[j] -= fr * ki[j] + fi * kr[j];
    }
}

static inline void
swap_rows(size_t width, double *restrict a, double *restrict b)
{
    for (size_t j = 0; j < width; j++) {
        const double t = a[j];
        a[j] = b[j];
        b[j] = t;
    }
}

static inline size_t
pivot_of(size_t n, size_t width, size_t k, const double *re, const double *im, double *most)
{
    size_t p = k;

    *most = -1;
    for (size_t i = k; i < n; i++) {
        const double x = re[i * width + k], y = im[i * width + k], size = x * x + y * y;
        if (size > *most) {
            *most = size;
            p = i;
        }
    }
    return p;
}

void
TG_KERNEL(tg_system_eliminate)(size_t n, size_t width, double *re, double *im,
                               tg_system_pivots *out)
{
    tg_system_pivots o = { 1, 0, 0, 0 };

    *out = o;
    for (size_t k = 0; k < n; k++) {
        double       most;
        const size_t p = pivot_of(n, width, k, re, im, &most);
        double      *kr = re + k * width, *ki = im + k * width;
        if (!(most > 0)) return;
        if (p != k) {
            swap_rows(width, kr, re + p * width);
            swap_rows(width, ki, im + p * width);
            o.re = -o.re;
            o.im = -o.im;
        }
        const double size = sqrt(most), c = kr[k] / size, s = ki[k] / size, was = o.re;
        o.re = was * c - o.im * s;
        o.im = was * s + o.im * c;
        o.log_size += log(size);
        const double qr = c / size, qi = -s / size;
        for (size_t j = k; j < width; j++) {
            const double x = kr[j], y = ki[j];
            kr[j] = qr * x - qi * y;
            ki[j] = qr * y + qi * x;
        }
        for (size_t i = 0; i < n; i++)
            if (i != k)
                take(k + 1, width, re[i * width + k], im[i * width + k], kr, ki,
                     re + i * width, im + i * width);
    }
    o.whole = 1;
    *out = o;
}
