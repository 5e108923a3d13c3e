#include "solver/lattice_groups_integrate.h"

#include "core/parallel.h"

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#define TOLERANCE 1e-8

typedef struct machine {
    const tg_group_system *m;
    const double          *source; /* (size) */
    SUNContext             context;
    N_Vector               u; /* the caller's */
    SUNMatrix              jacobian;
    SUNLinearSolver        solver;
    void                  *cvode;
} machine;

void
tg_group_flow(const tg_group_system *m, const double *source, const double *u,
              double *slope)
{
    memcpy(slope, source, m->size * sizeof *slope);
    for (size_t k = 0; k < m->size; k++)
        for (int i = m->begin[k]; i < m->begin[k + 1]; i++)
            slope[m->row[i]] += m->value[i] * u[k];
}

static double
sum(const tg_group_system *m, const double *u, size_t key)
{
    double all = 0;

    for (size_t c = 0; c < m->configurations; c++) all += u[m->unknown[c * m->each + key]];
    return all;
}

void
tg_group_observe(const tg_group_system *m, const double *u, double *mean, double *second)
{
    *mean = sum(m, u, tg_group_s(m, 0, m->q - 1));
    *second = sum(m, u, tg_group_s(m, 0, 0));
}

static int
right_side(realtype t, N_Vector u, N_Vector slope, void *context)
{
    const machine *c = context;

    (void)t;
    tg_group_flow(c->m, c->source, N_VGetArrayPointer(u), N_VGetArrayPointer(slope));
    return 0;
}

static int
jacobian(realtype t, N_Vector u, N_Vector slope, SUNMatrix J, void *context, N_Vector a,
         N_Vector b, N_Vector c)
{
    const tg_group_system *m = ((machine *)context)->m;
    sunindextype          *begin = SUNSparseMatrix_IndexPointers(J);
    sunindextype          *row = SUNSparseMatrix_IndexValues(J);

    (void)t, (void)u, (void)slope, (void)a, (void)b, (void)c;
    for (size_t k = 0; k <= m->size; k++) begin[k] = m->begin[k];
    for (int i = 0; i < m->begin[m->size]; i++) row[i] = m->row[i];
    memcpy(SUNSparseMatrix_Data(J), m->value, (size_t)m->begin[m->size] * sizeof(double));
    return 0;
}

static void
silent(int code, const char *module, const char *function, char *message, void *data)
{
    (void)code, (void)module, (void)function, (void)message, (void)data;
}

static void
dismantle(machine *c)
{
    if (c->cvode) CVodeFree(&c->cvode);
    if (c->solver) SUNLinSolFree(c->solver);
    if (c->jacobian) SUNMatDestroy(c->jacobian);
    if (c->u) N_VDestroy(c->u);
    if (c->context) SUNContext_Free(&c->context);
}

static tg_status
open_machine(double scale, double from, double *u, machine *c)
{
    const sunindextype n = (sunindextype)c->m->size;

    if (SUNContext_Create(NULL, &c->context) ||
        !(c->u = N_VMake_Serial(n, u, c->context)) ||
        !(c->jacobian = SUNSparseMatrix(n, n, c->m->begin[n], CSC_MAT, c->context)) ||
        !(c->solver = SUNLinSol_KLU(c->u, c->jacobian, c->context)) ||
        !(c->cvode = CVodeCreate(CV_BDF, c->context)) ||
        CVodeSetErrHandlerFn(c->cvode, silent, NULL) ||
        CVodeInit(c->cvode, right_side, from, c->u) ||
        CVodeSStolerances(c->cvode, TOLERANCE, TOLERANCE * scale) ||
        CVodeSetUserData(c->cvode, c) || CVodeSetMaxNumSteps(c->cvode, 1000000) ||
        CVodeSetLinearSolver(c->cvode, c->solver, c->jacobian) ||
        CVodeSetJacFn(c->cvode, jacobian))
        return tg_fail(TG_ENOMEM, "out of memory for %zu moments", c->m->size);
    return TG_OK;
}

static tg_status
follow(machine *c, double from, double horizon, size_t n, double *mean, double *second)
{
    double t;

    for (size_t i = 0; i < n; i++) {
        const double at = horizon * (double)i / (double)(n - 1);
        if (at < from) continue;
        TG_TRY(tg_stop_check());
        if (at > from && CVode(c->cvode, at, c->u, &t, CV_NORMAL) < 0)
            return tg_fail(TG_ENOCONV,
                           "the moment equations could not be followed to t = %g", at);
        tg_group_observe(c->m, N_VGetArrayPointer(c->u), &mean[i], &second[i]);
    }
    return TG_OK;
}

tg_status
tg_group_integrate(const tg_group_system *m, const double *source, double scale,
                   double from, double horizon, size_t n, double *u, double *mean,
                   double *second)
{
    machine         c = { .m = m, .source = source };
    const tg_status opened = open_machine(scale, from, u, &c);
    const tg_status status =
        opened == TG_OK ? follow(&c, from, horizon, n, mean, second) : opened;

    dismantle(&c);
    return status;
}
