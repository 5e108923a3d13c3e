/* Mackey-Glass blood cells with noise, dX = (0.2 X(t-17)/(1 + X(t-17)^10) - 0.1 X) dt + g
 * dW, against the installed library:
 *
 *     cc mackey_glass.c $(pkg-config --cflags --libs tardigrad) -lm -o mackey_glass
 *
 * Prints time, mean and standard deviation over 1000 paths, and the path without noise.
 */
#include <solver/dde.h>
#include <solver/sdde.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATHS = 1000, STEPS = 3000, EVERY = 100, ROWS = STEPS / EVERY + 1 };

static double
production(double x)
{
    const double x2 = x * x, x4 = x2 * x2;

    return 0.2 * x / (1 + x4 * x4 * x2);
}

/* For a block of paths: a plain loop, which the compiler turns into vector instructions. */
static tg_status
drift(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = production(past[k]) - 0.1 * x[k];
    return TG_OK;
}

static tg_status
diffusion(size_t count, double t, const double *x, const double *past, double *out,
          void *context)
{
    const double g = *(const double *)context;

    (void)t, (void)x, (void)past;
    for (size_t k = 0; k < count; k++) out[k] = g;
    return TG_OK;
}

static tg_status
slope(double t, const double *x, const double *past, double *dx, void *context)
{
    return drift(1, t, x, past, dx, context);
}

static tg_status
history(double t, double *x, void *context)
{
    (void)t, (void)context;
    *x = 0.5;
    return TG_OK;
}

static int
fail(void)
{
    fprintf(stderr, "%s\n", tg_message());
    return 1;
}

int
main(void)
{
    const double     tau = 17;
    double           g = 0.02, x;
    tg_stats         stats[ROWS];
    tg_dde_solution *s = NULL;
    const tg_dde     quiet = {
            .dim = 1, .delays = 1, .slope = slope, .tau = &tau, .history = history
    };
    const tg_sdde     noisy = { .dim = 1,
                                .delays = 1,
                                .noises = 1,
                                .diagonal = 1,
                                .tau = &tau,
                                .drift = drift,
                                .diffusion = diffusion,
                                .history = history,
                                .context = &g };
    const tg_sdde_run run = { .eq = &noisy,
                              .method = tg_sdde_method_find("rk"),
                              .paths = PATHS,
                              .steps = STEPS,
                              .every = EVERY,
                              .dt = 0.1,
                              .seed = 1 };

    if (tg_sdde_solve(&run, stats, NULL) != TG_OK) return fail();
    if (tg_dde_solve(&quiet, 0, 300, 1e-9, 1e-9, 0, &s) != TG_OK) return fail();
    printf("t,mean,sd,quiet\n");
    for (int i = 0; i < ROWS; i++) {
        if (tg_dde_at(s, 10.0 * i, &x) != TG_OK) return fail();
        printf("%g,%.6f,%.6f,%.6f\n", 10.0 * i, stats[i].mean,
               sqrt(tg_stats_variance(&stats[i])), x);
    }
    tg_dde_solution_free(s);
    return 0;
}
