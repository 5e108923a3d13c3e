/* hessian_arpack: reverse communication with dsaupd and dseupd of ARPACK-NG */
#include "asgd/problems/hessian.h"

#include <arpack/arpack.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct work {
    a_int   n, nev, ncv, lworkl;
    double  tolerance;
    double *resid, *v, *workd, *workl;
    a_int  *select;
    a_int   iparam[11], ipntr[14];
} work;

static void
release(work *w)
{
    free(w->resid);
    free(w->v);
    free(w->workd);
    free(w->workl);
    free(w->select);
}

static int
prepare(work *w, size_t dim, size_t count, double tolerance)
{
    const size_t ncv = 2 * count + 10 < dim ? 2 * count + 10 : dim;

    *w = (work){
        .n = (a_int)dim, .nev = (a_int)count, .ncv = (a_int)ncv, .tolerance = tolerance
    };
    w->lworkl = (a_int)(ncv * (ncv + 8));
    w->resid = malloc(dim * sizeof(double));
    w->v = malloc(dim * ncv * sizeof(double));
    w->workd = malloc(3 * dim * sizeof(double));
    w->workl = malloc((size_t)w->lworkl * sizeof(double));
    w->select = calloc(ncv, sizeof *w->select);
    if (!w->resid || !w->v || !w->workd || !w->workl || !w->select) return 0;
    for (size_t i = 0; i < dim; i++) w->resid[i] = 1 + 0.5 * sin((double)i * (double)i);
    w->iparam[0] = 1;    /* exact shifts */
    w->iparam[2] = 1000; /* restarts at most */
    w->iparam[6] = 1;    /* standard problem */
    return 1;
}

static tg_status
iterate(work *w, tg_product product, void *context)
{
    a_int ido = 0, info = 1; /* 1: our own starting vector */

    for (;;) {
        dsaupd_c(&ido, "I", w->n, "LA", w->nev, w->tolerance, w->resid, w->ncv, w->v, w->n,
                 w->iparam, w->ipntr, w->workd, w->workl, w->lworkl, &info);
        if (ido != -1 && ido != 1) break;
        TG_TRY(product(w->workd + w->ipntr[0] - 1, w->workd + w->ipntr[1] - 1, context));
    }
    if (info == 0) return TG_OK;
    return tg_fail(TG_ENOCONV, "Lanczos stopped with %d of %d eigenvalues (dsaupd: %d)",
                   (int)w->iparam[4], (int)w->nev, (int)info);
}

/* ARPACK returns them rising; they are turned round. */
static tg_status
extract(work *w, double *value, double *vector)
{
    const size_t count = (size_t)w->nev, dim = (size_t)w->n;
    a_int        info = 0;

    dseupd_c(1, "A", w->select, value, w->v, w->n, 0, "I", w->n, "LA", w->nev, w->tolerance,
             w->resid, w->ncv, w->v, w->n, w->iparam, w->ipntr, w->workd, w->workl,
             w->lworkl, &info);
    if (info != 0)
        return tg_fail(TG_ENOCONV, "eigenvectors not found (dseupd: %d)", (int)info);
    for (size_t i = 0; i < count / 2; i++) {
        const double swap = value[i];
        value[i] = value[count - 1 - i];
        value[count - 1 - i] = swap;
    }
    for (size_t i = 0; i < count; i++)
        memcpy(vector + i * dim, w->v + (count - 1 - i) * dim, dim * sizeof *vector);
    return TG_OK;
}

tg_status
tg_hessian_top(tg_product product, void *context, size_t dim, size_t count,
               double tolerance, double *value, double *vector)
{
    work w;

    if (count < 1 || count >= dim)
        return tg_fail(TG_EDOMAIN, "expected 1 to %zu eigenvalues, got %zu", dim - 1,
                       count);
    tg_status status =
        prepare(&w, dim, count, tolerance) ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = iterate(&w, product, context);
    if (status == TG_OK) status = extract(&w, value, vector);
    release(&w);
    return status;
}
