#include "study/integrate.h"

#include "study/scene.h"

#include "solver/exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PATHS = 1000000 }; /* while a standard error is pursued */

const char *const tg_integrate_meanings[] = { "constant", "path", "step", "distributed",
                                              "arrival" };

static tg_status
allocate(tg_integration *j, size_t modes, int loss)
{
    j->modes = modes;
    j->linear = calloc(modes, sizeof *j->linear);
    j->jump = calloc(modes, sizeof *j->jump);
    j->h = loss ? calloc(modes, sizeof *j->h) : NULL;
    j->shift = loss ? calloc(modes, sizeof *j->shift) : NULL;
    if (j->linear && j->jump && (!loss || (j->h && j->shift))) return TG_OK;
    return tg_fail(TG_ENOMEM, "out of memory");
}

/* The study's algorithm of that label; without a label the first plain one. */
static tg_status
choose_algorithm(const tg_study *study, const char *label, size_t *chosen)
{
    const tg_algorithm *rule;

    for (size_t i = 0; i < study->algorithms; i++) {
        const char *name = study->algorithm[i].label;
        TG_TRY(tg_study_rule(study, i, &rule));
        if (label ? strcmp(label, name) != 0 : rule != &tg_asgd) continue;
        if (rule != &tg_asgd)
            return tg_fail(TG_EINPUT, "integrate knows plain asgd, not %s", rule->name);
        *chosen = i;
        return TG_OK;
    }
    if (!label) return tg_fail(TG_EINPUT, "the study has no algorithm asgd to integrate");
    return tg_fail(TG_EINPUT, "the study has no algorithm \"%s\"", label);
}

/* a = eta lambda h, g^2 = eta^2 lambda sigma^2; the spread of the workers' minima is noise
 * of an arriving gradient like any other. */
static tg_status
take_modes(tg_scene *s, size_t algorithm, tg_integration *j)
{
    TG_TRY(tg_scene_modes(s));
    TG_TRY(allocate(j, s->modes.count, 1));
    TG_TRY(tg_cluster_delay(s->cluster, &j->law));
    j->eta = s->study->algorithm[algorithm].step;
    j->lambda = tg_cluster_rate(s->cluster);
    for (size_t i = 0; i < j->modes; i++) {
        const double h = s->modes.h[i];
        const double sigma = sqrt(s->modes.sigma2[i] + h * h * s->modes.spread[i]);
        const double start = s->modes.start[i] - s->modes.shift[i];
        j->h[i] = h;
        j->shift[i] = s->modes.shift[i];
        j->jump[i] = (tg_jump_mode){ h, sigma, start };
        j->linear[i] = (tg_linear){ .a = j->eta * j->lambda * h,
                                    .g = j->eta * sigma * sqrt(j->lambda),
                                    .tau = tg_delay_mean(j->law),
                                    .x0 = start };
    }
    return TG_OK;
}

/* So many steps to the time of the fastest mode, to a mean delay that is not far below it, and
 * a whole number to a row. */
static double
fitting_step(const tg_integration *j, size_t rows)
{
    const double mean = tg_delay_mean(j->law), row = j->until / (double)rows;
    const double parts = j->study ? 20 : 100;
    double       shortest = INFINITY;

    for (size_t i = 0; i < j->modes; i++) {
        const double rate = fabs(j->linear[i].a) + fabs(j->linear[i].b);
        if (rate > 0) shortest = fmin(shortest, 1 / rate);
    }
    if (mean > 0.01 * fmin(shortest, j->until)) shortest = fmin(shortest, mean);
    return row / fmax(1, ceil(row / (shortest / parts) - 1e-9));
}

static tg_status
from_study(const tg_ask *ask, tg_integration *j)
{
    static const char *const direct[] = { "damping", "instant", "law",
                                          "noise",   "start",   "arrivals" };
    size_t                   algorithm = 0;
    tg_scene                 s = { 0 };

    for (size_t i = 0; i < sizeof direct / sizeof *direct; i++)
        if (tg_ask_given(ask, direct[i]))
            return tg_fail(TG_EINPUT, "--%s is set by the study", direct[i]);
    TG_TRY(choose_algorithm(j->study, tg_ask_value(ask, "algorithm"), &algorithm));
    TG_TRY(tg_scene_open(j->study, 0, &s));
    const tg_status status = take_modes(&s, algorithm, j);
    tg_scene_close(&s);
    if (status != TG_OK) return status;
    j->until = j->study->horizon;
    j->rows = j->study->points - 1;
    j->seed = j->study->seed;
    return TG_OK;
}

static tg_status
from_options(const tg_ask *ask, tg_integration *j)
{
    const char *law = tg_ask_value(ask, "law");
    tg_linear   m = { .g = 1, .x0 = 1 };

    if (!tg_ask_given(ask, "damping") && !tg_ask_given(ask, "instant"))
        return tg_fail(TG_EINPUT, "a study or --damping is needed, e.g. --damping 1");
    if (tg_ask_given(ask, "algorithm") || ask->sets)
        return tg_fail(TG_EINPUT, "--%s is of a study", ask->sets ? "set" : "algorithm");
    TG_TRY(tg_ask_number(ask, "damping", &m.a));
    TG_TRY(tg_ask_number(ask, "instant", &m.b));
    TG_TRY(tg_ask_number(ask, "noise", &m.g));
    TG_TRY(tg_ask_number(ask, "start", &m.x0));
    if (!(m.g >= 0)) return tg_fail(TG_EINPUT, "--noise must be >= 0, got %g", m.g);
    TG_TRY(tg_ask_number(ask, "arrivals", &j->lambda));
    TG_TRY(tg_delay_parse(law ? law : "{law: constant, value: 0}", &j->law));
    TG_TRY(allocate(j, 1, 0));
    m.tau = tg_delay_mean(j->law);
    j->linear[0] = m;
    j->eta = m.a / j->lambda;
    j->jump[0] = (tg_jump_mode){ 1, m.g / (j->eta * sqrt(j->lambda)), m.x0 };
    return TG_OK;
}

int
tg_integrate_constant(const tg_integration *j)
{
    return !strcmp(tg_delay_name(j->law), "constant");
}

static tg_status
find_method(const char *name, tg_integration *j)
{
    j->exact = !strcmp(name, "exact");
    j->method = tg_sdde_method_find(name);
    if (j->exact || j->method) return TG_OK;
    char known[128] = "exact";
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
        strncat(known, ", ", sizeof known - strlen(known) - 1);
        strncat(known, (*m)->name, sizeof known - strlen(known) - 1);
    }
    return tg_fail(TG_EINPUT, "--method must be one of %s, got \"%s\"", known, name);
}

/* The most accurate: exact where the delay is constant and the step can divide it, else
 * Runge and Kutta's; but a delay drawn at every step belongs to the step of Euler's. */
static tg_status
choose_method(const tg_ask *ask, tg_integration *j)
{
    const char *name = tg_ask_value(ask, "method");

    j->chosen = name != NULL;
    if (name) return find_method(name, j);
    TG_TRY(find_method(
        j->meaning == TG_DELAY_STEP || tg_ask_given(ask, "float32") ? "euler" : "rk", j));
    if (j->meaning != TG_DELAY_CONSTANT || tg_ask_given(ask, "float32")) return TG_OK;
    const tg_ensemble steps = { .mode = j->linear,
                                .modes = j->modes,
                                .paths = 1,
                                .dt = j->step,
                                .steps = 1,
                                .every = 1 };
    j->exact = tg_exact_check(&steps) == TG_OK;
    return TG_OK;
}

/* Exact steps have the same law whatever their length: from row to row where nobody asks what is in
 * between and that divides the delay. */
static void
lengthen(const tg_ask *ask, tg_integration *j)
{
    const tg_ensemble steps = { .mode = j->linear,
                                .modes = j->modes,
                                .paths = 1,
                                .dt = j->step * (double)j->every,
                                .steps = 1,
                                .every = 1 };

    if (!j->exact || j->meaning != TG_DELAY_CONSTANT || tg_ask_given(ask, "step") ||
        tg_ask_given(ask, "hit") || tg_exact_check(&steps) != TG_OK)
        return;
    j->step = steps.dt;
    j->every = 1;
}

static tg_status
find_meaning(const char *name, tg_integration *j)
{
    for (int i = TG_DELAY_PATH; i <= TG_MEANING_ARRIVAL; i++)
        if (!strcmp(tg_integrate_meanings[i], name)) {
            j->meaning = i;
            return TG_OK;
        }
    const char *near = tg_nearest(name, tg_integrate_meanings + 1, TG_MEANING_ARRIVAL);
    return tg_fail(TG_EINPUT,
                   "--meaning must be path, step, arrival or distributed, got \"%s\"%s%s",
                   name, near ? "; did you mean " : "", near ? near : "");
}

static tg_status
check_meaning(const tg_ask *ask, tg_integration *j)
{
    if (j->meaning == TG_MEANING_ARRIVAL) {
        if (!(j->lambda > 0))
            return tg_fail(TG_EINPUT, "--meaning arrival needs --arrivals RATE > 0");
        if (j->linear[0].b != 0)
            return tg_fail(TG_EINPUT, "--meaning arrival has no --instant damping");
        if (!j->study && j->linear[0].a == 0)
            return tg_fail(TG_EINPUT, "--meaning arrival needs --damping other than 0");
        if (tg_ask_given(ask, "method") || tg_ask_given(ask, "step"))
            return tg_fail(TG_EINPUT, "--meaning arrival is exact and takes no --%s",
                           tg_ask_given(ask, "step") ? "step" : "method");
        return TG_OK;
    }
    if (tg_ask_given(ask, "arrivals"))
        return tg_fail(TG_EINPUT, "--arrivals is of --meaning arrival");
    if (tg_integrate_constant(j)) j->meaning = TG_DELAY_CONSTANT;
    return TG_OK;
}

static tg_status
read_grid(const tg_ask *ask, tg_integration *j)
{
    TG_TRY(tg_ask_number(ask, "until", &j->until));
    TG_TRY(tg_ask_whole(ask, "rows", &j->rows));
    if (tg_ask_given(ask, "rows") && tg_ask_given(ask, "hit"))
        return tg_fail(TG_EINPUT, "--rows does not apply to --hit");
    if (tg_ask_given(ask, "hit-error")) j->paths = MOST_PATHS;
    if (j->rows > 0 && j->until > 0) j->step = fitting_step(j, j->rows);
    TG_TRY(tg_ask_number(ask, "step", &j->step));
    TG_TRY(tg_ask_whole(ask, "paths", &j->paths));
    TG_TRY(tg_ask_whole(ask, "seed", &j->seed));
    if (j->rows == 0 || j->paths == 0)
        return tg_fail(TG_EINPUT, "--%s must be at least 1", j->rows ? "paths" : "rows");
    if (!(j->step > 0) || !(j->until >= j->step))
        return tg_fail(TG_EINPUT, "--step %g and --until %g: expected 0 < step <= until",
                       j->step, j->until);
    if (!(j->until / j->step < 1e12))
        return tg_fail(TG_EINPUT, "%.3g steps are more than 1e12", j->until / j->step);
    j->every = (size_t)fmax(1, floor(j->until / j->step / (double)j->rows + 1e-9));
    return TG_OK;
}

static tg_status
check_method(const tg_ask *ask, tg_integration *j)
{
    if (j->exact && j->meaning != TG_DELAY_CONSTANT)
        return tg_fail(TG_EINPUT, "--method exact needs a constant delay, the law is %s",
                       tg_delay_name(j->law));
    j->single = tg_ask_given(ask, "float32");
    if (j->single && (j->exact || j->meaning != TG_DELAY_CONSTANT ||
                      tg_ask_given(ask, "hit") || strcmp(j->method->name, "euler")))
        return tg_fail(TG_EINPUT,
                       "--float32 is for ensembles by euler with a constant delay");
    return TG_OK;
}

static tg_status
set_up(const tg_ask *ask, tg_integration *j)
{
    const char *meaning = tg_ask_value(ask, "meaning");

    TG_TRY(find_meaning(meaning ? meaning : "distributed", j));
    TG_TRY(j->study ? from_study(ask, j) : from_options(ask, j));
    TG_TRY(check_meaning(ask, j));
    TG_TRY(read_grid(ask, j));
    TG_TRY(choose_method(ask, j));
    lengthen(ask, j);
    return check_method(ask, j);
}

tg_status
tg_integrate_open(const tg_ask *ask, const tg_study *study, tg_integration *out)
{
    tg_integration j = {
        .study = study, .step = 0.01, .until = 10, .paths = 10000, .rows = 100
    };

    const tg_status status = set_up(ask, &j);
    if (status == TG_OK)
        *out = j;
    else
        tg_integrate_close(&j);
    return status;
}

void
tg_integrate_close(tg_integration *j)
{
    tg_delay_free(j->law);
    free(j->linear);
    free(j->jump);
    free(j->h);
    free(j->shift);
    *j = (tg_integration){ 0 };
}

size_t
tg_integrate_rows(const tg_integration *j)
{
    return (size_t)floor(j->until / j->step / (double)j->every + 1e-9) + 1;
}
