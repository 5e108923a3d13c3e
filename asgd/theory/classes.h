/* classes: many groups of workers that differ in speed alone, as few
 *
 * What theory does with groups grows with the square of their number, and workers of speeds of their
 * own (a study's spread) are as many groups as workers. Groups whose laws are one law up to the unit of
 * time are put together where their means differ by less than one part in a few: a class has their law
 * at the mean that gives it their rate of arrivals, so that what is put together differs in second
 * order. Groups are told apart by their kind of law and the ratios of their moments.
 */
#ifndef TG_ASGD_THEORY_CLASSES_H
#define TG_ASGD_THEORY_CLASSES_H

#include "asgd/problems/problem.h"
#include "asgd/sim/cluster.h"

enum {
    TG_CLASSES = 48
}; /* at most, of each law; with so many groups or fewer nothing is done */

/* Cluster and modes by classes, or those that were given. */
typedef struct tg_classes {
    const tg_cluster *cluster;
    const tg_modes   *modes;
    tg_cluster       *own_cluster; /* NULL: the given one */
    tg_modes          own_modes;   /* the given ones but for the workers' order */
    double           *minimum;     /* (modes, workers) of own_modes; NULL: not needed */
} tg_classes;

/* Release with tg_classes_clear(); what is given is borrowed. modes NULL: none are needed. Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_classes_of(const tg_cluster *cluster, const tg_modes *modes,
                                   tg_classes *out);
void                 tg_classes_clear(tg_classes *c);

#endif
