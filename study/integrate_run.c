#include "study/integrate.h"

#include "solver/exact.h"
#include "solver/moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static tg_status
drift(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    const tg_integration *j = context;

    (void)t;
    for (size_t i = 0; i < j->modes; i++)
        for (size_t k = i * count; k < (i + 1) * count; k++)
            out[k] = -j->linear[i].b * x[k] - j->linear[i].a * past[k];
    return TG_OK;
}

static tg_status
diffusion(size_t count, double t, const double *x, const double *past, double *out,
          void *context)
{
    const tg_integration *j = context;

    (void)t, (void)x, (void)past;
    for (size_t k = 0; k < j->modes * count; k++) out[k] = j->linear[k / count].g;
    return TG_OK;
}

static tg_status
history(double t, double *x, void *context)
{
    const tg_integration *j = context;

    (void)t;
    for (size_t i = 0; i < j->modes; i++) x[i] = j->linear[i].x0;
    return TG_OK;
}

/* (rows, modes) into (modes, rows) */
static tg_status
turn(tg_stats *s, size_t rows, size_t modes)
{
    tg_stats *copy = malloc(rows * modes * sizeof *copy);

    if (!copy) return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(copy, s, rows * modes * sizeof *copy);
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < modes; i++) s[i * rows + r] = copy[r * modes + i];
    free(copy);
    return TG_OK;
}

tg_sdde
tg_integrate_equation(const tg_integration *j)
{
    return (tg_sdde){ .dim = j->modes,
                      .delays = 1,
                      .noises = j->modes,
                      .diagonal = 1,
                      .tau = &j->linear[0].tau,
                      .law = j->law,
                      .meaning = (tg_random_delay)j->meaning,
                      .drift = drift,
                      .diffusion = diffusion,
                      .history = history,
                      .context = (void *)j };
}

tg_jump
tg_integrate_arrivals(const tg_integration *j)
{
    return (tg_jump){ .mode = j->jump,
                      .modes = j->modes,
                      .eta = j->eta,
                      .lambda = j->lambda,
                      .delay = j->law,
                      .paths = j->paths,
                      .interval = j->step * (double)j->every,
                      .rows = tg_integrate_rows(j),
                      .seed = j->seed };
}

/* The run in the four forms it may take. */
typedef struct forms {
    tg_sdde     eq;
    tg_sdde_run general;
    tg_ensemble linear;
    tg_jump     arrivals;
} forms;

static void
fill(const tg_integration *j, const tg_observe *watch, forms *f)
{
    const size_t steps = j->every * (tg_integrate_rows(j) - 1);

    f->eq = tg_integrate_equation(j);
    f->general = (tg_sdde_run){ .eq = &f->eq,
                                .method = j->method,
                                .paths = j->paths,
                                .steps = steps,
                                .every = j->every,
                                .dt = j->step,
                                .seed = j->seed,
                                .observe = watch };
    f->linear = (tg_ensemble){ .mode = j->linear,
                               .modes = j->modes,
                               .paths = j->paths,
                               .dt = j->step,
                               .steps = steps,
                               .every = j->every,
                               .seed = j->seed,
                               .single = j->single,
                               .observe = watch };
    f->arrivals = tg_integrate_arrivals(j);
    f->arrivals.observe = watch;
}

static int
plain_euler(const tg_integration *j)
{
    return j->meaning == TG_DELAY_CONSTANT && !strcmp(j->method->name, "euler");
}

double
tg_integrate_memory(const tg_integration *j, const tg_observe *watch)
{
    forms f;

    fill(j, watch, &f);
    if (j->meaning == TG_MEANING_ARRIVAL) return tg_jump_memory(&f.arrivals);
    if (j->exact) return tg_exact_memory(&f.linear);
    return plain_euler(j) ? tg_ensemble_memory(&f.linear) : tg_sdde_memory(&f.general);
}

static tg_status
run_general(const tg_sdde_run *r, size_t rows, tg_stats *s)
{
    const tg_status status = tg_sdde_solve(r, s, NULL);

    if (status != TG_OK && status != TG_ESTOP) return status;
    TG_TRY(turn(s, rows, r->eq->dim));
    return status;
}

tg_status
tg_integrate_run(const tg_integration *j, const tg_observe *watch, tg_stats *s)
{
    forms f;

    fill(j, watch, &f);
    if (j->meaning == TG_MEANING_ARRIVAL) return tg_jump_run(&f.arrivals, s);
    if (j->exact) return tg_exact_run(&f.linear, s, NULL);
    if (plain_euler(j)) return tg_ensemble_run(&f.linear, s, NULL);
    return run_general(&f.general, tg_integrate_rows(j), s);
}

/* F of a Gaussian mode: mean h (m^2 + v) / 2, variance h^2 (v^2 / 2 + m^2 v). */
static void
add_mode(const tg_integration *j, size_t i, size_t rows, const double *y,
         const double *second, double *mean, double *square)
{
    for (size_t r = 0; r < rows; r++) {
        const double v = fmax(second[r] - y[r] * y[r], 0);
        const double m = y[r] + (j->shift ? j->shift[i] : 0), h = j->h ? j->h[i] : 0;
        mean[r] += j->h ? h * (m * m + v) / 2 : m;
        square[r] += j->h ? h * h * (v * v / 2 + m * m * v) : v;
    }
}

tg_status
tg_integrate_predict(const tg_integration *j, double *mean, double *sd)
{
    const size_t rows = tg_integrate_rows(j);
    const double end = j->step * (double)(j->every * (rows - 1));
    const int    arrival = j->meaning == TG_MEANING_ARRIVAL;
    tg_status    status = TG_OK;

    for (size_t r = 0; r < rows; r++)
        mean[r] = sd[r] = j->meaning == TG_DELAY_PATH ? NAN : 0;
    if (j->meaning == TG_DELAY_PATH) return TG_OK;
    double *y = calloc(2 * rows, sizeof *y);
    if (!y) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; status == TG_OK && i < j->modes; i++) {
        const tg_linear *l = &j->linear[i];
        const tg_mode    m = { .loop = { .a = l->a, .b = l->b, .delay = j->law },
                               .noise = l->g * l->g,
                               .jump = arrival ? l->a * l->a / j->lambda : 0 };
        status = tg_moments_follow(&m, l->x0, end, rows, 0, NULL, y, y + rows);
        add_mode(j, i, rows, y, y + rows, mean, sd);
    }
    for (size_t r = 0; r < rows; r++) {
        sd[r] = arrival && j->h ? NAN : sqrt(sd[r]); /* not Gaussian: unknown */
        if (status != TG_OK) mean[r] = sd[r] = NAN;
    }
    free(y);
    return status == TG_ENOMEM ? status : TG_OK;
}
