/* choose_trigger: from which length on a gradient is worth its way
 *
 *     min over delta of w t(delta) or of what has been sent by t(delta),   t: the target is reached
 *
 * with a schedule's own workers and learning rate. Less is sent near the minimum, where it helps least, until the edge
 * of what is sent is at the target; behind a busy uplink that also saves time. */
#ifndef TG_ASGD_CHOOSE_TRIGGER_H
#define TG_ASGD_CHOOSE_TRIGGER_H

#include "asgd/theory/schedule.h"

typedef struct tg_trigger_choice {
    double delta;            /* [loss/x] */
    double time, time_error; /* to the target [time]; inf: not by the horizon */
    double uploads;          /* gradients sent by then */
    double objective;
} tg_trigger_choice;

/* Of t its setting and modes for 0 workers, which are the study's own, step, target, horizon, least and bytes. best;
 * all: where everything is sent; own: with the setting's delta. Errors: TG_EDOMAIN a setting that has no delta; those
 * of tg_setting_predict(). */
TG_CHECKED tg_status tg_choose_trigger(const tg_schedule_task *t, tg_trigger_choice *best,
                                       tg_trigger_choice *all, tg_trigger_choice *own);

#endif
