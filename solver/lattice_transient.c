/* u' = M u + f from u(0) by CVODE: BDF with Newton's method on the sparse I - gamma M
 * (KLU). */
#include "solver/lattice.h"

#include "solver/lattice_matrix.h"

#include "core/parallel.h"

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#define TOLERANCE 1e-9

typedef struct machine {
    tg_moment_system *m;
    SUNContext        context;
    N_Vector          u;
    SUNMatrix         jacobian;
    SUNLinearSolver   solver;
    void             *cvode;
} machine;

static int
right_side(realtype t, N_Vector u, N_Vector slope, void *system)
{
    const tg_moment_system *m = system;
    const double           *x = N_VGetArrayPointer(u);
    double                 *y = N_VGetArrayPointer(slope);

    (void)t;
    memcpy(y, m->source, m->size * sizeof *y);
    for (size_t c = 0; c < m->size; c++)
        for (int i = m->begin[c]; i < m->begin[c + 1]; i++)
            y[m->row[i]] += m->value[i] * x[c];
    return 0;
}

static int
jacobian(realtype t, N_Vector u, N_Vector slope, SUNMatrix J, void *system, N_Vector a,
         N_Vector b, N_Vector c)
{
    const tg_moment_system *m = system;
    sunindextype           *begin = SUNSparseMatrix_IndexPointers(J);
    sunindextype           *row = SUNSparseMatrix_IndexValues(J);

    (void)t, (void)u, (void)slope, (void)a, (void)b, (void)c;
    for (size_t k = 0; k <= m->size; k++) begin[k] = m->begin[k];
    for (int i = 0; i < m->begin[m->size]; i++) row[i] = m->row[i];
    memcpy(SUNSparseMatrix_Data(J), m->value, (size_t)m->begin[m->size] * sizeof(double));
    return 0;
}

/* E of x, x^2 and the like at the start: everything equals x0, phases independent of it. */
static void
start(const tg_moment_system *m, double x0, const double *weight, double *u)
{
    const size_t n = (size_t)m->phases;

    for (size_t s = 0; s < m->states; s++) {
        const int *count = m->count + s * n;
        double    *v = u + s * m->each, w = weight[s] * (m->order == 1 ? x0 : x0 * x0);
        size_t     k = 1 + (m->order == 2 ? 2 : 1) * n;
        v[0] = w;
        for (size_t p = 0; p < n; p++) {
            v[1 + p] = w * count[p];
            if (m->order == 1) continue;
            v[1 + n + p] = w * count[p];
            for (size_t q = p; q < n; q++) v[k++] = w * count[p] * (count[q] - (p == q));
        }
    }
}

static void
dismantle(machine *c)
{
    if (c->cvode) CVodeFree(&c->cvode);
    if (c->solver) SUNLinSolFree(c->solver);
    if (c->jacobian) SUNMatDestroy(c->jacobian);
    if (c->u) N_VDestroy(c->u);
    if (c->context) SUNContext_Free(&c->context);
    tg_moment_system_free(c->m);
}

static void
silent(int code, const char *module, const char *function, char *message, void *data)
{
    (void)code, (void)module, (void)function, (void)message, (void)data;
}

static tg_status
assemble(const tg_lattice *l, int order, double x0, machine *c)
{
    TG_TRY(tg_moment_system_create(l, order, &c->m));
    const sunindextype n = (sunindextype)c->m->size;
    double            *weight = malloc(c->m->states * sizeof *weight);
    const double       scale = order == 1 ? fabs(x0) : x0 * x0;

    if (!weight || SUNContext_Create(NULL, &c->context) ||
        !(c->u = N_VNew_Serial(n, c->context)))
        goto failed;
    tg_moment_system_weights(c->m, l, weight);
    start(c->m, x0, weight, N_VGetArrayPointer(c->u));
    free(weight);
    weight = NULL;
    c->jacobian = SUNSparseMatrix(n, n, c->m->begin[n], CSC_MAT, c->context);
    if (!c->jacobian || !(c->solver = SUNLinSol_KLU(c->u, c->jacobian, c->context)) ||
        !(c->cvode = CVodeCreate(CV_BDF, c->context)) ||
        CVodeSetErrHandlerFn(c->cvode, silent, NULL) ||
        CVodeInit(c->cvode, right_side, 0, c->u) ||
        CVodeSStolerances(c->cvode, TOLERANCE, TOLERANCE * (scale > 0 ? scale : 1e-3)) ||
        CVodeSetUserData(c->cvode, c->m) || CVodeSetMaxNumSteps(c->cvode, 1000000) ||
        CVodeSetLinearSolver(c->cvode, c->solver, c->jacobian) ||
        CVodeSetJacFn(c->cvode, jacobian))
        goto failed;
    return TG_OK;
failed:
    free(weight);
    return tg_fail(TG_ENOMEM, "out of memory for the moments of %zu workers", l->workers);
}

static tg_status
follow(const tg_lattice *l, int order, double x0, double horizon, size_t n, double *out)
{
    machine   c = { .m = NULL };
    tg_status status = assemble(l, order, x0, &c);
    double    t;

    for (size_t i = 0; status == TG_OK && i < n; i++) {
        const double at = horizon * (double)i / (double)(n - 1);
        if ((status = tg_stop_check()) != TG_OK) break;
        if (i && CVode(c.cvode, at, c.u, &t, CV_NORMAL) < 0)
            status = tg_fail(TG_ENOCONV,
                             "the moment equations could not be followed to t = %g", at);
        out[i] = 0;
        for (size_t k = 0; k < c.m->size; k += c.m->each)
            out[i] += N_VGetArrayPointer(c.u)[k];
    }
    dismantle(&c);
    return status;
}

tg_status
tg_lattice_transient(const tg_lattice *l, double x0, double horizon, size_t n, double *mean,
                     double *second)
{
    if (l->rule) return tg_fail(TG_EDOMAIN, "the lattice's transient is that of ASGD");
    if (n < 2) return tg_fail(TG_EDOMAIN, "at least 2 times are needed, got %zu", n);
    if (!(horizon > 0 && isfinite(horizon)) || !isfinite(x0))
        return tg_fail(TG_EDOMAIN, "horizon %g or start %g out of range", horizon, x0);
    double *both = malloc(2 * n * sizeof *both);
    if (!both) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = mean ? follow(l, 1, x0, horizon, n, both) : TG_OK;
    if (status == TG_OK && second) status = follow(l, 2, x0, horizon, n, both + n);
    if (status == TG_OK && mean) memcpy(mean, both, n * sizeof *mean);
    if (status == TG_OK && second) memcpy(second, both + n, n * sizeof *second);
    free(both);
    return status;
}
