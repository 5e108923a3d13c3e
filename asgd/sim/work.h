/* work: what a job takes and makes, by the workers' behaviour. Private to asgd/sim. */
#ifndef TG_ASGD_SIM_WORK_H
#define TG_ASGD_SIM_WORK_H

#include "asgd/sim/sim_impl.h"

/* What the workers' behaviour needs: its kind and its rooms. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_work_begin(tg_sim *s);
void                 tg_work_clear(tg_sim *s);

/* When all gradients of the job that its worker has begun at job->began are done [time];
 * how many numbers they take. Errors: TG_ESTOP. */
TG_CHECKED tg_status tg_work_finish(tg_sim *s, const tg_job *job, double *out);
uint32_t             tg_work_numbers(const tg_sim *s);

/* Whether the worker sends what it has made. */
bool tg_work_sends(tg_sim *s, const tg_job *job);

/* What the job sends, into g (dim). */
void tg_work_message(tg_sim *s, const tg_job *job, double *g);

/* What a worker of this behaviour makes of the task, into g (dim). */
void tg_work_make(const tg_behaviour_kind *kind, const double *param, const tg_task *task,
                  double *bench, double *g);

#endif
