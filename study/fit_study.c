/* fit_study: a study to start from: workers as fitted, an example objective to be
 * replaced */
#include "study/fit.h"

#include "core/file.h"
#include "core/quote.h"

#include <ctype.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A group of so few workers is written worker by worker, each with its own speed; one of more in
 * so many parts. */
enum { LISTED = 16, PARTS = 8 };

/* "fitted.yaml" -> "fitted-times.csv", whole or its last part. Owner: the caller. */
static tg_status
times_path(const char *path, char **out)
{
    const char  *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    const size_t n = dot ? (size_t)(dot - path) : strlen(path), room = n + 16;

    for (const char *c = path; *c; c++)
        if (iscntrl((unsigned char)*c))
            return tg_fail(TG_EINPUT,
                           "--study: expected a path without control characters");
    *out = malloc(room);
    if (!*out) return tg_fail(TG_ENOMEM, "out of memory");
    snprintf(*out, room, "%.*s-times.csv", (int)n, path);
    return TG_OK;
}

/* A YAML word in single quotes. */
static void
print_word(FILE *f, const char *word)
{
    fputc('\'', f);
    for (; *word; word++) {
        if (*word == '\'') fputc('\'', f);
        fputc(*word, f);
    }
    fputc('\'', f);
}

/* ---- what is taken as it is ---------------------------------------------------------- */

static bool
is_empirical(const tg_fitted_part *p)
{
    return p->n > 0 && !p->law;
}

static tg_status
add_times(tg_table *table, size_t g, const char *part, const tg_fitted_part *p,
          double scale)
{
    char name[40];

    snprintf(name, sizeof name, "%zu-%s", g + 1, part);
    for (size_t i = 0; i < p->n; i++)
        TG_TRY(tg_table_add(
            table, (tg_cell[]){ TG_TEXT(name), TG_NUMBER(scale * p->seconds[i]) }));
    return TG_OK;
}

/* The times of all parts that no law fits; nothing where there are none. */
static tg_status
write_times(const tg_ask *ask, const char *path, const tg_fitted *f)
{
    static const tg_column columns[] = {
        { "group", "", "of workers, and what of them", true },
        { "seconds", "s", "without the workers' own factors", false },
    };
    tg_table *table = NULL;
    bool      any = false;

    for (size_t g = 0; g < f->groups; g++)
        any |= is_empirical(&f->group[g].job) || is_empirical(&f->group[g].gap);
    if (!any) return TG_OK;
    TG_TRY(tg_ask_table(ask, NULL, columns, 2, &table));
    tg_status status = TG_OK;
    for (size_t g = 0; g < f->groups && status == TG_OK; g++) {
        const tg_fitted_group *at = &f->group[g];
        if (is_empirical(&at->job))
            status = add_times(table, g, "job", &at->job, at->scale);
        if (status == TG_OK && is_empirical(&at->gap))
            status = add_times(table, g, "gap", &at->gap, at->scale);
    }
    if (status == TG_OK) status = tg_table_write(table, path);
    tg_table_free(table);
    return status;
}

/* ---- laws ---------------------------------------------------------------------------- */

/* A part's law after its opening brace. */
static tg_status
print_part(FILE *f, const char *times, size_t g, const char *part, const tg_fitted_part *p,
           double scale)
{
    const double zero = p->n > 0 ? (double)p->zeros / (double)p->n : 0;
    tg_delay    *law = NULL;

    if (!p->law) {
        fputs("law: empirical, file: ", f);
        print_word(f, times);
        fprintf(f, ", column: seconds, group: %zu-%s}", g + 1, part);
        return TG_OK;
    }
    TG_TRY(tg_delay_scaled(p->law, scale, &law));
    const char *text = tg_delay_text(law) + 1;
    if (zero > 0)
        fprintf(f, "mixture: [{weight: %.6g, law: constant, value: 0}, {weight: %.6g, %s]}",
                zero, 1 - zero, text);
    else
        fputs(text, f);
    tg_delay_free(law);
    return TG_OK;
}

static tg_status
print_law(FILE *f, const char *times, size_t g, const tg_fitted_group *at)
{
    fputs(at->gap.n > 0 ? "{sum: [{" : "{", f);
    TG_TRY(print_part(f, times, g, "job", &at->job, at->scale));
    if (at->gap.n == 0) return TG_OK;
    fputs(", {", f);
    TG_TRY(print_part(f, times, g, "gap", &at->gap, at->scale));
    fputs("]}", f);
    return TG_OK;
}

/* ---- workers ------------------------------------------------------------------------- */

/* Workers one by one, each with the speed that it had. */
static tg_status
print_each(FILE *f, const char *times, size_t g, const tg_trace *t,
           const tg_fitted_group *at)
{
    tg_fitted_group one = *at;

    one.scale = 1; /* each has its own mean already */
    for (size_t w = 0; w < t->workers; w++) {
        if (t->worker[w].group != g) continue;
        fprintf(f,
                "  - {name: group %zu, count: 1, speed: {name: constant, speed: %.9g}, "
                "compute: ",
                g + 1, 1 / t->worker[w].factor);
        TG_TRY(print_law(f, times, g, &one));
        fputs("}\n", f);
    }
    return TG_OK;
}

/* Workers in PARTS by speed, which theory predicts at once, where each with a factor of its own
 * would take it long. A part has the mean speed of the lognormal factors between its quantiles
 * z and y: with s^2 = ln(1 + c^2), E 1/f = (1 + c^2) (Phi(y + s) - Phi(z + s)). */
static tg_status
print_parts(FILE *f, const char *times, size_t g, const tg_fitted_group *at)
{
    const double c2 = at->effects.spread * at->effects.spread, s = sqrt(log1p(c2));
    const size_t k = at->workers;

    fprintf(f,
            "  # by speed; drawn one by one: spread: {law: lognormal, mean: 1, cv: %.6g}\n",
            at->effects.spread);
    for (size_t part = 0; part < PARTS; part++) {
        const size_t from = part * k / PARTS, to = (part + 1) * k / PARTS;
        const double low = (double)from / (double)k, high = (double)to / (double)k;
        const double above = part + 1 < PARTS
                                 ? gsl_cdf_ugaussian_P(gsl_cdf_ugaussian_Pinv(high) + s)
                                 : 1,
                     below = part > 0 ? gsl_cdf_ugaussian_P(gsl_cdf_ugaussian_Pinv(low) + s)
                                      : 0;
        fprintf(f,
                "  - {name: group %zu, count: %zu, speed: {name: constant, speed: %.9g}, "
                "compute: ",
                g + 1, to - from, (1 + c2) * (above - below) / (high - low));
        TG_TRY(print_law(f, times, g, at));
        fputs("}\n", f);
    }
    return TG_OK;
}

static tg_status
print_group(FILE *f, const char *times, size_t g, const tg_trace *t,
            const tg_fitted_group *at)
{
    const bool spread = at->effects.kind != TG_EFFECTS_NONE && at->workers > 1;

    if (spread && at->workers > LISTED) return print_parts(f, times, g, at);
    if (spread && at->effects.kind != TG_EFFECTS_MODEL)
        return print_each(f, times, g, t, at);
    fprintf(f, "  - {name: group %zu, count: %zu, compute: ", g + 1, at->workers);
    TG_TRY(print_law(f, times, g, at));
    if (spread)
        fprintf(f, ", spread: {law: lognormal, mean: 1, cv: %.6g}", at->effects.spread);
    fputs("}\n", f);
    return TG_OK;
}

/* The learning rate puts the loop gain of the example at 1/2, well inside stability for
 * most laws. */
static void
print_rest(FILE *f, double total, double slowest)
{
    const double step = 0.5 / total, horizon = 60 * slowest / (0.5 * 0.1);

    fprintf(f,
            "algorithm: {name: asgd, step: %.3g}\ntarget: {loss: 1.0e-2}\nhorizon: %.3g\n"
            "replicas: 100\nsweep: {workers: [",
            step, horizon / 5);
    for (int i = 1; i <= 8; i++) fprintf(f, "%s%g", i > 1 ? ", " : "", ceil(total * i / 2));
    fprintf(f, "]}\n");
}

static void
print_head(FILE *f, const char *what, const tg_ask *ask)
{
    fprintf(f, "# %s ", what);
    tg_quote_text(f, ask->operand);
    if (ask->mores) fprintf(f, " and %zu more", ask->mores);
    fputs(".\n# Replace the objective by your own: eigenvalues of the Hessian, gradient "
          "noise.\nname: fitted\nseed: 1\n"
          "objective: {quadratic: {eigenvalues: [1.0, 0.5, 0.2, 0.1], start: 1.0, "
          "noise: {additive: 0.1}}}\nworkers:\n",
          f);
}

tg_status
tg_fit_print_workers(FILE *f, const char *times, const tg_trace *t, const tg_fitted *fitted)
{
    const char *slash = times ? strrchr(times, '/') : NULL;

    for (size_t g = 0; g < fitted->groups; g++)
        TG_TRY(print_group(f, slash ? slash + 1 : times, g, t, &fitted->group[g]));
    return TG_OK;
}

static tg_status
print_study(FILE *f, const char *times, const tg_ask *ask, const tg_trace *t,
            const tg_fitted *fitted)
{
    double total = 0, slowest = 0;

    print_head(f, "Workers fitted by maximum likelihood, times in seconds, from", ask);
    for (size_t g = 0; g < fitted->groups; g++) {
        const tg_fitted_group *at = &fitted->group[g];
        total += (double)at->workers;
        slowest = fmax(slowest, at->scale * (at->job.mean + at->gap.mean));
    }
    TG_TRY(tg_fit_print_workers(f, times, t, fitted));
    print_rest(f, total, slowest);
    return TG_OK;
}

tg_status
tg_fit_write_times(const tg_ask *ask, const char *path, const tg_fitted *f, char **times)
{
    char *name = NULL;

    TG_TRY(times_path(path, &name));
    const tg_status status = write_times(ask, name, f);
    if (status == TG_OK)
        *times = name;
    else
        free(name);
    return status;
}

tg_status
tg_fit_study(const tg_ask *ask, const char *path, const tg_trace *t, const tg_fitted *f)
{
    char   *times = NULL;
    tg_file out;

    TG_TRY(tg_fit_write_times(ask, path, f, &times));
    tg_status status = tg_file_begin(&out, path);
    if (status == TG_OK) {
        status = print_study(out.stream, times, ask, t, f);
        status = tg_file_end(&out, status);
    }
    free(times);
    return status;
}

tg_status
tg_fit_study_available(const tg_ask *ask, const char *path, const tg_availability *a)
{
    tg_file f;

    if (isnan(a->off))
        return tg_fail(TG_EINPUT, "no study: no node of the table has two jobs");
    TG_TRY(tg_file_begin(&f, path));
    print_head(f.stream, "Nodes that come and go as the jobs of", ask);
    fprintf(
        f.stream,
        "  # how long a job takes is not in such a table: replace compute by your own\n"
        "  - {count: %zu, compute: {law: exponential, mean: %.6g}, speed: {name: on_off, "
        "on: %.6g, off: %.6g}}\n",
        a->nodes, a->on / 100, a->on, a->off);
    print_rest(f.stream, (double)a->nodes, a->on / 100 / a->share);
    return tg_file_end(&f, TG_OK);
}
