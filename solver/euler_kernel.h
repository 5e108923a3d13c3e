/* euler_kernel: the copies of solver/euler_kernel.c, one per instruction set. Private to
 * solver/. */
#ifndef TG_SOLVER_EULER_KERNEL_H
#define TG_SOLVER_EULER_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* Four steps of `paths` paths, and of what fills up their vectors: out[q] = keep x + far
 * far_row[q] + near near_row[q] + noise z[q], x = out[q], with z[q] normal q of Philox block
 * `block` of the streams first, first + 1, ... as tg_normals_across gives them. */
typedef struct tg_euler4 {
    double      keep, far, near, noise;   /* coefficients; near = 0: near_row[] not read */
    uint64_t    seed, high, first, block; /* high: purpose << 16 */
    size_t      paths; /* 1 .. TG_EULER_PATHS, which rows have room for */
    const void *x, *far_row[4], *near_row[4]; /* doubles, or floats for the _single_ ones */
    void       *out[4];
} tg_euler4;

#define TG_EULER_PATHS 128 /* at a time */

void tg_euler_plain(const tg_euler4 *s);
void tg_euler_avx2(const tg_euler4 *s);
void tg_euler_avx512(const tg_euler4 *s);
void tg_euler_single_plain(const tg_euler4 *s);
void tg_euler_single_avx2(const tg_euler4 *s);
void tg_euler_single_avx512(const tg_euler4 *s);

#endif
