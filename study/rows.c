#include "study/rows.h"

#include "study/scene.h"

#include <math.h>
#include <stdio.h>

const tg_column tg_prediction_columns[TG_PREDICTION_COLUMNS] = {
    { "algorithm", "", "server rule", true },
    { "workers", "", "number of workers P", false },
    { "step", "x^2/loss", "learning rate eta", false },
    { "verdict", "", "in mean and in mean square; undecided within the error", true },
    { "lambda", "1/time", "arrivals of gradients", false },
    { "delay_mean", "time", "mean round trip", false },
    { "delay_cv", "", "its standard deviation over its mean", false },
    { "staleness", "", "mean staleness in deliveries (updates, where each is one)", false },
    { "gain", "", "loop gain k = eta h_max P", false },
    { "threshold", "", "the mean field's k*, at which the mean of many workers is lost",
      false },
    { "threshold_square", "", "at which the mean square of these is lost", false },
    { "threshold_error", "", "expected model error", false },
    { "threshold_single", "", "at which a single run ceases to settle; with --single-run",
      false },
    { "single_error", "", "its standard error", false },
    { "lost", "", "at this gain: nothing, mean square, single run; or undecided", true },
    { "unstable", "",
      "modes that do not settle; at level sde, characteristic roots with Re s >= 0",
      false },
    { "right", "",
      "characteristic roots right of 0 of the steepest mode's mean, with these workers' "
      "own past in them; "
      "nan: not counted",
      false },
    { "certificate", "",
      "of that number: proved in ball arithmetic; counted by the argument principle in "
      "steps that no root can "
      "pass; none",
      true },
    { "clearance", "", "relative change of their equation that would alter the number",
      false },
    { "rate", "1/time", "of the slowest mode", false },
    { "rate_kind", "", "exponential; effective: over the horizon, where no root gives one",
      true },
    { "rate_error", "1/time", "expected model error", false },
    { "floor", "loss", "stationary excess loss from gradient noise", false },
    { "floor_error", "loss", "expected model error", false },
    { "bias", "loss", "excess loss from the bias on heterogeneous data", false },
    { "settle", "time", "excess loss stays below the target from here on", false },
    { "settle_error", "time", "expected model error", false },
    { "step_limit", "x^2/loss", "learning rate at which the mean square is lost", false },
    { "workers_limit", "", "number of workers at which it is", false },
    { "resolved", "", "share of the initial excess loss that the modes account for",
      false },
    { "level", "", "exact, renewal, sde or jump", true },
};

const char *
tg_verdict_text(const tg_prediction *p)
{
    if (p->outcome == TG_UNDECIDED) return "undecided";
    if (!p->stable) return "diverges";
    return p->stable_square ? "converges" : "converges in mean only";
}

/* Where the gain lies: below all, past one of them, or within the error of one. */
typedef enum place { BELOW, SQUARE, BETWEEN, SINGLE, UNCLEAR } place;

static place
place_of(const tg_prediction *p)
{
    const double margin = p->gain - p->threshold_single;

    if (!(fabs(p->gain - p->threshold_square) > p->threshold_error)) return UNCLEAR;
    if (p->stable_square) return BELOW;
    if (fabs(margin) > 4 * p->single_error) return margin < 0 ? BETWEEN : SINGLE;
    return SQUARE;
}

const char *
tg_threshold_text(const tg_prediction *p)
{
    static const char *const text[] = {
        "below all: each run settles, and so does their average",
        "past the mean square: the average over runs grows",
        ("past the mean square but not a single run: most runs settle, with bursts, while "
         "their average is carried away by the few that grow"),
        "past all: each run grows", "at the threshold of the mean square, within its error"
    };

    return text[place_of(p)];
}

static const char *
lost_text(const tg_prediction *p)
{
    static const char *const text[] = { "nothing", "mean square", "mean square",
                                        "single run", "undecided" };

    return text[place_of(p)];
}

const char *
tg_rate_kind(bool effective)
{
    return effective ? "effective" : "exponential";
}

static const char *const certificate_text[] = { "none", "counted", "proved" };

tg_status
tg_prediction_add(tg_table *t, const tg_study *study, size_t algorithm,
                  const tg_prediction *p)
{

    const char *label = study->algorithm[algorithm].label;
    return tg_table_add(t, (tg_cell[]){ TG_TEXT(label),
                                        TG_NUMBER((double)p->workers),
                                        TG_NUMBER(study->algorithm[algorithm].step),
                                        TG_TEXT(tg_verdict_text(p)),
                                        TG_NUMBER(p->lambda),
                                        TG_NUMBER(p->delay_mean),
                                        TG_NUMBER(p->delay_cv),
                                        TG_NUMBER(p->staleness),
                                        TG_NUMBER(p->gain),
                                        TG_NUMBER(p->threshold),
                                        TG_NUMBER(p->threshold_square),
                                        TG_NUMBER(p->threshold_error),
                                        TG_NUMBER(p->threshold_single),
                                        TG_NUMBER(p->single_error),
                                        TG_TEXT(lost_text(p)),
                                        TG_NUMBER((double)p->unstable),
                                        TG_NUMBER(p->certificate ? (double)p->right : NAN),
                                        TG_TEXT(certificate_text[p->certificate]),
                                        TG_NUMBER(p->clearance),
                                        TG_NUMBER(p->rate),
                                        TG_TEXT(tg_rate_kind(p->effective)),
                                        TG_NUMBER(p->rate_error),
                                        TG_NUMBER(p->floor),
                                        TG_NUMBER(p->floor_error),
                                        TG_NUMBER(p->bias_loss),
                                        TG_NUMBER(p->settle),
                                        TG_NUMBER(p->settle_error),
                                        TG_NUMBER(p->step_limit),
                                        TG_NUMBER(p->workers_limit),
                                        TG_NUMBER(p->resolved),
                                        TG_TEXT(tg_level_name(p->level)) });
}

const tg_column tg_simulation_columns[TG_SIMULATION_COLUMNS] = {
    { "algorithm", "", "server rule", true },
    { "workers", "", "number of workers P", false },
    { "step", "x^2/loss", "learning rate eta", false },
    { "verdict", "", "whether the mean loss grows, by a test (asgd/sim/growth.h)", true },
    { "replicas", "", "independent simulations", false },
    { "loss", "loss", "mean excess loss at the horizon", false },
    { "loss_error", "loss", "its standard error", false },
    { "late_loss", "loss", "mean over the last half of the horizon", false },
    { "late_loss_error", "loss", "its standard error", false },
    { "settle", "time", "mean loss stays below the target from here on", false },
    { "settle_error", "time", "its standard error", false },
    { "staleness", "", "mean staleness in updates", false },
    { "updates", "", "times the model moved, all replicas", false },
    { "diverged", "", "replicas whose loss left the finite range", false },
    { "diverged_time", "time", "when the first of them did", false },
    { "diverged_update", "", "after how many updates", false },
    { "diverged_in", "", "where in its model, if that can be told", true },
};

double
tg_mean_staleness(const tg_simulation *s)
{
    double sum = 0, n = 0;

    for (size_t j = 0; j < TG_STALENESS_BINS; j++) {
        sum += (double)j * (double)s->staleness[j];
        n += (double)s->staleness[j];
    }
    return sum / n;
}

void
tg_simulation_stalled(const tg_simulation *r, char *out, size_t room)
{
    snprintf(
        out, room,
        "workers that never come back in %zu of %zu replicas, the first of them worker "
        "%zu in replica %zu",
        r->stalled, r->replicas, r->stalled_worker, r->stalled_replica);
}

tg_status
tg_simulation_add(tg_table *t, const tg_study *study, size_t algorithm, size_t workers,
                  const tg_simulation *s)
{
    const tg_stats *end = &s->loss[s->points - 1];

    const char *label = study->algorithm[algorithm].label;
    return tg_table_add(
        t, (tg_cell[]){ TG_TEXT(label), TG_NUMBER((double)workers),
                        TG_NUMBER(study->algorithm[algorithm].step),
                        TG_TEXT(tg_outcome_name(s->growth.outcome)),
                        TG_NUMBER((double)s->replicas), TG_NUMBER(end->mean),
                        TG_NUMBER(tg_stats_error(end)), TG_NUMBER(s->floor.mean),
                        TG_NUMBER(tg_stats_error(&s->floor)), TG_NUMBER(s->settle),
                        TG_NUMBER(s->settle_error), TG_NUMBER(tg_mean_staleness(s)),
                        TG_NUMBER((double)s->ledger.updates),
                        TG_NUMBER((double)s->diverged), TG_NUMBER(s->diverged_time),
                        TG_NUMBER(s->diverged ? (double)s->diverged_updates : (double)NAN),
                        TG_TEXT(s->diverged_in) });
}
