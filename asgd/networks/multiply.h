/* multiply: sums of products, every one a single chain of fused multiply-adds in a fixed order
 *
 *     c[i, j] <- fma(a[i, k], b[k, j], c[i, j]),   k = 0, 1, 2, ..
 *
 * Rows i and terms k have an outer and an inner part, i = i0 rows[1] + i1, each with its step in
 * a, so that a convolution is a product too. The bits are those of the plain loop on every
 * instruction set. For dual numbers value and derivative have such chains each.
 */
#ifndef TG_ASGD_NETWORKS_MULTIPLY_H
#define TG_ASGD_NETWORKS_MULTIPLY_H

#include "core/isa.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_multiply {
    size_t      rows[2], terms[2], columns;
    const void *a;
    ptrdiff_t   a_row[2], a_term[2]; /* steps, in numbers */
    const void *b;                   /* (terms, columns), rows b_term apart */
    size_t      b_term;
    void       *c;
    ptrdiff_t   c_row[2]; /* columns are side by side */
    bool        crossed;  /* b counts as 0, b[0], 0, b[2], ..: of dual numbers */
} tg_multiply;

/* All numbers are float, double, double complex (real.h). */
void tg_multiply_single(tg_isa isa, const tg_multiply *p);
void tg_multiply_double(tg_isa isa, const tg_multiply *p);
void tg_multiply_dual(tg_isa isa, const tg_multiply *p);

#endif
