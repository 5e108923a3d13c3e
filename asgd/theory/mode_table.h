/* mode_table: what a mode of any loop gain does with so many workers, tabulated once
 *
 * With a rule, a number of workers and their laws given, E x^2 of a mode depends on its loop gain
 * k, its start x0 and its noise alone (theory 9):
 *
 *     E x(t)^2 = x0^2 A(k, t) + (sigma/h)^2 V(k) B(k, t),     A = y^2 + Z
 *
 * For small gains A and B do not depend on k at all, as functions of k t/m; larger ones swing, at
 * frequencies which in t hardly depend on k. So with u = t k/(m (1 + 2k)), y e^{D k t/m}, ln Z, B
 * and k/(P V) are kept at rows of k/L and columns of u, L being the limit of the mean square, and
 * found
 * between them by cubics in ln(k/L + .05) and, in ln(1 + 2 u), by cubics for y and lines for the others. Tables of
 * neighbouring numbers of workers have the same rows and columns, and one between is their
 * interpolation in 1/P. All modes of a problem, and all learning rates, take from one table. */
#ifndef TG_ASGD_MODE_TABLE_H
#define TG_ASGD_MODE_TABLE_H

#include "asgd/sim/cluster.h"
#include "core/status.h"

#include <stdbool.h>

enum { TG_TABLE_ROWS = 18, TG_TABLE_TIMES = 160 };

typedef struct tg_mode_table {
    double workers; /* P, or another number that the tables are in order of */
    double mean;    /* m: P over deliveries in time [time] */
    double share,
        size; /* of a step that a gradient is worth; workers that renew: k = share eta h size */
    double limit, limit_error; /* L */
    bool   whole;     /* times are those of the run, else from when DuDe-ASGD begins */
    bool   effective; /* rates are those over the horizon */
    size_t rows;      /* of those that settle: the others are not filled */
    double variance[TG_TABLE_ROWS]; /* k/(size V) */
    double rate[TG_TABLE_ROWS];     /* of the mean, times m/k */
    double decay
        [TG_TABLE_ROWS]; /* D: 1 - k/L, or the rate where that is less: what decays otherwise would grow
                                    without bound between rows */
    double mean_of[TG_TABLE_ROWS][TG_TABLE_TIMES]; /* y e^{D k t/m} */
    double spread[TG_TABLE_ROWS][TG_TABLE_TIMES];  /* ln Z */
    double noise[TG_TABLE_ROWS][TG_TABLE_TIMES];   /* B */
} tg_mode_table;

/* The table of this cluster under a rule of theory's table (solver/linear_rule.h), for times up to
 * `horizon`. *out is the caller's room. Errors: those of tg_predict_rule. */
TG_CHECKED tg_status tg_mode_table_fill(const tg_cluster *c, const char *rule,
                                        double number, double horizon, tg_mode_table *out);

/* L alone. Errors: as above. */
TG_CHECKED tg_status tg_mode_table_limit(const tg_cluster *c, const char *rule,
                                         double number, double *limit);

/* The table in place `workers` of this many (size) that renew, of mean time m, between tables (nodes) of
 * other numbers, by Lagrange's polynomial in 1/P. */
void tg_mode_table_between(const tg_mode_table *const *node, size_t nodes, double workers,
                           double size, double mean, tg_mode_table *out);

/* Where a gain lies among the rows: the first of four of them, and their weights. */
typedef struct tg_table_row {
    size_t first;
    double weight[4];
    double scale, decay; /* u = scale t; D k/m */
    double variance;     /* V(k) of sigma/h = 1 [x^2] */
    double rate; /* [1/time] on a line between the rows, where real roots may meet */
    double rate_error;
} tg_table_row;

/* The row of gain k < L; below the least row it is that row's, above the last that settles its. */
tg_table_row tg_mode_table_row(const tg_mode_table *t, double k);

/* A and V B at time t. */
void tg_mode_table_at(const tg_mode_table *t, const tg_table_row *r, double time,
                      double *start, double *noise);

#endif
