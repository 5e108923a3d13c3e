/* planner: FFTW's planner, unlike its transforms, takes one thread at a time. Private. */
#ifndef TG_SOLVER_PLANNER_H
#define TG_SOLVER_PLANNER_H

/* Around every call that makes or destroys a plan. */
void tg_planner_lock(void);
void tg_planner_unlock(void);

#endif
