/* Heterogeneous data: where the mean settles. ASGD goes to sum_i p_i b_i with p_i
 * proportional to 1/m_i, DuDe-ASGD to the mean of the b_i (theory 4). */
#include "validation/versus/versus.h"

enum { FAST = 6, SLOW = 10, P = FAST + SLOW };

static tg_cluster *
two_groups(void)
{
    const size_t count[] = { FAST, SLOW };
    tg_delay    *law[2] = { NULL };
    tg_cluster  *c = NULL;

    must(tg_delay_parse("{law: gamma, shape: 4, mean: 0.5}", &law[0]));
    must(tg_delay_parse("{law: lognormal, mean: 2, cv: 0.5}", &law[1]));
    must(tg_cluster_create(2, count, law, false, &c));
    tg_delay_free(law[0]);
    tg_delay_free(law[1]);
    return c;
}

int
main(void)
{
    double                minima[P];
    tg_cluster           *c = two_groups();
    const tg_predict_plan plan = { .points = 0, .target = NAN };
    int                   bad = 0;

    for (int i = 0; i < P; i++) minima[i] = i < FAST ? 1 + 0.1 * i : -1 + 0.05 * i;
    tg_problem  *p = one_mode(1, 3, 0.1, P, minima);
    tg_modes     m = modes_of(p, c);
    const double centre = 3 - m.start[0];
    claims_header();
    for (const tg_algorithm *const *a = tg_algorithms; *a; a++) {
        tg_prediction *q = NULL;
        const double   step = 0.02;
        const tg_setup setup = tg_setup_of(p, c, rule_of(*a), step, 21);
        must(tg_predict(&m, c, *a, step, &plan, &q));
        const averages s = average(&setup, 60, 660, 60);
        bad |= claim_row("fixed point of the mean", (*a)->name, centre + q->mode[0].bias, 0,
                         s.x.mean, tg_stats_error(&s.x), "exact");

        bad |= claim_row("stationary loss", (*a)->name, q->bias_loss + q->floor,
                         q->floor_error, s.loss.mean, tg_stats_error(&s.loss),
                         tg_level_name(q->level));
        tg_prediction_free(q);
    }
    tg_modes_free(&m);
    tg_problem_free(p);
    tg_cluster_free(c);
    return bad;
}
