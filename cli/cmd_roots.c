#include "asgd/predict_parts.h"
#include "cli/output.h"
#include "cli/scene.h"
#include "cli/system_file.h"
#include "roots/bounds.h"
#include "roots/prove.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const tg_column columns[] = {
    { "loop", "", "which characteristic equation", true },
    { "re", "1/time", "real part", false },
    { "im", "1/time", "imaginary part", false },
    { "multiplicity", "", "", false },
    { "residual", "1/time", "size of the characteristic function there", false },
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* What is asked for, what has been found so far. */
typedef struct hunt {
    const arguments *a;
    tg_table        *table;
    json_t          *loops; /* one object each */
    double           line;
    bool             line_given, prove;
} hunt;

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static json_t *
json_of_roots(const tg_roots *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->count; i++)
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:I, s:o}", "re", json_number(creal(r->root[i].s)),
                            "im", json_number(cimag(r->root[i].s)), "multiplicity",
                            (json_int_t)r->root[i].multiplicity, "residual",
                            json_number(r->root[i].residual)));
    return list;
}

static json_t *
json_of_certificate(const tg_certificate *c)
{
    return json_pack("{s:o, s:I, s:I, s:o, s:o, s:o, s:I, s:s}", "right_of",
                     json_number(c->contour.left), "winding", (json_int_t)c->winding,
                     "found", (json_int_t)c->found, "moved", json_number(c->moved),
                     "residual", json_number(c->residual), "backward_error",
                     json_number(c->backward), "evaluations", (json_int_t)c->evaluations,
                     "method", c->method);
}

/* One sentence for the person at the terminal. */
static void
announce(const hunt *h, const char *name, const tg_roots *r, const char *proof)
{
    const tg_certificate *c = &r->certificate;

    if (given(h->a, "json") || given(h->a, "quiet")) return;
    printf("%s: %zu roots right of %g, found and counted (%s); largest residual %.1e, "
           "backward error %.1e%s%s\n",
           name, c->found, c->contour.left, c->method, c->residual, c->backward,
           *proof ? "; " : "", proof);
    if (c->moved > 0) printf("  the line was moved by %.1e off a root\n", c->moved);
}

static tg_status
record(hunt *h, const char *name, const tg_roots *r, double seconds, const char *proof)
{
    for (size_t i = 0; i < r->count; i++)
        TG_TRY(tg_table_add(h->table,
                            (tg_cell[]){ TG_TEXT(name), TG_NUMBER(creal(r->root[i].s)),
                                         TG_NUMBER(cimag(r->root[i].s)),
                                         TG_NUMBER((double)r->root[i].multiplicity),
                                         TG_NUMBER(r->root[i].residual) }));
    json_t *loop =
        json_pack("{s:s, s:o, s:I, s:o, s:o}", "loop", name, "roots", json_of_roots(r),
                  "count", (json_int_t)r->certificate.found, "certificate",
                  json_of_certificate(&r->certificate), "seconds", json_number(seconds));
    if (loop && *proof) json_object_set_new(loop, "proof", json_string(proof));
    if (!loop || json_array_append_new(h->loops, loop))
        return tg_fail(TG_ENOMEM, "out of memory");
    announce(h, name, r, proof);
    return TG_OK;
}

static tg_status
prove(const hunt *h, const tg_loop *l, const char **words)
{
    tg_proof p;

    *words = "";
    if (!h->prove) return TG_OK;
    TG_TRY(tg_loop_prove(l, &p));
    *words =
        p.verdict == TG_PROVED_STABLE ? "proved: no root has Re s >= 0, the mean converges"
        : p.verdict == TG_PROVED_UNSTABLE ? "proved: a root has Re s > 0, the mean diverges"
                                          : "not proved: too near to the boundary";
    return TG_OK;
}

/* Without a line of the user's: three mean delays to the left, or as far as phi goes. */
static double
line_for(const hunt *h, const tg_loop *l)
{
    const double m = tg_delay_mean(l->delay), edge = tg_loop_edge(l);
    const double line = m > 0 ? -3 / m : -2 * fabs(l->a + l->b);

    if (h->line_given) return h->line;
    return line > edge ? line : 0.9 * edge;
}

static tg_status
hunt_loop(hunt *h, const char *name, const tg_loop *l)
{
    tg_roots    r;
    const char *proof;

    TG_TRY(prove(h, l, &proof));
    const double start = now();
    TG_TRY(tg_roots_right_of(l, line_for(h, l), &r));
    const tg_status status = record(h, name, &r, now() - start, proof);
    tg_roots_free(&r);
    return status;
}

static tg_status
from_law(hunt *h)
{
    const char *filter = value_of(h->a, "filter");
    tg_loop     l = { .a = NAN, .lambda = NAN, .param = NAN };
    tg_delay   *d = NULL;

    TG_TRY(number_of(h->a, "damping", &l.a));
    TG_TRY(number_of(h->a, "instant", &l.b));
    TG_TRY(number_of(h->a, "lambda", &l.lambda));
    TG_TRY(number_of(h->a, "param", &l.param));
    if (isnan(l.a)) return tg_fail(TG_EINPUT, "--law needs --damping A");
    if (filter && !(l.filter = tg_filter_find(filter)))
        return tg_fail(TG_EINPUT,
                       "there is no filter \"%s\": asgd, dude, fedbuff, heavy_ball",
                       filter);
    TG_TRY(tg_delay_parse(value_of(h->a, "law"), &d));
    l.delay = d;
    const tg_status status = hunt_loop(h, "loop", &l);
    tg_delay_free(d);
    return status;
}

static tg_status
from_system(hunt *h)
{
    tg_system s;
    tg_roots  r;

    if (h->prove)
        return tg_fail(TG_EINPUT, "--rigorous is for single loops, not for systems");
    if (!h->line_given) return tg_fail(TG_EINPUT, "--system needs --right-of LINE");
    TG_TRY(system_read(value_of(h->a, "system"), &s));
    const double start = now();
    tg_status    status = tg_system_roots(&s, h->line, &r);
    if (status == TG_OK) {
        status = record(h, "system", &r, now() - start, "");
        tg_roots_free(&r);
    }
    system_free(&s);
    return status;
}

/* Every mode under one rule of the study. */
static tg_status
hunt_modes(hunt *h, scene *s, size_t algorithm)
{
    const tg_algorithm *rule;
    tg_case             c;
    char                label[48], name[96];

    TG_TRY(study_rule(s->study, algorithm, &rule));
    TG_TRY(scene_modes(s));
    TG_TRY(tg_case_open(s->cluster, rule, study_step(s->study, algorithm), &c));
    study_label(s->study, algorithm, label);
    tg_status status = TG_OK;
    for (size_t j = 0; j < s->modes.count && status == TG_OK; j++) {
        const tg_loop l = { .a = c.step * c.lambda * s->modes.h[j],
                            .delay = c.delay,
                            .filter = c.filter,
                            .lambda = c.lambda };
        snprintf(name, sizeof name, "%s, h = %g", label, s->modes.h[j]);
        status = hunt_loop(h, name, &l);
    }
    tg_case_close(&c);
    return status;
}

static tg_status
from_study(hunt *h)
{
    const char *file;
    tg_study   *study;
    scene       s;

    TG_TRY(only_file(h->a, &file));
    TG_TRY(tg_study_read(file, h->a->set, h->a->sets, &study));
    tg_status status = study_check(study);
    if (status == TG_OK && (status = scene_open(study, 0, &s)) == TG_OK) {
        for (size_t i = 0; i < tg_study_count(study, "algorithm") && status == TG_OK; i++)
            status = hunt_modes(h, &s, i);
        scene_close(&s);
    }
    tg_study_free(study);
    return status;
}

/* One loop is the document itself, as documented; several are a list of such. */
static tg_status
deliver(hunt *h)
{
    if (!given(h->a, "json")) return table_deliver(h->a, "roots", h->table);
    tg_table_free(h->table);
    h->table = NULL;
    if (json_array_size(h->loops) == 1)
        return json_print(json_incref(json_array_get(h->loops, 0)));
    return json_print(json_pack("{s:O}", "loops", h->loops));
}

static tg_status
run(const arguments *a)
{
    hunt h = { .a = a, .line_given = given(a, "right-of"), .prove = given(a, "rigorous") };

    TG_TRY(number_of(a, "right-of", &h.line));
    TG_TRY(table_begin(a, NULL, columns, COLUMNS, &h.table));
    h.loops = json_array();
    tg_status status = h.loops ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK)
        status = given(a, "law")      ? from_law(&h)
                 : given(a, "system") ? from_system(&h)
                                      : from_study(&h);
    if (status == TG_OK)
        status = deliver(&h);
    else
        tg_table_free(h.table);
    json_decref(h.loops);
    return status;
}

static const option options[] = {
    { "right-of", "LINE", "find the roots with Re s >= LINE [1/time]" },
    { "law", "LAW",
      "one loop s + b + a phi(s) F(s): law of the delay, e.g. '{law: constant, value: "
      "2}'" },
    { "damping", "A", "its a = eta lambda h [1/time]" },
    { "instant", "B", "its instantaneous damping b [1/time] (default 0)" },
    { "filter", "NAME", "its rule: asgd (default), dude, fedbuff, heavy_ball" },
    { "lambda", "RATE", "arrival rate [1/time], for fedbuff and heavy_ball" },
    { "param", "X", "the rule's number: buffer size, momentum" },
    { "system", "FILE",
      "a system: YAML with the matrices `instant` and `terms` [{delay, matrix}]" },
    { "rigorous", NULL, "prove the verdict in ball arithmetic" },
    { 0 },
};

const command cmd_roots = {
    .name = "roots",
    .operands = "[STUDY]",
    .summary =
        "all characteristic roots right of a line, with the certificate of the count",
    .doc = "Find the characteristic roots of every mode of a study, of one loop given by "
           "--law and\n"
           "--damping, or of a system of delay equations (--system). The roots found are "
           "counted\n"
           "again by the argument principle; if the numbers differ the command fails. "
           "Without\n"
           "--right-of a loop is searched to three over its mean delay, or to where the "
           "transform\n"
           "of its delay ends.",
    .options = options,
    .run = run
};
