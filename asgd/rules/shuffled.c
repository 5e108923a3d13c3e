/* shuffled: each gradient is a step, and jobs go through one permutation after another
 *
 * Every n jobs a new permutation is drawn (Fisher, Yates), so that each worker has one of
 * them. Jobs wait in their worker's queue.
 */
#include "asgd/rules/parts.h"

/* Doubles: gradient (dim), permutation (workers). */
typedef struct deck {
    size_t left; /* of the permutation, its first ones */
} deck;

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)param;
    return tg_room_bytes(sizeof(deck), dim + workers);
}

/* The next worker. */
static size_t
draw(tg_sim *s, deck *d, double *card)
{
    const size_t n = tg_sim_workers(s);

    if (d->left == 0) {
        for (size_t i = 0; i < n; i++) card[i] = (double)i;
        d->left = n;
    }
    const size_t i = (size_t)tg_rng_below(tg_sim_dice(s), d->left);
    const double worker = card[i];
    card[i] = card[--d->left];
    return (size_t)worker;
}

static tg_status
deliver(tg_sim *s, void *room_, const tg_job *job)
{
    deck   *d = room_;
    double *g = tg_room_doubles(room_, sizeof *d);

    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1));
    return tg_sim_assign(s, draw(s, d, g + tg_sim_dim(s)));
}

const tg_rule_kind tg_rule_shuffled = {
    .is = { "shuffled", "each gradient is a step, the next job goes through permutations",
            "Islamov, Safaryan, Alistarh 2024 (AsGrad)", NULL },
    .room = room,
    .deliver = deliver,
};
