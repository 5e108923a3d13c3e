/* choose: which workers of a mixed cluster to use, and a rule's own number
 *
 *     min over 0 <= n_g <= N_g of w t(n, eta),   eta the best for each n
 *
 * by moves of one group up or down and exchanges of two, in steps that are halved where none helps,
 * from all workers and from each group alone. A worker that is slow makes others staler, or keeps
 * them waiting; without it there is more noise. A number, such as the K of a buffer, is tried at powers
 * of 2 and then between the neighbours of the best. Derived here, theory 9. */
#ifndef TG_ASGD_CHOOSE_H
#define TG_ASGD_CHOOSE_H

#include "asgd/theory/schedule.h"

enum { TG_MOST_GROUPS = 16 };

typedef struct tg_choose_task {
    /* The setting of so many workers of each group (groups), or the rule's number. Errors: TG_EDOMAIN
     * that cannot be. */
    tg_status (*setting)(void *context, const size_t *count, tg_setting *out);
    void            *context;
    tg_schedule_task plan; /* its setting is not used; modes do not depend on the workers */
    const size_t    *most; /* (groups) N_g */
    size_t           groups;
} tg_choose_task;

typedef struct tg_chosen {
    size_t          count[TG_MOST_GROUPS];
    tg_schedule_row row, all; /* with these; with everybody */
    size_t          looks;    /* at how many choices */
} tg_chosen;

/* Errors: TG_EDOMAIN no groups or more than TG_MOST_GROUPS, or none of the choices can be predicted; those
 * of the setting and of predictions; TG_ESTOP; TG_ENOMEM. */
TG_CHECKED tg_status tg_choose_workers(const tg_choose_task *t, tg_chosen *out);

/* The same for the one count of the task, a number from `least` to most[0]; `all` is then that of
 * most[0]. */
TG_CHECKED tg_status tg_choose_number(const tg_choose_task *t, size_t least,
                                      tg_chosen *out);

/* One choice. Its time is inf where it cannot be. */
TG_CHECKED tg_status tg_choose_look(const tg_choose_task *t, const size_t *count,
                                    tg_schedule_row *out);

#endif
