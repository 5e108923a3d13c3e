/* cost: what a command will take, counted before it begins
 *
 * Estimates, from counts of elementary steps and what one takes on a machine of 2020; they
 * are meant to tell a second from a minute, an hour or a day.
 */
#ifndef TG_STUDY_COST_H
#define TG_STUDY_COST_H

#include "study/listener.h"
#include "study/scene.h"

typedef struct tg_cost {
    double      count, seconds; /* of all together, on the threads in force */
    const char *unit, *advice;  /* what is counted; the option that lowers it */
} tg_cost;

/* Above a minute tell the listener (NULL: nobody). Errors: TG_EDOMAIN it could not
 * end within a day; the message gives the number and the advice. */
TG_CHECKED tg_status tg_cost_check(const tg_listener *l, const tg_cost *c);

/* The same of n predictions, or of verdicts only, of all algorithms, of which the scene is
 * one. */
TG_CHECKED tg_status tg_cost_of_predictions(const tg_listener *l, const tg_scene *s,
                                            size_t n);
TG_CHECKED tg_status tg_cost_of_verdicts(const tg_listener *l, const tg_scene *s, size_t n);

/* The same of a schedule of all algorithms (asgd/theory/schedule.h). */
TG_CHECKED tg_status tg_cost_of_schedule(const tg_listener *l, const tg_scene *s);

/* The same of the simulations of all algorithms with these numbers of workers (n), of which
 * the scene has one, but for what its records have. Errors: also that the workers' models do not fit into memory. */
TG_CHECKED tg_status tg_cost_of_simulations(const tg_listener *l, const tg_scene *s,
                                            const size_t *workers, size_t n);

/* Seconds of one thread for one replica of each algorithm with each of these numbers of workers, into
 * seconds (n, algorithms). Errors: the workers' models do not fit into memory. */
TG_CHECKED tg_status tg_cost_of_replicas(const tg_scene *s, const size_t *workers, size_t n,
                                         double *seconds);

/* The same of tuning so many of its algorithms. */
TG_CHECKED tg_status tg_cost_of_tuning(const tg_listener *l, const tg_scene *s,
                                       size_t algorithms);

/* The same of what the integrator follows beside them (tg_scene_hits), at most. */
TG_CHECKED tg_status tg_cost_of_hits(const tg_listener *l, const tg_scene *s,
                                     const size_t *workers, size_t n);

/* The mean number of renewals of a law in a time t, within a factor of two:
 * t / E min(T, t) <= E N(t) + 1 <= 2 t / E min(T, t); the first of these.
 * Source: Erickson 1973, Annals of Probability 1:382. */
double tg_cost_renewals(const tg_delay *law, double t);

#endif
