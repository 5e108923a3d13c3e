/* What is computed by libraries comes out the same when several threads ask at once, the first time too. */
#include "validation/unit/check.h"
#include "validation/unit/clusters.h"

#include "asgd/theory/predict.h"
#include "core/parallel.h"
#include "roots/zroots.h"
#include "solver/coupled.h"
#include "solver/exponential.h"
#include "solver/ring.h"
#include "solver/zgrid.h"

#include <sys/wait.h>
#include <unistd.h>

enum { JOBS = 1800, THREADS = 4, NUMBERS = 64, KINDS = 6 };

/* dgemm, dgemv, dgesv and dgeev. */
static tg_status
moments(double *x)
{
    const double   workers[3] = { 2, 3, 4 }, rate[3] = { .5, 1, .2 };
    tg_linear_rule rule;

    TG_TRY(tg_linear_make("heavy_ball", .01, 1, 9, .5, &rule));
    const tg_exponential e = { rule, 3, workers, rate, NULL, .3 };
    TG_TRY(tg_exponential_stationary(&e, &x[0], &x[1], &x[2], &x[3]));
    return tg_exponential_transient(&e, 1, 10, 20, x + 4, x + 24);
}

/* dhseqr. */
static tg_status
zeros(double *x)
{
    double p[40];

    for (int i = 0; i < 40; i++) p[i] = 1. / 40;
    const tg_clock c = { .step = .02, .beta = .3, .staleness = p, .count = 40 };
    return tg_zroots_radius(&c, x);
}

/* dsyevd. */
static tg_status
coupled(double *x)
{
    double h[40], energy[40];

    for (int i = 0; i < 40; i++) energy[i] = 1 / (h[i] = 1 + .1 * i);
    const tg_coupled c = { 40, h, energy, .001, 4, .2 };
    return tg_coupled_floor(&c, &x[0], x + 1, &x[50]);
}

/* FFTW's planner and its transforms. */
static tg_status
ring(double *x)
{
    double          y[50];
    double complex *X = malloc(256 * sizeof *X);
    tg_ring        *r = NULL;

    for (int i = 0; i < 50; i++) y[i] = cos(i);
    TG_TRY(X ? TG_OK : TG_ENOMEM);
    TG_TRY(tg_ring_create(50, 1, &r));
    tg_ring_forward(r, y, X);
    tg_ring_back(r, X, x);
    tg_ring_free(r);
    free(X);
    return TG_OK;
}

static tg_status
grid(double *x)
{
    tg_zgrid *g = NULL;

    TG_TRY(tg_zgrid_create(.1, 100, &g));
    x[0] = cabs(g->s[7]);
    tg_zgrid_free(g);
    return TG_OK;
}

static tg_status
staleness(double *x)
{
    tg_cluster     *c = cluster_of("{law: gamma, mean: 1, shape: 2}", 12);
    const tg_status status = tg_predict_staleness(c, x, NUMBERS);

    tg_cluster_free(c);
    return status;
}

static tg_status (*const kind[KINDS])(double *) = { moments, zeros, coupled,
                                                    ring,    grid,  staleness };

static tg_status
ask(size_t index, size_t thread, void *context)
{
    double(*out)[NUMBERS] = context;

    (void)thread;
    return kind[index % KINDS](out[index]);
}

/* How many answers differ from those that one thread gets afterwards. */
static int
differing(void)
{
    static double out[JOBS][NUMBERS], alone[KINDS][NUMBERS];
    int           differ = tg_parallel_run(JOBS, THREADS, ask, out, NULL) != TG_OK;

    for (size_t k = 0; k < KINDS; k++) differ += kind[k](alone[k]) != TG_OK;
    for (size_t i = 0; i < JOBS; i++)
        differ += memcmp(out[i], alone[i % KINDS], sizeof *out) != 0;
    return differ;
}

/* In processes that have called nothing yet. */
static void
test_same_bits(void **state)
{
    (void)state;
    for (int again = 0; again < 6; again++) {
        const pid_t child = fork();
        int         status = 0;
        if (child == 0) _exit(differing() ? 1 : 0);
        assert_true(child > 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_same_bits) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
