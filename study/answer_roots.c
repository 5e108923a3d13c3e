#include "asgd/theory/mode_roots.h"
#include "core/parallel.h"
#include "roots/bounds.h"
#include "roots/prove.h"
#include "study/root_rows.h"
#include "study/scene.h"
#include "study/sweep.h"
#include "study/system_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tg_status
prove(const tg_hunt *h, const tg_loop *l, const char **words)
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

/* Without a line of the user's: three over the mean delay to the left, or as far as phi goes,
 * and not where long delays make phi so large that roots are without number. */
static double
line_for(const tg_hunt *h, const tg_loop *l)
{
    const double m = tg_delay_mean(l->delay), edge = tg_loop_edge(l), most = 50;
    double       line = m > 0 ? -3 / m : -2 * fabs(l->a + l->b);

    if (h->line_given) return h->line;
    if (!(line > edge)) line = 0.9 * edge;
    while (line < 0 && m > 0 &&
           !(fabs(creal(tg_delay_laplace(l->delay, line, NULL))) <= most))
        line *= 0.8;
    return line;
}

static tg_status
hunt_loop(tg_hunt *h, const char *name, const char *level, const tg_loop *l)
{
    tg_roots    r;
    const char *proof;

    TG_TRY(tg_stop_check());
    TG_TRY(prove(h, l, &proof));
    TG_TRY(h->inside_given ? tg_roots_inside(l, h->inside, &r)
                           : tg_roots_right_of(l, line_for(h, l), &r));
    const tg_status status = tg_hunt_record(h, name, level, &r, proof);
    tg_roots_free(&r);
    return status;
}

/* The numbers of a loop that is given by its law. */
static tg_status
read_loop(const tg_ask *ask, tg_loop *l)
{
    const char *filter = tg_ask_value(ask, "filter");

    *l = (tg_loop){ .a = NAN, .lambda = NAN, .param = NAN };
    TG_TRY(tg_ask_number(ask, "damping", &l->a));
    TG_TRY(tg_ask_number(ask, "instant", &l->b));
    TG_TRY(tg_ask_number(ask, "lambda", &l->lambda));
    TG_TRY(tg_ask_number(ask, "param", &l->param));
    if (!filter || (l->filter = tg_filter_find(filter))) return TG_OK;
    return tg_fail(TG_EINPUT,
                   "there is no filter \"%s\": asgd, dude, fedbuff, heavy_ball, nesterov",
                   filter);
}

/* The number of the loop that --along varies. */
static tg_status
varied(const tg_hunt *h, tg_loop *l, double **out)
{
    const struct {
        const char *name;
        double     *number;
    } known[] = { { "damping", &l->a },
                  { "instant", &l->b },
                  { "lambda", &l->lambda },
                  { "param", &l->param } };

    *out = NULL;
    if (!h->along.values.count) return TG_OK;
    for (size_t i = 0; i < 4; i++)
        if (!strcmp(h->along.path, known[i].name)) *out = known[i].number;
    if (*out) return TG_OK;
    return tg_fail(
        TG_EINPUT,
        "--along: of a loop damping, instant, lambda or param may vary, got \"%s\"",
        h->along.path);
}

static tg_status
from_law(tg_hunt *h)
{
    tg_loop   l;
    double   *number;
    tg_delay *d = NULL;

    TG_TRY(read_loop(h->ask, &l));
    TG_TRY(varied(h, &l, &number));
    if (isnan(l.a) && number != &l.a) return tg_fail(TG_EINPUT, "--law needs --damping A");
    TG_TRY(tg_delay_parse(tg_ask_value(h->ask, "law"), &d));
    l.delay = d;
    tg_status    status = TG_OK;
    const size_t count = number ? h->along.values.count : 1;
    for (size_t i = 0; i < count && status == TG_OK; i++) {
        if (number) h->value = *number = tg_axis_value(&h->along, i);
        h->number = 0;
        status = hunt_loop(h, "loop", "given", &l);
    }
    tg_delay_free(d);
    return status;
}

static tg_status
from_system(tg_hunt *h)
{
    tg_system s;
    tg_roots  r;

    if (h->prove)
        return tg_fail(TG_EINPUT, "--rigorous is for single loops, not for systems");
    if (!h->line_given || h->along.values.count)
        return tg_fail(TG_EINPUT, "--system needs --right-of LINE, and takes no --along");
    TG_TRY(tg_system_file_read(tg_ask_value(h->ask, "system"), &s));
    tg_status status = tg_system_roots(&s, h->line, &r);
    if (status == TG_OK) {
        status = tg_hunt_record(h, "system", "given", &r, "");
        tg_roots_free(&r);
    }
    tg_system_file_free(&s);
    return status;
}

/* ---- a study's modes ----------------------------------------------------------------- */

static tg_status
prove_mode(const tg_hunt *h, const tg_mode_equation *q, const char **words)
{
    bool   proved;
    size_t count = 0;

    *words = "";
    if (!h->prove) return TG_OK;
    TG_TRY(tg_mode_prove(q, &count, &proved));
    *words = !proved  ? "not proved: too near to the boundary, or not of closed form"
             : !count ? "proved: no root has Re s >= 0, the mean converges"
                      : "proved: a root has Re s > 0, the mean diverges";
    return TG_OK;
}

static tg_status
hunt_equation(tg_hunt *h, const char *name, const tg_mode_equation *q)
{
    double      line = h->line_given ? h->line : (double)NAN;
    tg_roots    r;
    const char *proof;

    TG_TRY(tg_stop_check());
    TG_TRY(prove_mode(h, q, &proof));
    TG_TRY(tg_mode_roots(q, &line, &r));
    const tg_status status = tg_hunt_record(h, name, tg_level_name(q->level), &r, proof);
    tg_roots_free(&r);
    return status;
}

/* One mode under a rule whose filter theory has: of these workers where their equation is known and a
 * half-plane is asked for, else of very many. */
static tg_status
hunt_mode(tg_hunt *h, const char *name, const tg_scene *s, const tg_algorithm *rule,
          const tg_case *c, double eigenvalue)
{
    if (h->level == TG_LEVEL_BEST && !h->inside_given && c->plain && c->solved) {
        tg_mode_equation q;
        TG_TRY(tg_cluster_equation(s->cluster, rule, c->step, eigenvalue, &q));
        const tg_status status = hunt_equation(h, name, &q);
        tg_mode_equation_close(&q);
        return status;
    }
    const tg_loop l = { .a = c->step * c->lambda * eigenvalue,
                        .delay = c->delay,
                        .filter = c->filter,
                        .lambda = c->lambda };
    return hunt_loop(h, name, tg_level_name(TG_LEVEL_SDE), &l);
}

/* Every mode under one rule of the study. */
static tg_status
hunt_modes(tg_hunt *h, tg_scene *s, size_t algorithm)
{
    const tg_algorithm *rule;
    tg_case             c;
    char                name[96];

    TG_TRY(tg_study_rule(s->study, algorithm, &rule));
    TG_TRY(tg_scene_modes(s));
    TG_TRY(tg_case_open(s->cluster, rule, s->study->algorithm[algorithm].step, &c));
    const char *label = s->study->algorithm[algorithm].label;
    tg_status   status = TG_OK;
    for (size_t j = 0; j < s->modes.count && status == TG_OK; j++) {
        snprintf(name, sizeof name, "%s: h = %g", label, s->modes.h[j]);
        status = hunt_mode(h, name, s, rule, &c, s->modes.h[j]);
    }
    tg_case_close(&c);
    return status;
}

static tg_status
hunt_study(tg_hunt *h, const tg_study *study)
{
    tg_scene s;

    TG_TRY(tg_scene_open(study, 0, &s));
    h->number = 0;
    tg_status status = TG_OK;
    for (size_t i = 0; i < study->algorithms && status == TG_OK; i++)
        status = hunt_modes(h, &s, i);
    tg_scene_close(&s);
    return status;
}

static tg_status
hunt_value(tg_hunt *h, const tg_study *study, double value)
{
    tg_study *one;

    TG_TRY(tg_axis_apply(&h->along, study, value, &one));
    h->value = value;
    const tg_status status = hunt_study(h, one);
    tg_study_free(one);
    return status;
}

static tg_status
from_study(tg_hunt *h, const tg_study *study)
{
    tg_status status = TG_OK;

    if (!study)
        return tg_fail(TG_EINPUT, "a study, --law or --system is needed, e.g. --law '{law: "
                                  "constant, value: 1}' --damping 1");
    if (!h->along.values.count) return hunt_study(h, study);
    for (size_t i = 0; i < h->along.values.count && status == TG_OK; i++)
        status = hunt_value(h, study, tg_axis_value(&h->along, i));
    return status;
}

/* One of the three. */
static tg_status
find(tg_hunt *h, const tg_study *study)
{
    const bool law = tg_ask_given(h->ask, "law"), system = tg_ask_given(h->ask, "system");

    if ((law || system) && (study || h->ask->sets))
        return tg_fail(TG_EINPUT, "--%s excludes a study", law ? "law" : "system");
    return law ? from_law(h) : system ? from_system(h) : from_study(h, study);
}

static tg_status
answer(const tg_ask *ask, const tg_study *study, tg_answer *out)
{
    tg_hunt   h;
    tg_status status = tg_hunt_open(ask, &h);

    if (status == TG_OK) status = find(&h, study);
    const bool stopped = status == TG_ESTOP && tg_table_rows(h.table) > 0;
    if (status == TG_OK || stopped) status = tg_hunt_answer(&h, out);
    tg_hunt_close(&h);
    if (stopped)
        tg_answer_end(out, TG_ESTOP, "stopped on request; the roots above were finished");
    return status;
}

static const tg_option options[] = {
    { "right-of", "LINE", "find the roots with Re s >= LINE [1/time]" },
    { "inside", "LEFT:RIGHT:BOTTOM:TOP", "find the roots in this rectangle [1/time]" },
    { "along", "PATH=LOW:HIGH:COUNT[:log]",
      "root locus: vary a setting of the study; of a loop damping, instant, lambda or "
      "param" },
    { "law", "LAW",
      "one loop s + b + a phi(s) F(s): law of the delay, e.g. '{law: constant, value: "
      "2}'" },
    { "damping", "A", "its a = eta lambda h [1/time]" },
    { "instant", "B", "its instantaneous damping b [1/time] (default 0)" },
    { "filter", "NAME", "its rule: asgd (default), dude, fedbuff, heavy_ball, nesterov" },
    { "lambda", "RATE", "arrival rate [1/time], for fedbuff, heavy_ball, nesterov" },
    { "param", "X", "the rule's number: buffer size, momentum" },
    { "system", "FILE",
      "a system: YAML with the matrices `instant` and `terms` [{delay, matrix}]" },
    { "rigorous", NULL, "prove the verdict in ball arithmetic" },
    TG_LEVEL_OPTION,
    { 0 },
};

const tg_answerer tg_answer_roots = {
    .is = { .name = "roots",
            .operands = "[STUDY]",
            .summary = "all characteristic roots right of a line, with the certificate of "
                       "the count",
            .doc =
                "Find the characteristic roots of every mode of a study, of one loop given "
                "by --law and\n"
                "--damping, or of a system of delay equations (--system). The roots found "
                "are counted\n"
                "again by the argument principle; if the numbers differ the command fails. "
                "Without\n"
                "--right-of a loop is searched to three over its mean delay, or to where "
                "the transform\n"
                "of its delay ends or is 50. Modes under asgd are those of the workers "
                "there are, "
                "with their own\n"
                "past in the equation (level exact or renewal); of other rules, inside a "
                "rectangle and with\n"
                "--level sde those of very many workers. With --out the roots are drawn "
                "too: "
                "figures/plane.svg, or, with\n"
                "--along, figures/locus.svg.",
            .options = options },
    .tables = { { "roots", tg_root_columns, TG_ROOT_COLUMNS } },
    .perhaps = true,
    .answer = answer
};
