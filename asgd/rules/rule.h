/* rule: what the server does with a gradient that arrives
 *
 * A rule is a described value. It keeps its memory in a room of its own and acts by the verbs
 * of asgd/sim/server.h: it asks for the gradient of a job, steps, assigns work, aborts it. Once
 * `begin` has returned, everything it does is an answer to a delivery or to its own alarm.
 */
#ifndef TG_ASGD_RULES_RULE_H
#define TG_ASGD_RULES_RULE_H

#include "asgd/sim/server.h"
#include "core/kind.h"

/* What a rule takes, for estimates. */
typedef struct tg_rule_cost {
    double jobs;    /* begun for each delivery, at most about */
    double vectors; /* (dim) gone through at each, beside the gradient's */
    double bytes;   /* of what its room points to */
} tg_rule_cost;

typedef struct tg_rule_kind {
    tg_kind is;
    bool    ages; /* it asks for the oldest job, tg_sim_oldest() */
    /* Staleness by decree, gradients being taken where the rule says, in logical time: the rounds by which moves come late,
     * about at most; NULL: no such rule. */
    double (*late)(const double *param, const tg_lag *lag);

    /* Whether the parameters suit so many workers; NULL: any that are in range. */
    tg_status (*check)(const double *param, size_t workers);
    /* Bytes of room, zero at the start; NULL: none. */
    size_t (*room)(size_t dim, size_t workers, const double *param);
    /* NULL: one job, no vector, no bytes. */
    tg_rule_cost (*cost)(size_t dim, size_t workers, const double *param);
    /* Give out the first work; NULL: every worker reads. */
    tg_status (*begin)(tg_sim *s, void *room);
    /* The result of a job is here. It is dropped unless its gradient is asked for. */
    tg_status (*deliver)(tg_sim *s, void *room, const tg_job *job);
    /* The worker of a job has not sent what it has, and is free. NULL: it reads. */
    tg_status (*skip)(tg_sim *s, void *room, const tg_job *job);
    /* tg_sim_alarm() goes off. NULL: it sets none. */
    tg_status (*ring)(tg_sim *s, void *room);
    /* Free what the room points to; NULL: nothing. */
    void (*end)(void *room);
} tg_rule_kind;

extern const tg_kind *const tg_rules[]; /* heads of tg_rule_kind, NULL-terminated */

/* The rule of that name. Errors: TG_EINPUT, with the nearest name. */
TG_CHECKED tg_status tg_rule_find(const char *name, tg_choice *out);

extern const tg_rule_kind tg_rule_asgd, tg_rule_sync, tg_rule_k_sync, tg_rule_k_batch_sync,
    tg_rule_k_async, tg_rule_fedbuff, tg_rule_uniform, tg_rule_shuffled, tg_rule_drop,
    tg_rule_wait, tg_rule_ringmaster, tg_rule_delay_adaptive, tg_rule_koloskova,
    tg_rule_staleness_aware, tg_rule_polynomial, tg_rule_fedasync, tg_rule_dude,
    tg_rule_mifa, tg_rule_rennala, tg_rule_malenia, tg_rule_ringleader, tg_rule_dc_asgd,
    tg_rule_dc_asgd_adaptive, tg_rule_local, tg_rule_stale_uniform, tg_rule_stale_constant,
    tg_rule_stale_geometric, tg_rule_stale_table;

/* A rule as it is without parameters given. */
static inline tg_choice
tg_rule(const tg_rule_kind *kind)
{
    return tg_choice_of(&kind->is);
}

/* Room of a rule: header, then doubles, in one block of bytes. */
static inline size_t
tg_room_bytes(size_t header, size_t doubles)
{
    return (header + 63) / 64 * 64 + doubles * sizeof(double);
}

static inline double *
tg_room_doubles(void *room, size_t header)
{
    return (double *)(void *)((char *)room + (header + 63) / 64 * 64);
}

#endif
