/* simulate: the true worker process, event by event
 *
 * Each worker reads the model, computes a gradient there for a random time, delivers it,
 * and reads again at once. Between deliveries nothing happens, so the simulation jumps from
 * one to the next. Times accumulate as t + delay; equal times go to the lower worker.
 */
#ifndef TG_ASGD_SIMULATE_H
#define TG_ASGD_SIMULATE_H

#include "asgd/algorithm.h"
#include "asgd/cluster.h"
#include "asgd/problem.h"

#include <stdint.h>

/* What is simulated; everything is borrowed and must outlive the simulation. */
typedef struct tg_setup {
    const tg_problem   *problem;
    const tg_cluster   *cluster; /* as many workers as the problem has */
    const tg_algorithm *algorithm;
    double              step; /* learning rate [x^2/loss] */
    uint64_t            seed;
} tg_setup;

typedef struct tg_sim tg_sim;

/* The simulation of one replica at t = 0. Its random streams are made from (seed, replica).
 * Owner: the caller, tg_sim_free(). Errors: TG_EDOMAIN step not > 0, or problem and cluster
 * disagree on the number of workers; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_sim_create(const tg_setup *setup, uint64_t replica, tg_sim **out);
void                 tg_sim_free(tg_sim *s);

double tg_sim_next(const tg_sim *s); /* time of the next delivery */

/* Carry out the next delivery; returns its staleness in updates: how often the model moved
 * since the gradient's worker read it. */
uint64_t tg_sim_step(tg_sim *s);

const double *tg_sim_model(const tg_sim *s);    /* (dim) */
uint64_t      tg_sim_arrivals(const tg_sim *s); /* gradients delivered */
uint64_t      tg_sim_updates(const tg_sim *s);  /* times the model moved */
double        tg_sim_loss(tg_sim *s);           /* F(x) - F* now */

#endif
