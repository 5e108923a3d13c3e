/* vectors: what a step of a simulation does with each coordinate of a model
 *
 * The same bits on every instruction set, and as a plain loop over the coordinates gives.
 */
#ifndef TG_CORE_VECTORS_H
#define TG_CORE_VECTORS_H

#include <stddef.h>

/* out = x - rate d; all (n). out may be x. */
void tg_vectors_step(size_t n, double rate, const double *x, const double *d, double *out);

/* g = h (x - b) + sigma g; all (n). NULL: b = 0. */
void tg_vectors_pull(size_t n, const double *h, const double *x, const double *b,
                     const double *sigma, double *g);

/* g_j = all + (2 x_j - x_{j-1} - x_{j+1})/4 for 0 < j < n - 1; x and g (n). */
void tg_vectors_chain(size_t n, double all, const double *x, double *g);

#endif
