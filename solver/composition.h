/* composition: in how many ways n workers are spread over k phases, and which. Private to solver/.
 *
 * Counts (k) of sum n, in lexicographic order, C(n + k - 1, k - 1) of them.
 */
#ifndef TG_SOLVER_COMPOSITION_H
#define TG_SOLVER_COMPOSITION_H

#include <stddef.h>

double tg_composition_number(size_t n, int k);
size_t tg_composition_rank(const int *count, int k);
/* All of them into out (number, k). */
void tg_composition_list(size_t n, int k, int *out);

#endif
