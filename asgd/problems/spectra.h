/* spectra: eigenvalues of a Hessian from a file, as other programs write them
 *
 *     numbers      one a line; a list [1, 2, ...]; what numpy or torch print of an array
 *     a table      with a header: eigenvalue, or node and weight; step, if there are several
 *     JSON         {"step": 100, "eigenvalues": [...]}, {"nodes": [...], "weights": [...]},
 *                  one or many; {"100": [...], "200": [...]}
 *     densities    nodes and weights that sum to 1; several runs of a stochastic Lanczos
 *                  quadrature (PyHessian's [[...]], [[...]]) are averaged
 *
 * One spectrum, or one a checkpoint. Negative eigenvalues are kept as what they are; what
 * is stationary concerns the positive ones only (tg_spectra_fill()).
 */
#ifndef TG_ASGD_SPECTRA_H
#define TG_ASGD_SPECTRA_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_spectra {
    size_t  checkpoints;
    double *step;  /* (checkpoints) as the file says, else 0, 1, ... */
    size_t *first; /* (checkpoints + 1) */
    double *value,
        *weight;    /* of checkpoint c those from first[c] on, falling; weights sum to 1;
                     * behind the values in one piece */
    bool density;   /* weights are the file's: values are nodes, not eigenvalues */
    char took[200]; /* what was taken for what, in one line */
} tg_spectra;

/* Room for so many checkpoints, and values in all of them; all 0, checkpoints to be counted. Owner of
 * *out: the caller, tg_spectra_free(). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_spectra_create(size_t checkpoints, size_t values, tg_spectra *out);

/* Read a file, plain or gzip, "-" for standard input. Owner of *out: the caller,
 * tg_spectra_free(). Errors: TG_EIO; TG_EINPUT no numbers, one that is not finite, or cut
 * by "...", weights that are not >= 0 or not as many as nodes; TG_ENOMEM. */
TG_CHECKED tg_status tg_spectra_read(const char *path, tg_spectra *out);
void                 tg_spectra_free(tg_spectra *s);

typedef struct tg_curvature {
    double largest, least; /* [loss/x^2] */
    double negative, flat; /* share of the eigenvalues that are < 0; within FLAT of 0 */
    size_t below;          /* how many are < 0 (of a density: nodes) */
} tg_curvature;

/* An eigenvalue within this share of the largest in size is 0 to those who compute it. */
#define TG_FLAT 1e-9

tg_curvature tg_spectra_curvature(const tg_spectra *s, size_t checkpoint);

/* The positive eigenvalues of a checkpoint, falling; of a density the `count` quantiles at
 * (i - 1/2)/count of what is positive in it. The caller frees *h (*n). Errors: TG_EINPUT
 * none is positive; TG_ENOMEM. */
TG_CHECKED tg_status tg_spectra_fill(const tg_spectra *s, size_t checkpoint, size_t count,
                                     double **h, size_t *n);

#endif
