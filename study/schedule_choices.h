/* schedule_choices: the other questions of tardigrad schedule: which workers of the
 * groups, a rule's best number, how many uplinks, and what one slow worker costs */
#ifndef TG_STUDY_SCHEDULE_CHOICES_H
#define TG_STUDY_SCHEDULE_CHOICES_H

#include "asgd/theory/choose.h"
#include "core/table.h"
#include "study/page.h"
#include "study/setting.h"

enum { TG_CHOICE_COLUMNS = 7 };
extern const tg_column tg_choice_columns[];

/* Add what is found of an algorithm for this task, whose context is its tg_setting_source;
 * and say it on the page. Errors: TG_ESTOP, TG_ENOMEM, those of
 * predictions; what theory does not know is left out. */
TG_CHECKED tg_status tg_choices_add(const tg_schedule_task *task, const tg_page *page,
                                    tg_table *out);

#endif
