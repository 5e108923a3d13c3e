/* schedule_team: so many workers of a schedule, and what they do at any learning rate. Private to
 * theory. */
#ifndef TG_ASGD_SCHEDULE_TEAM_H
#define TG_ASGD_SCHEDULE_TEAM_H

#include "asgd/theory/mode_table.h"
#include "asgd/theory/schedule.h"

enum { TG_TEAM_BEGINNINGS = 12 };

typedef struct tg_team {
    const tg_schedule_task *task;
    size_t                  workers;
    tg_setting              s;
    tg_modes                modes;
    double                  h_max, step_limit, limit_error;
    double                  known[2]; /* thresholds, as in a plan */
    tg_mode_table          *table;    /* NULL: each point is a prediction */
    bool                    waits;    /* it begins when all have delivered, at ... */
    double begin[TG_TEAM_BEGINNINGS]; /* each with its share of them [time] */
} tg_team;

/* Tables at some numbers of workers, from which those between are made. */
typedef struct tg_team_tables {
    tg_mode_table *table; /* (count) by rising workers */
    size_t         count;
} tg_team_tables;

/* For numbers of workers from least to most; none, if the modes allow for none. */
TG_CHECKED tg_status tg_team_tables_make(const tg_schedule_task *task, size_t least,
                                         size_t most, tg_team_tables *out);
void                 tg_team_tables_free(tg_team_tables *t);

/* When a team whose table is known begins: c->waits and c->begin. Errors: those of tg_predict_begin(). */
TG_CHECKED tg_status tg_team_find_beginnings(tg_team *c);

/* Errors: TG_EDOMAIN so many cannot. */
TG_CHECKED tg_status tg_team_open(const tg_schedule_task *task,
                                  const tg_team_tables *tables, size_t workers,
                                  tg_team *out);
void                 tg_team_close(tg_team *c);

typedef struct tg_team_point {
    double time; /* to the target; inf: not by the horizon */
    double loss; /* at the horizon */
    double rate, rate_error, floor;
} tg_team_point;

/* What a step < the limit does; beyond it, time and loss are inf. */
TG_CHECKED tg_status tg_team_at(const tg_team *c, double step, double target,
                                tg_team_point *out);

/* The best step, and what comes of it. */
TG_CHECKED tg_status tg_team_row(const tg_team *c, tg_schedule_row *out);

/* The prediction itself. */
TG_CHECKED tg_status tg_team_predict(const tg_team *c, double step, double target,
                                     tg_prediction **out);

/* What is least: the time; where the target is not reached, more than the horizon, by ln loss. */
double tg_team_merit(const tg_team *c, double target, const tg_team_point *p);

#endif
