/* b_roots: finder, verdicts and charts against their targets; residuals beside the times.
 * Baseline, in the same process: a plain finder, Newton from a 64 x 64 mesh of starts
 * without any proof, and a chart that solves every cell from scratch.
 */
#include "roots/chart.h"
#include "roots/find.h"
#include "roots/system.h"
#include "roots/threshold.h"
#include "validation/bench/bench.h"

enum { SIDE = 200 };

static int failures;

/* In milliseconds; what was found stands below. */
static void
show(const char *name, timing t, double bound, double baseline, double residual,
     double allowed, const char *note)
{
    failures += report(name, t, 1e3, "ms", bound, baseline / t.min, residual, allowed);
    printf("    %s\n", note);
}

typedef struct find_case {
    const char *law;
    double      a, line;
    size_t      count;
    double      bound; /* ms */
    tg_loop     loop;
    tg_roots    roots;
    size_t      plain;
} find_case;

static void
find_all(void *context)
{
    find_case *c = context;

    tg_roots_free(&c->roots);
    if (tg_roots_right_of(&c->loop, c->line, &c->roots) != TG_OK)
        printf("%s\n", tg_message());
}

/* The baseline: starts on a mesh over the half-disc that holds all roots; duplicates
 * dropped. */
static void
find_plainly(void *context)
{
    find_case            *c = context;
    static double complex found[4096];
    double complex        open = tg_loop_value(&c->loop, c->line, NULL) - c->line;
    const double          reach = cabs(open);
    size_t                n = 0;

    for (int i = 0; i < 64; i++)
        for (int j = 0; j < 64; j++) {
            double complex s =
                c->line + (fmin(reach, 4) - c->line) * i / 63 + I * reach * j / 63;
            if (tg_root_polish(&c->loop, &s) != TG_OK || creal(s) < c->line) continue;
            size_t k = 0;
            while (k < n && cabs(found[k] - s) > 1e-9) k++;
            if (k == n && n < 4096) found[n++] = s;
        }
    c->plain = n;
}

static void
run_find(find_case *c)
{
    tg_delay *d = NULL;
    char      note[96];

    if (tg_delay_parse(c->law, &d) != TG_OK) return;
    c->loop = (tg_loop){ .a = c->a, .delay = d };
    const timing t = measure(find_all, c, 1), base = measure(find_plainly, c, 1);
    snprintf(note, sizeof note, "%zu of %zu roots, %s, %zu evaluations; plain mesh: %zu",
             c->roots.certificate.found, c->count, c->roots.certificate.method,
             c->roots.certificate.evaluations, c->plain);
    if (c->roots.certificate.found != c->count) failures++;
    show(c->law, t, c->bound, base.min, c->roots.certificate.backward, 1e-12, note);
    tg_roots_free(&c->roots);
    tg_delay_free(d);
}

typedef struct one_delay {
    tg_loop      loop;
    tg_rightmost r;
} one_delay;

enum { ASKED = 1000 };

static void
ask_rightmost(void *context)
{
    one_delay *c = context;

    for (int i = 0; i < ASKED; i++)
        if (tg_loop_rightmost(&c->loop, &c->r) != TG_OK) printf("%s\n", tg_message());
}

/* One constant delay. The baseline is SciPy's lambertw without a certificate, as published
 * for the design document's machine. */
static void
run_rightmost(void)
{
    static const double SCIPY = 1.1e-6;
    one_delay           c = { .loop = { .a = 1 } };
    tg_delay           *d = NULL;

    if (tg_delay_parse("{law: constant, value: 1}", &d) != TG_OK) return;
    c.loop.delay = d;
    timing t = measure(ask_rightmost, &c, 1);
    t.min /= ASKED;
    t.median /= ASKED;
    show("rightmost root, one constant delay", t, 0.001, SCIPY,
         cabs(c.r.s - (-0.31813150520476413 + 1.3372357014306894 * I)), 1e-15,
         "baseline: SciPy's lambertw, 1.1 us published");
    tg_delay_free(d);
}

typedef struct chart_case {
    const char   *name, *law;
    double        bound; /* ms */
    tg_delay     *delay;
    int           constant;
    tg_chart_cell cell[SIDE * SIDE];
    size_t        proved;
} chart_case;

/* x: a in .02 .. 3; y: b in 0 .. 1. */
static tg_status
damping_loop(double x, double y, void *context, tg_loop *out)
{
    chart_case *c = context;

    *out = (tg_loop){ .a = x, .b = y, .delay = c->delay };
    return TG_OK;
}

static tg_chart_plan
plan_of(chart_case *c)
{
    return (tg_chart_plan){ .x = { 0.02, 3, SIDE, 0 },
                            .y = { 0, 1, SIDE, 0 },
                            .loop = damping_loop,
                            .context = c };
}

static void
fill_chart(void *context)
{
    chart_case         *c = context;
    const tg_chart_plan p = plan_of(c);

    if (tg_chart_grid(&p, c->cell, &c->proved) != TG_OK) printf("%s\n", tg_message());
}

static void
fill_from_scratch(void *context)
{
    chart_case         *c = context;
    const tg_chart_plan p = plan_of(c);

    for (size_t k = 0; k < SIDE * SIDE; k += 16) { /* a sixteenth of the cells */
        tg_loop      l;
        tg_rightmost r;
        if (p.loop(tg_chart_value(&p.x, k % SIDE), tg_chart_value(&p.y, k / SIDE), c, &l) ==
                TG_OK &&
            tg_loop_rightmost(&l, &r) != TG_OK)
            printf("%s\n", tg_message());
    }
}

/* Largest difference from solving the cell by itself, on cells the chart did not prove. */
static double
chart_error(chart_case *c)
{
    const tg_chart_plan p = plan_of(c);
    double              worst = 0;

    for (size_t k = 0; k < SIDE * SIDE; k += 97) {
        tg_loop      l;
        tg_rightmost r;
        if (p.loop(tg_chart_value(&p.x, k % SIDE), tg_chart_value(&p.y, k / SIDE), c, &l) !=
                TG_OK ||
            tg_loop_rightmost(&l, &r) != TG_OK)
            return INFINITY;
        if (hypot(cimag(r.s), creal(r.s) + 1) > 1e-3) /* not beside a double root */
            worst = fmax(worst, fabs(creal(r.s) - c->cell[k].re));
    }
    return worst;
}

static void
run_chart(chart_case *c)
{
    char note[64];

    if (tg_delay_parse(c->law, &c->delay) != TG_OK) return;
    const timing t = measure(fill_chart, c, 1), base = measure(fill_from_scratch, c, 1);
    snprintf(note, sizeof note, "%zu of %d cells proved", c->proved, SIDE * SIDE);
    show(c->name, t, c->bound, 16 * base.min, chart_error(c), 1e-9, note);
    tg_delay_free(c->delay);
}

typedef struct trace_case {
    tg_delay      *delay;
    tg_chart_curve curve;
} trace_case;

static tg_status
gain_loop(double x, double y, void *context, tg_loop *out)
{
    trace_case *c = context;

    *out = (tg_loop){ .a = x, .b = y, .delay = c->delay };
    return TG_OK;
}

static void
trace(void *context)
{
    trace_case         *c = context;
    const tg_chart_plan p = {
        .x = { 0.1, 4, 2, 0 }, .y = { 0, 3, 2, 0 }, .loop = gain_loop, .context = c
    };

    tg_chart_curve_free(&c->curve);
    if (tg_chart_trace(&p, (tg_chart_point){ 1.6, 0, 1.6 }, 0.0045, 400, &c->curve) !=
        TG_OK)
        printf("%s\n", tg_message());
}

/* The baseline: the threshold of every point's row by itself. */
static void
thresholds(void *context)
{
    trace_case *c = context;

    for (size_t i = 0; i < c->curve.count; i++) {
        const tg_loop l = { .a = 1, .b = c->curve.point[i].y, .delay = c->delay };
        tg_threshold  k;
        if (tg_loop_threshold(&l, &k) != TG_OK) printf("%s\n", tg_message());
    }
}

/* s + b + a e^{-s}: a = w/sin w, b = -w cot w. */
static void
run_trace(void)
{
    trace_case c = { 0 };
    double     worst = 0;
    char       note[64];

    if (tg_delay_parse("{law: constant, value: 1}", &c.delay) != TG_OK) return;
    const timing t = measure(trace, &c, 1), base = measure(thresholds, &c, 1);
    for (size_t i = 0; i < c.curve.count; i++) {
        const tg_chart_point q = c.curve.point[i];
        worst = fmax(worst, fabs(q.x - q.w / sin(q.w)) + fabs(q.y + q.w / tan(q.w)));
    }
    snprintf(note, sizeof note, "%zu points, %zu | %zu unstable", c.curve.count,
             c.curve.unstable[0], c.curve.unstable[1]);
    show("boundary curve in (a, b), constant", t, 2, base.min, worst, 1e-9, note);
    tg_chart_curve_free(&c.curve);
    tg_delay_free(c.delay);
}

enum { MOST_UNKNOWNS = 40 };

typedef struct system_case {
    tg_system      system;
    tg_system_term term[2];
    double         matrix[3][MOST_UNKNOWNS * MOST_UNKNOWNS];
    tg_roots       roots;
    size_t         count;
} system_case;

static void
find_system(void *context)
{
    system_case *c = context;

    tg_roots_free(&c->roots);
    if (tg_system_roots(&c->system, -3, &c->roots) != TG_OK) printf("%s\n", tg_message());
}

static void
count_system(void *context)
{
    system_case *c = context;

    if (tg_system_count(&c->system, -3, &c->count) != TG_OK) printf("%s\n", tg_message());
}

/* validation/reference: 5 x 5, delays 1 and .37, 25 roots; the same matrices with more rows. The
 * baseline is the count alone. */
static void
run_system(int n, size_t roots, double bound)
{
    static system_case c;
    tg_delay          *d[2] = { NULL, NULL };
    char               name[64], note[96];

    for (int i = 1; i <= n; i++)
        for (int j = 1; j <= n; j++) {
            const int k = (i - 1) * n + j - 1;
            c.matrix[0][k] = (i == j ? -(1 + 0.2 * i) : 0) + 0.1 * cos(i + 2 * j);
            c.matrix[1][k] = 0.5 * sin(i * j);
            c.matrix[2][k] = 0.4 * cos(i * (j + 1));
        }
    if (tg_delay_parse("{law: constant, value: 1}", &d[0]) == TG_OK &&
        tg_delay_parse("{law: constant, value: 0.37}", &d[1]) == TG_OK) {
        for (int l = 0; l < 2; l++) c.term[l] = (tg_system_term){ d[l], c.matrix[l + 1] };
        c.system = (tg_system){ (size_t)n, c.matrix[0], c.term, 2 };
        const timing t = measure_few(find_system, &c, n > 20 ? 1 : REPEATS),
                     base = measure_few(count_system, &c, n > 20 ? 1 : REPEATS);
        snprintf(name, sizeof name, "%d x %d system, two delays (baseline: count)", n, n);
        snprintf(note, sizeof note, "%zu of %zu roots, winding %zu",
                 c.roots.certificate.found, roots, c.count);
        failures += c.roots.certificate.found != roots || c.count != roots;
        show(name, t, bound, base.min, c.roots.certificate.backward, 1e-13, note);
        tg_roots_free(&c.roots);
    }
    tg_delay_free(d[0]);
    tg_delay_free(d[1]);
}

int
main(void)
{
    static find_case find[] = {
        { .law = "{law: constant, value: 1}",
          .a = 1,
          .line = -3,
          .count = 6,
          .bound = 0.05 },
        { .law = "{law: constant, value: 2}",
          .a = 1,
          .line = -3,
          .count = 258,
          .bound = 0.04 },
        { .law = "{mixture: [{weight: 1, law: constant, value: 2}]}",
          .a = 1,
          .line = -3,
          .count = 258,
          .bound = 5 },
        { .law = "{mixture: [{weight: 1, law: constant, value: 2}]}",
          .a = 1,
          .line = -4,
          .count = 1898,
          .bound = 20 },
        { .law = "{law: uniform, min: 0.5, max: 1.5}",
          .a = 1,
          .line = -8.46,
          .count = 272,
          .bound = 40 },
        { .law = "{law: uniform, min: 0.5, max: 1.5}",
          .a = 1,
          .line = -3,
          .count = 4,
          .bound = 0.3 },
        { .law = "{law: gamma, shape: 3, mean: 0.5}",
          .a = 1,
          .line = -8,
          .count = 4,
          .bound = 0.3 },
    };
    static chart_case chart[] = {
        { .name = "chart 200 x 200, constant",
          .law = "{law: constant, value: 1}",
          .bound = 1 },
        { .name = "chart 200 x 200, gamma(4)",
          .law = "{law: gamma, shape: 4, mean: 1}",
          .bound = 20 },
        { .name = "chart 200 x 200, uniform",
          .law = "{law: uniform, min: 0.5, max: 1.5}",
          .bound = 40 },
        { .name = "chart 200 x 200, gamma(2.5)",
          .law = "{law: gamma, shape: 2.5, mean: 1}",
          .bound = 40 },
        { .name = "chart 200 x 200, weibull(2) by quadrature",
          .law = "{law: weibull, shape: 2, mean: 1}",
          .bound = 30 },
    };

    report_header();
    for (size_t i = 0; i < sizeof find / sizeof *find; i++) run_find(&find[i]);
    run_rightmost();
    for (size_t i = 0; i < sizeof chart / sizeof *chart; i++) run_chart(&chart[i]);
    run_trace();
    run_system(5, 25, 5);
    run_system(20, 217, 100);
    run_system(40, 482, 10000);
    return failures > 0;
}
