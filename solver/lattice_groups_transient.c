/* u' = M u + f from u(0). With R the largest rate at which configurations end, 1 + M/R is what the next of events at
 * rate R does to the moments (some of them do nothing), and these are Poisson whatever happens:
 *
 *     u(t) = sum_k e^-Rt (Rt)^k/k! u_k,     u_k+1 = u_k + (M u_k + f)/R
 *
 * to rounding, in as many products as there are events. Where these are too many, and unknowns few, CVODE as in
 * solver/lattice_transient.c. */
#include "solver/lattice_groups_matrix.h"
#include "solver/lattice_groups_wait.h"

#include "core/parallel.h"

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#define TOLERANCE 1e-8
static const double MANY_EVENTS = 20000;

typedef struct machine {
    tg_group_system m;
    double         *source; /* (size) */
    SUNContext      context;
    N_Vector        u;
    SUNMatrix       jacobian;
    SUNLinearSolver solver;
    void           *cvode;
} machine;

static void
flow(const tg_group_system *m, const double *source, const double *u, double *slope)
{
    memcpy(slope, source, m->size * sizeof *slope);
    for (size_t k = 0; k < m->size; k++)
        for (int i = m->begin[k]; i < m->begin[k + 1]; i++)
            slope[m->row[i]] += m->value[i] * u[k];
}

static int
right_side(realtype t, N_Vector u, N_Vector slope, void *context)
{
    const machine *c = context;

    (void)t;
    flow(&c->m, c->source, N_VGetArrayPointer(u), N_VGetArrayPointer(slope));
    return 0;
}

static int
jacobian(realtype t, N_Vector u, N_Vector slope, SUNMatrix J, void *context, N_Vector a,
         N_Vector b, N_Vector c)
{
    const tg_group_system *m = &((machine *)context)->m;
    sunindextype          *begin = SUNSparseMatrix_IndexPointers(J);
    sunindextype          *row = SUNSparseMatrix_IndexValues(J);

    (void)t, (void)u, (void)slope, (void)a, (void)b, (void)c;
    for (size_t k = 0; k <= m->size; k++) begin[k] = m->begin[k];
    for (int i = 0; i < m->begin[m->size]; i++) row[i] = m->row[i];
    memcpy(SUNSparseMatrix_Data(J), m->value, (size_t)m->begin[m->size] * sizeof(double));
    return 0;
}

static void
put(const tg_group_system *m, size_t c, size_t key, double value, double *u)
{
    const int at = m->unknown[c * m->each + key];

    if (at >= 0) u[at] = value;
}

/* x0 and 1 at the server; a worker holds x0 and, as its gradient of the last time, what a delivery of x0 makes of it. */
static void
begin(const tg_lattice_groups *l, const tg_group_system *m, double x0, const double *weight,
      double *u)
{
    const double s[TG_LINEAR_SERVER] = { [0] = x0, [1] = m->q == 2 ? 1 : 0, [2] = 1 };
    double       w[TG_LATTICE_PLACES][TG_LINEAR_WORKER];

    for (size_t r = 0; r < m->places; r++)
        for (size_t i = 0; i < m->p; i++) {
            w[r][i] = l->rule->D[i * l->rule->q] * x0 + l->rule->E[i * m->p] * x0;
            if (i) w[r][i] += l->rule->c[i] * l->group[m->group[r]].mark;
        }
    for (size_t c = 0; c < m->configurations; c++) {
        const int   *N = m->count + c * m->places;
        const double p = weight[c];
        for (size_t i = 0; i < m->q; i++)
            for (size_t k = i; k < m->q; k++)
                put(m, c, tg_group_s(m, i, k), p * s[i] * s[k], u);
        for (size_t r = 0; r < m->places; r++) {
            for (size_t i = 0; i < m->q; i++)
                for (size_t k = 0; k < m->p; k++)
                    put(m, c, tg_group_x(m, r, i, k), p * N[r] * s[i] * w[r][k], u);
            for (size_t i = 0; i < m->p; i++)
                for (size_t k = 0; k < m->p; k++) {
                    const double shaken =
                        i && k ? l->rule->c[i] * l->rule->c[k] * l->sigma * l->sigma : 0;
                    if (i <= k)
                        put(m, c, tg_group_y(m, r, i, k),
                            p * N[r] * (w[r][i] * w[r][k] + shaken), u);
                    for (size_t t = r; t < m->places; t++)
                        put(m, c, tg_group_z(m, r, t, i, k),
                            p * N[r] * (N[t] - (r == t)) * w[r][i] * w[t][k], u);
                }
        }
    }
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
    free(c->source);
    tg_group_system_free(&c->m);
}

static tg_status
open_machine(const tg_lattice_groups *l, double x0, machine *c)
{
    TG_TRY(tg_group_system_create(l, &c->m));
    const size_t       size = c->m.size;
    const sunindextype n = (sunindextype)size;

    if (!(c->source = malloc(size * sizeof *c->source)) ||
        SUNContext_Create(NULL, &c->context) || !(c->u = N_VNew_Serial(n, c->context)))
        return tg_fail(TG_ENOMEM, "out of memory for %zu moments", size);
    for (size_t k = 0; k < size; k++)
        c->source[k] = c->m.constant[k] + l->sigma * l->sigma * c->m.noise[k];
    memset(N_VGetArrayPointer(c->u), 0, size * sizeof(double));
    if (!l->waits) begin(l, &c->m, x0, c->m.weight, N_VGetArrayPointer(c->u));
    return TG_OK;
}

static tg_status
open_integrator(double x0, machine *c)
{
    const sunindextype n = (sunindextype)c->m.size;
    const double       scale = x0 != 0 ? x0 * x0 : 1e-3;

    c->jacobian = SUNSparseMatrix(n, n, c->m.begin[n], CSC_MAT, c->context);
    if (!c->jacobian || !(c->solver = SUNLinSol_KLU(c->u, c->jacobian, c->context)) ||
        !(c->cvode = CVodeCreate(CV_BDF, c->context)) ||
        CVodeSetErrHandlerFn(c->cvode, silent, NULL) ||
        CVodeInit(c->cvode, right_side, 0, c->u) ||
        CVodeSStolerances(c->cvode, TOLERANCE, TOLERANCE * scale) ||
        CVodeSetUserData(c->cvode, c) || CVodeSetMaxNumSteps(c->cvode, 1000000) ||
        CVodeSetLinearSolver(c->cvode, c->solver, c->jacobian) ||
        CVodeSetJacFn(c->cvode, jacobian))
        return tg_fail(TG_ENOMEM, "out of memory for %zu moments", c->m.size);
    return TG_OK;
}

static double
sum(const tg_group_system *m, const double *u, size_t key)
{
    double all = 0;

    for (size_t c = 0; c < m->configurations; c++) all += u[m->unknown[c * m->each + key]];
    return all;
}

static void
observe(const machine *c, double *mean, double *second)
{
    const double *u = N_VGetArrayPointer(c->u);

    *mean = sum(&c->m, u, tg_group_s(&c->m, 0, c->m.q - 1));
    *second = sum(&c->m, u, tg_group_s(&c->m, 0, 0));
}

static tg_status
integrate(double x0, double horizon, size_t n, machine *c, double *mean, double *second)
{
    double t;

    TG_TRY(open_integrator(x0, c));
    for (size_t i = 0; i < n; i++) {
        const double at = horizon * (double)i / (double)(n - 1);
        TG_TRY(tg_stop_check());
        if (i && CVode(c->cvode, at, c->u, &t, CV_NORMAL) < 0)
            return tg_fail(TG_ENOCONV,
                           "the moment equations could not be followed to t = %g", at);
        observe(c, &mean[i], &second[i]);
    }
    return TG_OK;
}

/* ---- event by event ------------------------------------------------------------------ */

/* How many there are at most, to 1e-15, where `mu` are expected. */
static double
most(double mu)
{
    return ceil(mu + 9 * sqrt(mu) + 40);
}

/* sum_k e^-mu mu^k/k! of two sequences (count), from the middle to both sides. */
static void
mix(const double *a, const double *b, double count, double mu, double *mean, double *second)
{
    const size_t middle = (size_t)floor(mu), end = (size_t)fmin(most(mu), count);
    const double first =
        exp((double)middle * log(fmax(mu, 1e-300)) - mu - lgamma((double)middle + 1));
    double p = first, all = first;

    *mean = first * a[middle];
    *second = first * b[middle];
    for (size_t k = middle; k > 0 && p > 1e-17 * first; k--) {
        p *= (double)k / mu;
        all += p;
        *mean += p * a[k - 1];
        *second += p * b[k - 1];
    }
    p = first;
    for (size_t k = middle + 1; k < end && p > 1e-17 * first; k++) {
        p *= mu / (double)k;
        all += p;
        *mean += p * a[k];
        *second += p * b[k];
    }
    *mean /= all;
    *second /= all;
}

/* Those that have yet to begin. */
typedef struct waiting {
    tg_group_wait wait;
    double       *there, *begun; /* (configurations) */
    double *start; /* (size) moments at the beginning, of one run in each configuration */
    int    *configuration; /* (size) */
    double  left, x0;      /* the chance of them */
} waiting;

static void
close_waiting(waiting *w)
{
    tg_group_wait_close(&w->wait);
    free(w->there);
    free(w->configuration);
}

static tg_status
open_waiting(const tg_lattice_groups *l, const tg_group_system *m, double x0, waiting *w)
{
    const size_t n = m->configurations;

    w->x0 = x0;
    if (!l->waits) return TG_OK;
    w->there = malloc((2 * n + m->size) * sizeof *w->there);
    w->configuration = malloc(m->size * sizeof *w->configuration);
    if (!w->there || !w->configuration) return tg_fail(TG_ENOMEM, "out of memory");
    w->begun = w->there + n;
    w->start = w->begun + n;
    for (size_t c = 0; c < n; c++) {
        w->begun[c] = 1;
        for (size_t k = 0; k < m->each; k++)
            if (m->unknown[c * m->each + k] >= 0)
                w->configuration[m->unknown[c * m->each + k]] = (int)c;
    }
    begin(l, m, x0, w->begun, w->start);
    TG_TRY(tg_group_wait_open(l, m, &w->wait));
    w->left = tg_group_wait_chances(&w->wait, m, w->there);
    return TG_OK;
}

/* slope less what the noise and the constant do only to those that have begun; then an event of the others. */
static void
wait_on(const tg_lattice_groups *l, const tg_group_system *m, double rate, waiting *w,
        double *slope)
{
    const double squared = l->sigma * l->sigma;

    for (size_t i = 0; i < m->sources; i++) {
        const tg_group_source *s = &m->source[i];
        slope[s->row] -= w->there[s->configuration] * (squared * s->noise + s->constant);
    }
    tg_group_wait_step(&w->wait, m, rate, w->begun);
    for (size_t k = 0; k < m->size; k++)
        slope[k] += rate * w->begun[w->configuration[k]] * w->start[k];
    w->left = tg_group_wait_chances(&w->wait, m, w->there);
}

static tg_status
by_events(const tg_lattice_groups *l, waiting *w, double horizon, size_t n, machine *c,
          double *mean, double *second)
{
    const double rate = tg_lattice_groups_rate(l);
    const size_t count = (size_t)most(rate * horizon), size = c->m.size;
    double      *step = malloc((2 * count + size) * sizeof *step), *square = step + count;
    double      *u = N_VGetArrayPointer(c->u), *slope = square + count;
    tg_status    status =
        step ? TG_OK : tg_fail(TG_ENOMEM, "out of memory for %zu events", count);

    for (size_t i = 0; i < count && status == TG_OK; i++) {
        observe(c, &step[i], &square[i]);
        step[i] += w->left * w->x0;
        square[i] += w->left * w->x0 * w->x0;
        flow(&c->m, c->source, u, slope);
        if (w->left > 1e-16) wait_on(l, &c->m, rate, w, slope);
        for (size_t k = 0; k < size; k++) u[k] += slope[k] / rate;
        if (i % 64 == 0) status = tg_stop_check();
    }
    for (size_t i = 0; i < n && status == TG_OK; i++)
        mix(step, square, (double)count, rate * horizon * (double)i / (double)(n - 1),
            &mean[i], &second[i]);
    free(step);
    return status;
}

double
tg_lattice_groups_rate(const tg_lattice_groups *l)
{
    double sum = 0;

    for (size_t g = 0; g < l->groups; g++) {
        double most = 0;
        for (int p = 0; p < l->group[g].law.n; p++) {
            double out = l->group[g].law.leave[p];
            for (int q = 0; q < l->group[g].law.n; q++) out += l->group[g].law.move[p][q];
            most = fmax(most, out);
        }
        sum += (double)l->group[g].workers * most;
    }
    return sum;
}

tg_status
tg_lattice_groups_transient(const tg_lattice_groups *l, double x0, double horizon, size_t n,
                            double *mean, double *second)
{
    machine c = { .source = NULL };
    waiting w = { .there = NULL };

    if (n < 2 || !(horizon > 0) || !isfinite(horizon) || !isfinite(x0))
        return tg_fail(TG_EDOMAIN, "expected a horizon > 0 and two points, got %g, %zu",
                       horizon, n);
    tg_status status = open_machine(l, x0, &c);
    if (status == TG_OK) status = open_waiting(l, &c.m, x0, &w);
    if (status == TG_OK)
        status = l->waits || tg_lattice_groups_rate(l) * horizon < MANY_EVENTS
                     ? by_events(l, &w, horizon, n, &c, mean, second)
                     : integrate(x0, horizon, n, &c, mean, second);
    close_waiting(&w);
    dismantle(&c);
    return status;
}
