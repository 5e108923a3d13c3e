/* setting: what a rule with so many workers and a network comes down to: workers that renew
 *
 * Rounds are one worker of the round's law (asgd/theory/rounds.h); workers behind a shared uplink
 * deliver by the law of their round trip; of jobs that the server assigns each is a worker with the
 * law of its time in a queue (asgd/theory/assigned.h). */
#ifndef TG_ASGD_SETTING_H
#define TG_ASGD_SETTING_H

#include "asgd/theory/assigned.h"
#include "asgd/theory/network.h"
#include "asgd/theory/predict.h"
#include "asgd/theory/rounds.h"
#include "solver/decree.h"

typedef struct tg_setting {
    tg_cluster *cluster;   /* owned: tg_setting_free() */
    const char *rule;      /* of solver/linear_rule.h */
    double      number;    /* the rule's own */
    double      noise;     /* factor of a gradient's variance: 1/K in rounds of K */
    double      workers;   /* P */
    double      updates;   /* gradients that count [1/time] */
    double      gradients; /* computed by all workers [1/time] */
    double      uploads;   /* of them sent [1/time] */
    double      busy;      /* share of the time that the uplink is; 0: there is none */
    double      doubt; /* what of its loss, rate, floor and times the network may change */
    double
         first;  /* by which the first round may be another: it begins within jobs [time] */
    bool rounds; /* every gradient is of the newest x ... */
    bool fair;   /* ... and everybody delivers in each */
    bool assigned, shuffled;  /* the server chooses who works next, by permutations */
    tg_assigned    queues;    /* where that is so */
    double         delta;     /* only longer gradients are sent [loss/x]; 0: all ... */
    tg_cluster    *computing; /* ... by these workers; owned ... */
    const tg_link *uplink;    /* ... over this; borrowed */
    double *late; /* staleness by decree: (most + 1) chances of a lag; owned; NULL: none */
    size_t  most;
    double  begin, begin_spread; /* mean and standard deviation of the first round [time] */
    tg_decree_momentum momentum;
} tg_setting;

/* Workers under a rule of theory's table, for nothing more. Takes the cluster, also on failure.
 * Errors: TG_EINPUT no such rule. */
TG_CHECKED tg_status tg_setting_plain(tg_cluster *c, const char *rule, double number,
                                      tg_setting *out);

/* Rounds. Takes the cluster, also on failure. Errors: those of tg_rounds_law(). */
TG_CHECKED tg_status tg_setting_rounds(tg_cluster *c, const tg_rounds *r, tg_setting *out);

/* The same workers behind a network. Takes the cluster, also on failure. Errors: those of
 * tg_network_cluster(). */
TG_CHECKED tg_status tg_setting_network(tg_cluster *c, const tg_link *up,
                                        const tg_link *down, const char *rule,
                                        double number, tg_setting *out);

/* ASGD's workers who send only gradients longer than delta >= 0, over an uplink (borrowed, and must outlive the
 * setting) that may take time: `cluster` is what they are where everything is sent. Takes the cluster, also on
 * failure. Errors: those of tg_network_cluster(). */
TG_CHECKED tg_status tg_setting_trigger(tg_cluster *c, const tg_link *up, double delta,
                                        tg_setting *out);

/* Rounds of everybody whose moves are late by so many rounds more, by weights (most + 1) that need not add up to 1. Takes the
 * cluster, also on failure. Errors: those of tg_rounds_law() and tg_decree_lags(). */
TG_CHECKED tg_status tg_setting_decreed(tg_cluster *c, const double *weight, size_t most,
                                        tg_decree_momentum momentum, tg_setting *out);

/* Workers of one law of whom one works at a time, the others waiting: one worker. Takes the cluster, also on failure.
 * Errors: TG_EDOMAIN workers of several laws. */
TG_CHECKED tg_status tg_setting_alone(tg_cluster *c, tg_setting *out);

/* Jobs that the server assigns, each delivery a step. Takes the cluster, also on failure. Errors: those of
 * tg_assigned_cluster(). */
TG_CHECKED tg_status tg_setting_assigned(tg_cluster *c, bool shuffled, tg_setting *out);

/* The modes as the setting has them: noise of K gradients, and where everybody is heard as often no
 * minima of workers' own. Owner of *out: the caller, tg_modes_free(). Errors: TG_EDOMAIN minima in
 * rounds of some workers, or under permutations; TG_ENOMEM. */
TG_CHECKED tg_status tg_setting_modes(const tg_setting *s, const tg_modes *modes,
                                      tg_modes *out);

/* What a prediction of the setting's cluster does not know: how many workers there are, and what the
 * network may change. */
void tg_setting_tell(const tg_setting *s, const tg_modes *modes, tg_prediction *p);

/* The time at which workers at rest would have delivered what there is at t: later, as long as queues are
 * not yet what they come to. */
double tg_setting_clock(const tg_setting *s, double t);

/* The prediction for modes of tg_setting_modes(). Errors: those of tg_predict_rule(). */
TG_CHECKED tg_status tg_setting_predict_modes(const tg_setting *s, const tg_modes *modes,
                                              double step, const tg_predict_plan *plan,
                                              tg_prediction **out);

/* The prediction, of P workers. Errors: those of tg_predict_rule(). */
TG_CHECKED tg_status tg_setting_predict(const tg_setting *s, const tg_modes *modes,
                                        double step, const tg_predict_plan *plan,
                                        tg_prediction **out);

void tg_setting_free(tg_setting *s);

#endif
