#include "study/sentences.h"

#include "asgd/theory/compare.h"
#include "study/rows.h"
#include "study/say.h"

#include <math.h>
#include <string.h>

/* ---- what was asked -------------------------------------------------------------------- */

static const char *
plural(double n)
{
    return n == 1 ? "" : "s";
}

/* The laws of the groups, "{law: gamma, shape: 4, mean: 1}" once for each that differs. */
static void
laws_text(const tg_cluster *c, char *out, size_t room)
{
    size_t used = 0;

    *out = '\0';
    for (size_t g = 0; g < c->groups && g < 3 && used < room; g++)
        used += (size_t)snprintf(out + used, room - used, "%s%zu of %.160s", g ? ", " : "",
                                 c->count[g], tg_delay_text(c->law[g]));
    if (c->groups == 1) snprintf(out, room, "%.160s", tg_delay_text(c->law[0]));
    if (c->groups > 3 && used < room)
        snprintf(out + used, room - used, ", and %zu more groups", c->groups - 3);
}

static double
largest(const tg_prediction *p)
{
    double h = 0;

    for (size_t j = 0; j < p->modes; j++) h = fmax(h, p->mode[j].h);
    return h;
}

/* "asgd", "fedbuff (k 4)": a choice with its numbers. */
static void
choice_text(const char *name, const tg_choice *c, char *out, size_t room)
{
    size_t used = (size_t)snprintf(out, room, "%.48s", name), n = 0;

    for (const tg_param *p = c->kind->param; p && p->name && used < room; p++, n++)
        used += (size_t)snprintf(out + used, room - used, "%s%s %.4g", n ? ", " : " (",
                                 p->name, c->param[n]);
    if (n > 0 && used < room) snprintf(out + used, room - used, ")");
}

/* The rule, and the optimiser if it is not plain steps. */
static void
algorithm_text(const tg_study_algorithm *a, char *out, size_t room)
{
    char optimiser[120];

    choice_text(a->label, &a->rule, out, room);
    if (!a->optimiser.kind || a->optimiser.kind == &tg_optimiser_sgd.is) return;
    choice_text(a->optimiser.kind->name, &a->optimiser, optimiser, sizeof optimiser);
    const size_t used = strlen(out);
    snprintf(out + used, room - used, ", steps by %s,", optimiser);
}

static void
say_question(const tg_page *page, const tg_scene *s, size_t i, const tg_prediction *p)
{
    char                      laws[640], algorithm[300];
    const tg_study_algorithm *a = &s->study->algorithm[i];

    laws_text(s->cluster, laws, sizeof laws);
    algorithm_text(a, algorithm, sizeof algorithm);
    tg_say_paragraph(
        page,
        "%s with %zu worker%s (%s) at learning rate %.4g; the largest eigenvalue of the "
        "Hessian is %.4g.",
        algorithm, p->workers, plural((double)p->workers), laws, a->step, largest(p));
}

/* ---- the verdict and its cause --------------------------------------------------------- */

/* Past the mean square, where a run by itself may still settle. */
static const char *
loss_text(const tg_prediction *p)
{
    if (p->outcome == TG_UNDECIDED)
        return "In mean square it diverges, while the mean over many workers converges";
    return p->stable ? "It diverges in mean square" : "It diverges";
}

/* What a step is worth differs from rule to rule. */
static const char *
gain_text(const tg_scene *s, size_t i, const tg_prediction *p)
{
    const double plain = s->study->algorithm[i].step * largest(p) * (double)p->workers;

    return fabs(p->gain - plain) <= 1e-6 * plain ? "eta h P =" : "the loop gain";
}

static void
say_verdict(const tg_page *page, const tg_scene *s, size_t i, const tg_prediction *p)
{
    const double limit = p->threshold_square, share = p->gain / limit;
    const char  *gain = gain_text(s, i, p);

    if (isinf(limit))
        tg_say_paragraph(
            page, "It converges: no learning rate loses stability with these workers.");
    else if (p->gain == limit)
        tg_say_paragraph(page,
                         "It does not converge: %s %.4g is just where these workers lose "
                         "stability in mean square.",
                         gain, limit);
    else if (!(fabs(p->gain - limit) > p->threshold_error))
        tg_say_paragraph(page,
                         "It cannot be told: %s %.4g is within the error, %.2g, of the "
                         "%.4g at which "
                         "these workers lose stability in mean square.",
                         gain, p->gain, p->threshold_error, limit);
    else if (share > 1)
        tg_say_paragraph(page,
                         "%s: %s %.4g is %.*g times the %.4g at which these workers "
                         "lose stability in "
                         "mean square%s%s.",
                         loss_text(p), gain, p->gain, share < 1000 ? 3 : 4, share, limit,
                         isnan(p->threshold_single) ? "" : "; it is ",
                         isnan(p->threshold_single) ? "" : tg_threshold_text(p));
    else
        tg_say_paragraph(page,
                         "It converges: %s %.4g is %.3g %% of the %.4g at which these "
                         "workers lose "
                         "stability in mean square.",
                         gain, p->gain, 100 * share, limit);
}

/* ---- what to do ------------------------------------------------------------------------ */

/* The step limit with half as many workers. */
static tg_status
half_limit(const tg_scene *s, size_t i, size_t workers, double *out)
{
    tg_scene       half;
    tg_prediction *p = NULL;

    *out = NAN;
    if (workers < 2) return TG_OK;
    tg_status status = tg_scene_open(s->study, workers / 2, &half);
    if (status == TG_EINPUT) return TG_OK; /* recorded workers are as many as they are */
    TG_TRY(status);
    half.level = s->level;
    status = tg_scene_limits(&half, i, &p);
    if (status == TG_OK) *out = p->step_limit;
    tg_prediction_free(p);
    tg_scene_close(&half);
    return tg_scene_is_of_one_row(status) ? TG_OK : status;
}

/* From so many down to the first number that is predicted to converge; 0: none. */
static tg_status
most_that_converge(const tg_scene *s, size_t i, double *most)
{
    for (bool converges = false; *most >= 1 && !converges; *most -= !converges) {
        tg_scene       few;
        tg_prediction *p = NULL;
        TG_TRY(tg_scene_open(s->study, (size_t)*most, &few));
        few.level = s->level;
        const tg_status status = tg_scene_limits(&few, i, &p);
        converges = status != TG_OK || p->gain < p->threshold_square;
        tg_prediction_free(p);
        tg_scene_close(&few);
        if (status != TG_OK && !tg_scene_is_of_one_row(status)) return status;
    }
    return TG_OK;
}

/* How many workers are the most at this learning rate. The limit holds near the number that was
 * asked for: few workers are asked themselves. */
static tg_status
most_text(const tg_scene *s, size_t i, const tg_prediction *p, char *out, size_t room)
{
    enum { FEW = 8 };
    double most = ceil(p->workers_limit) - 1;

    if (most >= 1 && most <= FEW) TG_TRY(most_that_converge(s, i, &most));
    if (isinf(p->workers_limit) && p->gain >= p->threshold_square)
        snprintf(out, room, "At this learning rate no number of workers converges.");
    else if (!isfinite(p->workers_limit))
        snprintf(out, room, "At this learning rate any number of workers is safe.");
    else if (most < 1)
        snprintf(out, room, "At this learning rate even one worker diverges.");
    else
        snprintf(out, room, "At this learning rate %g worker%s %s the most.", most,
                 plural(most), most == 1 ? "is" : "are");
    return TG_OK;
}

static tg_status
say_advice(const tg_page *page, const tg_scene *s, size_t i, const tg_prediction *p)
{
    char   most[120], half[120] = "";
    double other;

    TG_TRY(half_limit(s, i, p->workers, &other));
    TG_TRY(most_text(s, i, p, most, sizeof most));
    if (isfinite(other))
        snprintf(half, sizeof half, ", for %zu worker%s %.3g", p->workers / 2,
                 plural((double)(p->workers / 2)), other);
    if (isfinite(p->step_limit))
        tg_say_paragraph(
            page,
            "The largest learning rate for %zu worker%s is %.3g%s; half of it leaves a "
            "margin of two. %s",
            p->workers, plural((double)p->workers), p->step_limit, half, most);
    else
        tg_say_paragraph(page, "%s", most);
    return TG_OK;
}

/* Where it gets to, and when. */
static void
say_course(const tg_page *page, const tg_scene *s, const tg_prediction *p)
{
    char         time[160] = "", bias[80] = "";
    const double target = s->study->target;

    if (p->outcome != TG_CONVERGES) return;
    if (isfinite(p->settle))
        snprintf(time, sizeof time,
                 " The excess loss is below the target of %g after %.4g (+- %.2g).", target,
                 p->settle, p->settle_error);
    else if (!isnan(target))
        snprintf(time, sizeof time, " The target of %g is not reached%s.", target,
                 p->floor + p->bias_loss > target ? ": it lies below the floor"
                                                  : " within the horizon");
    if (p->bias_loss > 0)
        snprintf(bias, sizeof bias, " and %.3g from the bias on heterogeneous data",
                 p->bias_loss);
    if (p->floor + p->bias_loss > 0)
        tg_say_paragraph(
            page,
            "The slowest mode falls at rate %.4g per unit of time; what remains "
            "is an excess "
            "loss of %.3g from gradient noise%s.%s",
            p->rate, p->floor, bias, time);
    else
        tg_say_paragraph(page, "The slowest mode falls at rate %.4g per unit of time.%s",
                         p->rate, time);
}

static void
say_sent(const tg_page *page, const tg_prediction *p)
{
    if (p->sent)
        tg_say_paragraph(page,
                         "Up to the horizon %.3g %% of the gradients are sent, in the end "
                         "%.3g %%; far from the minimum all.",
                         100 * p->sent_mean, 100 * p->sent_rest);
}

/* ---- how sure -------------------------------------------------------------------------- */

/* The verdict's certificate, where there is one. */
static void
say_certificate(const tg_page *page, const tg_prediction *p)
{
    char roots[80] = "None of the characteristic roots of its mean lies", sure[120];

    if (p->certificate == TG_UNCOUNTED) return;
    if (p->right > 0)
        snprintf(roots, sizeof roots, "%zu of the characteristic roots of its mean lie",
                 p->right);
    snprintf(sure, sizeof sure, "counted by the argument principle");
    if (p->certificate == TG_PROVED)
        snprintf(sure, sizeof sure, "proved in ball arithmetic");
    if (isnan(p->clearance))
        tg_say_paragraph(page, "%s right of 0: %s.", roots, sure);
    else
        tg_say_paragraph(
            page,
            "%s right of 0: %s; a change of its equation by %.2g %% would alter that.",
            roots, sure, 100 * p->clearance);
}

static void
say_certainty(const tg_page *page, const tg_prediction *p)
{
    const double error = 100 * p->threshold_error / p->threshold_square;

    if (!(error < 100))
        tg_say_paragraph(
            page,
            "How sure: not at all of the limit, whose stated error is as large "
            "as itself (level %s).",
            tg_level_name(p->level));
    else if (p->level == TG_LEVEL_EXACT)
        tg_say_paragraph(page, "How sure: exact for these workers (level exact)%s.",
                         p->resolved < 0.99
                             ? ", of the part of the objective that the eigenvalues cover"
                             : "");
    else
        tg_say_paragraph(page, "How sure: the limit is right to about %.2g %% (level %s).",
                         error, tg_level_name(p->level));
}

tg_status
tg_say_prediction(const tg_page *page, const tg_scene *s, size_t algorithm,
                  const tg_prediction *p)
{
    say_question(page, s, algorithm, p);
    say_verdict(page, s, algorithm, p);
    TG_TRY(say_advice(page, s, algorithm, p));
    say_course(page, s, p);
    say_sent(page, p);
    say_certainty(page, p);
    say_certificate(page, p);
    return TG_OK;
}

void
tg_say_comparison(const tg_page *page, const char *first, const tg_prediction *p,
                  const char *second, const tg_prediction *q, double target)
{
    const double a = p->settle, b = q->settle;

    if (p->outcome != q->outcome)
        tg_say_paragraph(page, "%s %s, %s %s.", first, tg_verdict_text(p), second,
                         tg_verdict_text(q));
    else if (p->outcome == TG_CONVERGES && isfinite(a) && isfinite(b) && !isnan(target))
        tg_say_paragraph(
            page,
            "%s is at the target after %.4g, %s after %.4g: %s takes %.3g times as long.",
            first, a, second, b, a < b ? second : first, fmax(a, b) / fmin(a, b));
    else if (p->outcome == TG_CONVERGES)
        tg_say_paragraph(
            page,
            "%s leaves an excess loss of %.3g, %s one of %.3g; their rates are "
            "%.3g and %.3g.",
            first, p->floor + p->bias_loss, second, q->floor + q->bias_loss, p->rate,
            q->rate);
}

void
tg_say_curvature(const tg_page *page, const tg_study *study)
{
    const tg_curvature *k = &study->quadratic.curvature;

    char text[300];

    if (k->below == 0) return;
    snprintf(
        text, sizeof text,
        "%.3g %% of the eigenvalues are negative, down to %.3g: along them the loss "
        "falls and nothing settles; all that is said here is of the %zu positive ones.",
        100 * k->negative, k->least, study->quadratic.dim);
    tg_say_wrapped(page, text, 2);
}

/* ---- claims that fail ------------------------------------------------------------------ */

/* "28.19 +- 0.053"; whether it converges is a word. */
static void
value_text(const char *claim, double value, double error, char *out, size_t room)
{
    if (!strcmp(claim, "converges"))
        snprintf(out, room, "%s",
                 isnan(value) ? "undecided"
                 : value > 0  ? "converges"
                              : "diverges");
    else if (isfinite(error) && error > 0)
        snprintf(out, room, "%.4g +- %.2g", value, error);
    else
        snprintf(out, room, "%.4g", value);
}

void
tg_say_failures(const tg_page *page, const tg_table *claims)
{
    enum { CLAIM, WHERE, UNIT, PREDICTED, SIMULATED, ERROR, MODEL, Z, LEVEL, VERDICT };
    enum { SHOWN = 6 };
    char   text[400], predicted[60], simulated[60];
    size_t n = 0;

    for (size_t i = 0; i < tg_table_rows(claims); i++) {
        const char *name = tg_table_cell(claims, i, CLAIM).text;
        if (strcmp(tg_table_cell(claims, i, VERDICT).text, tg_judgement_name(TG_FAILS)))
            continue;
        if (n++ >= SHOWN) continue;
        value_text(name, tg_table_cell(claims, i, PREDICTED).number,
                   tg_table_cell(claims, i, MODEL).number, predicted, sizeof predicted);
        value_text(name, tg_table_cell(claims, i, SIMULATED).number,
                   tg_table_cell(claims, i, ERROR).number, simulated, sizeof simulated);
        snprintf(text, sizeof text, "  fails: %.48s, %.60s: predicted %s, simulated %s",
                 name, tg_table_cell(claims, i, WHERE).text, predicted, simulated);
        tg_say_wrapped(page, text, 4);
    }
    if (n > SHOWN) fprintf(page->stream, "  and %zu more that fail\n", n - SHOWN);
}
