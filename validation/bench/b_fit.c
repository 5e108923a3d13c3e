/* Logs: what reading and fitting a million rows of a hundred thousand workers costs. The
 * baseline reads the same lines by strtod and keeps nothing. The residual is that of lambda,
 * which is known. */
#include "validation/bench/bench.h"

#include "asgd/traces/fitted.h"
#include "core/rng.h"

#include <unistd.h>

enum { WORKERS = 100000, ROWS = 10 };

typedef struct question {
    const char *path;
    double      rate;
} question;

static void
fit(void *context)
{
    question *q = context;
    tg_trace  t;
    tg_fitted f;

    must(tg_trace_read(q->path, &t));
    must(tg_fitted_of(&t, 1, &f));
    q->rate = f.rate;
    tg_fitted_free(&f);
    tg_trace_free(&t);
}

static void
plain(void *context)
{
    question *q = context;
    char      line[128];
    FILE     *f = fopen(q->path, "r");

    if (!f) exit(1);
    while (fgets(line, sizeof line, f)) {
        char        *comma = strchr(line, ',');
        const double start = comma ? strtod(comma + 1, &comma) : 0;
        q->rate += strtod(comma + 1, NULL) - start;
    }
    fclose(f);
}

/* Rows in turns of the workers, whose speeds are lognormal; returns sum 1/m_i. */
static double
write_log(const char *path)
{
    tg_rng  g = tg_rng_stream(11, TG_PURPOSE_TEST, 0);
    double *mean = malloc(2 * WORKERS * sizeof *mean), *now = mean + WORKERS, rate = 0;
    FILE   *f = fopen(path, "w");

    if (!mean || !f) exit(1);
    fputs("worker,start,end\n", f);
    for (int w = 0; w < WORKERS; w++) {
        now[w] = tg_rng_uniform(&g);
        rate += 1 / (mean[w] = exp(.5 * tg_rng_normal(&g)));
    }
    for (int i = 0; i < WORKERS * ROWS; i++) {
        const int    w = i % WORKERS;
        const double took = mean[w] * tg_rng_gamma(&g, 4) / 4;
        fprintf(f, "w%d,%.6f,%.6f\n", w, now[w], now[w] + took);
        now[w] += took;
    }
    fclose(f);
    free(mean);
    return rate;
}

int
main(void)
{
    char         path[] = "/tmp/tardigrad-bench-XXXXXX";
    question     q = { .path = path };
    const int    made = mkstemp(path);
    const double rate = made < 0 ? NAN : write_log(path);

    close(made);
    report_header();
    const timing t = measure(fit, &q, 1);
    const double found = q.rate;
    const timing base = measure(plain, &q, 1);
    unlink(path);
    return report("1e6 rows of 1e5 workers, read and fitted", t, 1, "s", 2,
                  base.min / t.min, fabs(found / rate - 1), 5e-3);
}
