/* CVODE holds the error of a step, e, below its tolerance; with order q the number of steps
 * is as e^(-1/(q+1)), so that the error of the solution, steps times e, falls as
 * e^(q/(q+1)) only: at 1e-10 it is hundreds of tolerances. For the error to be as the
 * tolerance at q = 5, CVODE is asked for 0.3 tolerance^(6/5). Starting afresh adds errors
 * of order 1: at thousands of kinks they are more than what the kinks themselves would do.
 */
#include "solver/dde_stiff.h"

#include "solver/dde_solution.h"

#include "core/parallel.h"

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#define ORDER     5
#define KINKS_MAX 128 /* with t0; a level with more is left out whole */
#define STEPS_MAX 1000000

typedef struct kinks {
    size_t count;
    double t[KINKS_MAX + 1]; /* ascending, no two the same */
} kinks;

typedef struct machine {
    const tg_dde    *eq;
    tg_dde_solution *s;
    double          *past, *coef; /* (m, n), (ORDER + 1, n) */
    size_t          *hint;
    double           t0, t1;
    kinks           *lists; /* (3) to make */
    const double    *kink;  /* (kinks) ascending, ends with t1 */
    size_t           kinks;
    tg_status        failure; /* of a callback */
    size_t           lost;    /* 1 + the component whose slope was not finite at lost_at */
    double           lost_at;
    SUNContext       context;
    N_Vector         x, slope;
    SUNMatrix        matrix;
    SUNLinearSolver  solver;
    void            *cvode;
} machine;

/* 1 asks CVODE for a smaller step, -1 ends the run. */
static int
right_side(realtype t, N_Vector x, N_Vector slope, void *data)
{
    machine      *m = data;
    const tg_dde *eq = m->eq;

    m->s->evaluations++;
    for (size_t j = 0; j < eq->delays && m->failure == TG_OK; j++)
        m->failure = tg_dde_look(m->s, t - eq->tau[j], &m->hint[j], m->past + j * eq->dim);
    if (m->failure == TG_OK)
        m->failure = eq->slope(t, N_VGetArrayPointer(x), m->past, N_VGetArrayPointer(slope),
                               eq->context);
    if (m->failure != TG_OK) return -1;
    for (size_t i = 0; i < eq->dim; i++)
        if (!isfinite(N_VGetArrayPointer(slope)[i])) {
            m->lost = i + 1;
            m->lost_at = t;
            return 1;
        }
    return 0;
}

/* into = those of `some` and of base + tau before t1, one of each; 0 where they are too
 * many. */
static int
merge(const machine *m, const kinks *some, const kinks *base, double tau, kinks *into)
{
    const double last = m->t1 - tg_dde_blur(m->t1 - m->t0, m->t1);

    into->count = 0;
    for (size_t i = 0, k = 0; i < some->count || k < base->count;) {
        const double own = i < some->count ? some->t[i] : INFINITY;
        const double moved = k < base->count ? base->t[k] + tau : INFINITY;
        const double next = fmin(own, moved);
        *(own <= moved ? &i : &k) += 1;
        if (!(next < last)) break;
        if (into->count > 0 &&
            next - into->t[into->count - 1] <= tg_dde_blur(m->t1 - m->t0, next))
            continue;
        if (into->count == KINKS_MAX) return 0;
        into->t[into->count++] = next;
    }
    return 1;
}

/* t0 + sums of up to `level` delays, level by level up to ORDER or as far as there is room
 * for all; t0 itself, the first, is left out, and the last is t1. */
static void
list_kinks(machine *m)
{
    kinks *whole = m->lists, *some = whole + 1, *into = whole + 2;

    *whole = (kinks){ .count = 1, .t = { m->t0 } };
    for (int level = 1, room = 1; level <= ORDER && room; level++) {
        *some = *whole;
        for (size_t j = 0; j < m->eq->delays && room; j++) {
            kinks *const swap = some;
            room = merge(m, some, whole, m->eq->tau[j], into);
            some = into;
            into = swap;
        }
        if (room) *whole = *some;
    }
    whole->t[whole->count] = m->t1;
    m->kink = whole->t + 1;
    m->kinks = whole->count;
}

/* The step just taken, [begin, t], as powers of u = (. - begin)/h - 1/2: derivatives d_k at
 * t give sum_k d_k h^k (u - 1/2)^k / k!. */
static tg_status
store_step(machine *m, double t)
{
    tg_dde_solution *s = m->s;
    const size_t     n = m->eq->dim;
    const double     h = t - s->begin[s->count];
    double           scale = 1;
    int              order = 0;

    if (CVodeGetLastOrder(m->cvode, &order)) order = 0;
    memset(m->coef, 0, (ORDER + 1) * n * sizeof *m->coef);
    for (int k = 0; k <= order; k++, scale *= h / k) {
        double term = scale; /* binomial(k, l) (-1/2)^(k-l) scale, from l = k down */
        if (CVodeGetDky(m->cvode, t, k, m->slope))
            return tg_fail(TG_ENOCONV, "no derivative %d at t = %g", k, t);
        for (int l = k; l >= 0; l--) {
            for (size_t i = 0; i < n; i++)
                m->coef[(size_t)l * n + i] += term * N_VGetArrayPointer(m->slope)[i];
            term *= -0.5 * l / (k - l + 1);
        }
    }
    TG_TRY(tg_dde_append_powers(s, h, m->coef));
    s->begin[s->count] = t; /* without rounding */
    return TG_OK;
}

/* A slope that is not finite is no failure until no smaller step goes past it. */
static tg_status
gave_up(const machine *m, double t, int code)
{
    if (m->lost)
        return tg_fail(TG_EDIVERGED, "the slope of x[%zu] is not finite at t = %g",
                       m->lost - 1, m->lost_at);
    if (code < 0) return tg_fail(TG_ENOCONV, "CVODE gave up at t = %g (%d)", t, code);
    return tg_dde_too_small(m->t1 - m->t0, t, "singular");
}

/* One step of CVODE, stored; *ended by an event. */
static tg_status
advance(machine *m, double stop, double *t, int *ended)
{
    const double begin = *t;
    const int    code = CVode(m->cvode, stop, m->x, t, CV_ONE_STEP);

    if (m->failure != TG_OK) return m->failure;
    if (code < 0 || !(*t > begin)) return gave_up(m, begin, code);
    if (*t > m->lost_at) m->lost = 0;
    for (size_t i = 0; i < m->eq->dim; i++)
        if (!isfinite(N_VGetArrayPointer(m->x)[i]))
            return tg_fail(TG_EDIVERGED, "x[%zu] left the finite range at t = %g", i, *t);
    if (m->s->count >= STEPS_MAX)
        return tg_fail(TG_ENOCONV, "%d steps were not enough, they end at t = %g",
                       STEPS_MAX, begin);
    TG_TRY(store_step(m, *t));
    return tg_dde_watch(m->s, ended);
}

static tg_status
run(machine *m)
{
    double t = m->s->begin[0];
    int    ended = 0;

    TG_TRY(tg_dde_watch_begin(m->s));
    for (size_t k = 0; k < m->kinks && !ended; k++) {
        const double stop = m->kink[k];
        if (CVodeReInit(m->cvode, t, m->x) || CVodeSetStopTime(m->cvode, stop))
            return tg_fail(TG_ENOCONV, "CVODE could not start at t = %g", t);
        while (t < stop && !ended) {
            TG_TRY(tg_stop_check());
            TG_TRY(advance(m, stop, &t, &ended));
        }
    }
    return TG_OK;
}

static void
silent(int code, const char *module, const char *function, char *message, void *data)
{
    (void)code, (void)module, (void)function, (void)message, (void)data;
}

static tg_status
assemble(machine *m, double relative, double absolute)
{
    const sunindextype n = (sunindextype)m->eq->dim;
    const double tighter = fmax(0.3 * pow(relative, 0.2), 1e-14 / relative); /* see head */
    double       shortest = INFINITY;

    for (size_t j = 0; j < m->eq->delays; j++) shortest = fmin(shortest, m->eq->tau[j]);
    m->past = calloc(m->eq->delays * m->eq->dim + 1, sizeof *m->past);
    m->coef = calloc((ORDER + 1) * m->eq->dim, sizeof *m->coef);
    m->hint = calloc(m->eq->delays + 1, sizeof *m->hint);
    m->lists = malloc(3 * sizeof *m->lists);
    if (!m->past || !m->coef || !m->hint || !m->lists ||
        SUNContext_Create(NULL, &m->context) || !(m->x = N_VNew_Serial(n, m->context)) ||
        !(m->slope = N_VNew_Serial(n, m->context)) ||
        !(m->matrix = SUNDenseMatrix(n, n, m->context)) ||
        !(m->solver = SUNLinSol_Dense(m->x, m->matrix, m->context)) ||
        !(m->cvode = CVodeCreate(CV_BDF, m->context)))
        return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(tg_dde_solution_create(m->eq, ORDER, m->t0, &m->s));
    TG_TRY(tg_dde_begin(m->eq, m->t0, N_VGetArrayPointer(m->x)));
    list_kinks(m);
    if (CVodeSetErrHandlerFn(m->cvode, silent, NULL) ||
        CVodeInit(m->cvode, right_side, m->t0, m->x) ||
        CVodeSStolerances(m->cvode, tighter * relative, tighter * absolute) ||
        CVodeSetUserData(m->cvode, m) ||
        CVodeSetMaxStep(m->cvode, isfinite(shortest) ? shortest : 0) ||
        CVodeSetLinearSolver(m->cvode, m->solver, m->matrix))
        return tg_fail(TG_ENOCONV, "CVODE refused the equation");
    return TG_OK;
}

static void
dismantle(machine *m)
{
    if (m->cvode) CVodeFree(&m->cvode);
    if (m->solver) SUNLinSolFree(m->solver);
    if (m->matrix) SUNMatDestroy(m->matrix);
    if (m->slope) N_VDestroy(m->slope);
    if (m->x) N_VDestroy(m->x);
    if (m->context) SUNContext_Free(&m->context);
    free(m->past);
    free(m->coef);
    free(m->hint);
    free(m->lists);
}

tg_status
tg_dde_stiff_solve(const tg_dde *eq, double t0, double t1, double relative, double absolute,
                   tg_dde_solution **out)
{
    machine m = { .eq = eq, .t0 = t0, .t1 = t1 };

    TG_TRY(tg_dde_check(eq, t0, t1, relative, absolute));
    if (eq->delays && !eq->tau)
        return tg_fail(TG_EDOMAIN, "the stiff path takes constant delays only");
    for (size_t j = 0; j < eq->delays; j++)
        if (!(eq->tau[j] > 0))
            return tg_fail(TG_EDOMAIN, "delay %zu must be > 0, got %g", j, eq->tau[j]);
    tg_status status = assemble(&m, relative, absolute);
    if (status == TG_OK) status = run(&m);
    dismantle(&m);
    if (status == TG_OK)
        *out = m.s;
    else
        tg_dde_solution_free(m.s);
    return status;
}
