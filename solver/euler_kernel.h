/* euler_kernel: the copies of solver/euler_kernel.c, one per instruction set. Private to
 * solver/. */
#ifndef TG_SOLVER_EULER_KERNEL_H
#define TG_SOLVER_EULER_KERNEL_H

#include <stddef.h>

/* Four steps of n paths: out[q] = keep x + lag far[q] + near near[q] + noise z[q], x =
 * out[q]. */
typedef struct tg_euler4 {
    double        keep, far, near, noise; /* coefficients; near = 0: rows near[] not read */
    const double *x, *far_row[4], *near_row[4], *z[4];
    double       *out[4];
} tg_euler4;

void tg_euler_plain(const tg_euler4 *s, size_t n);
void tg_euler_avx2(const tg_euler4 *s, size_t n);
void tg_euler_avx512(const tg_euler4 *s, size_t n);

#endif
