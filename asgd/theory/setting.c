#include "asgd/theory/setting.h"

#include "asgd/theory/round_clock.h"
#include "solver/linear_rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tg_status
tg_setting_plain(tg_cluster *c, const char *rule, double number, tg_setting *out)
{
    const double rate = tg_cluster_rate(c);

    if (!tg_linear_find(rule)) {
        tg_cluster_free(c);
        return tg_fail(TG_EINPUT, "theory knows no rule \"%s\"", rule);
    }
    *out = (tg_setting){ .cluster = c,
                         .rule = rule,
                         .number = number,
                         .noise = 1,
                         .workers = (double)c->workers,
                         .updates = rate,
                         .gradients = rate,
                         .uploads = rate };
    return TG_OK;
}

tg_status
tg_setting_network(tg_cluster *c, const tg_link *up, const tg_link *down, const char *rule,
                   double number, tg_setting *out)
{
    tg_network      n = { 0 };
    tg_cluster     *round_trips = NULL;
    const tg_status status = tg_network_cluster(c, up, down, &round_trips, &n);

    tg_cluster_free(c);
    TG_TRY(status);
    TG_TRY(tg_setting_plain(round_trips, rule, number, out));
    out->busy = n.busy;
    out->doubt = n.doubt;
    return TG_OK;
}

tg_status
tg_setting_trigger(tg_cluster *c, const tg_link *up, double delta, tg_setting *out)
{
    const tg_link none = { 0 };
    tg_cluster   *copy = NULL;

    tg_status status = tg_cluster_create(c->groups, c->count, c->law, c->together, &copy);
    if (status != TG_OK) {
        tg_cluster_free(c);
        return status;
    }
    status = tg_link_takes_time(up) ? tg_setting_network(copy, up, &none, "asgd", 0, out)
                                    : tg_setting_plain(copy, "asgd", 0, out);
    if (status != TG_OK) {
        tg_cluster_free(c);
        return status;
    }
    out->delta = delta;
    out->computing = c;
    out->uplink = up;
    return TG_OK;
}

/* Whether workers somewhere within a job are like new ones. */
static bool
forget(const tg_cluster *c)
{
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] && strcmp(tg_delay_name(c->law[g]), "exponential")) return false;
    return true;
}

/* By how much the first of the rounds of K, of this mean, may be another: workers are within jobs, of which
 * there is E T^2 / (2 E T) left, of the K-th of P so much of that as of exponential ones; CV times that where long ones are rare. */
static double
another_first(const tg_cluster *c, double mean, double K)
{
    const double P = (double)c->workers;
    double       left = 0, order = 0;

    if (c->together || forget(c)) return 0;
    for (size_t g = 0; g < c->groups; g++) {
        const double cv = fmin(tg_delay_cv(c->law[g]), 100);
        const double of = tg_delay_mean(c->law[g]) * (1 + cv * cv) / 2 * fmax(cv, 1);
        if (c->count[g]) left = fmax(left, of);
    }
    for (double i = 0; i < fmin(K, P); i++) order += 1 / (P - i);
    return fmax(mean, left * order);
}

tg_status
tg_setting_rounds(tg_cluster *c, const tg_rounds *r, tg_setting *out)
{
    const size_t one = 1;
    const double K = (double)r->gradients, P = (double)c->workers;
    const double jobs = tg_rounds_jobs(c, r);
    tg_delay    *law = NULL;
    tg_cluster  *alone = NULL;
    double       mean = 0;

    tg_status    status = tg_rounds_law(c, r, &mean, &law);
    const double first = another_first(c, mean, K);
    if (status == TG_OK) status = tg_cluster_create(1, &one, &law, true, &alone);
    tg_delay_free(law);
    tg_cluster_free(c);
    TG_TRY(status);
    *out = (tg_setting){ .cluster = alone,
                         .rule = "asgd",
                         .noise = 1 / K,
                         .workers = P,
                         .updates = K / mean,
                         .gradients = jobs / mean,
                         .uploads = K / mean,
                         .first = first,
                         .rounds = true,
                         .fair = !r->again && K == P };
    return TG_OK;
}

/* Workers within their jobs make the first round another. */
static tg_status
find_first(const tg_cluster *c, double *mean, double *spread)
{
    *mean = *spread = NAN; /* as the others */
    return c->together ? TG_OK : tg_round_first(c, mean, spread);
}

tg_status
tg_setting_decreed(tg_cluster *c, const double *weight, size_t most,
                   tg_decree_momentum momentum, tg_setting *out)
{
    const tg_rounds all = { .gradients = c->workers };
    double          first, spread;
    tg_setting      s;

    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] && !isfinite(tg_delay_cv(c->law[g]))) {
            tg_cluster_free(c);
            return tg_fail(TG_EDOMAIN,
                           "rounds without variance have no count that theory knows");
        }
    tg_status status = find_first(c, &first, &spread);
    if (status != TG_OK) {
        tg_cluster_free(c);
        return status;
    }
    TG_TRY(tg_setting_rounds(c, &all, &s));
    s.noise = 1;
    s.rounds = s.fair = false;
    s.first = 0;
    s.begin = first;
    s.begin_spread = spread;
    s.most = most;
    s.momentum = momentum;
    s.late = malloc((most + 1) * sizeof *s.late);
    status =
        s.late ? tg_decree_lags(weight, most, s.late) : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK)
        *out = s;
    else
        tg_setting_free(&s);
    return status;
}

tg_status
tg_setting_alone(tg_cluster *c, tg_setting *out)
{
    const size_t one = 1;
    const double P = (double)c->workers;
    tg_cluster  *alone = NULL;

    tg_status status =
        c->groups == 1 && tg_cluster_renews(c)
            ? tg_cluster_create(1, &one, c->law, c->together, &alone)
            : tg_fail(TG_EDOMAIN,
                      "theory does not know workers of several laws in turn; they "
                      "are simulated");
    tg_cluster_free(c);
    TG_TRY(status);
    TG_TRY(tg_setting_plain(alone, "asgd", 0, out));
    out->workers = P;
    out->rounds = true;
    return TG_OK;
}

tg_status
tg_setting_assigned(tg_cluster *c, bool shuffled, tg_setting *out)
{
    tg_assigned queues = { 0 };
    tg_cluster *jobs = NULL;

    if (c->workers == 1) return tg_setting_plain(c, "asgd", 0, out);
    const tg_status status = tg_assigned_cluster(c, shuffled, &jobs, &queues);
    tg_cluster_free(c);
    TG_TRY(status);
    TG_TRY(tg_setting_plain(jobs, "asgd", 0, out));
    out->doubt = queues.doubt;
    out->assigned = true;
    out->shuffled = shuffled;
    out->queues = queues;
    return TG_OK;
}

void
tg_setting_free(tg_setting *s)
{
    tg_cluster_free(s->cluster);
    tg_cluster_free(s->computing);
    free(s->late);
    *s = (tg_setting){ 0 };
}
