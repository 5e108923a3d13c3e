/* schedule_words: a schedule in sentences, and its rows as wide as the page */
#ifndef TG_STUDY_SCHEDULE_WORDS_H
#define TG_STUDY_SCHEDULE_WORDS_H

#include "asgd/theory/choose_trigger.h"
#include "asgd/theory/schedule.h"
#include "study/page.h"
#include "study/study.h"

/* The schedule of an algorithm of the study for this target. */
void tg_say_schedule(const tg_page *page, const tg_study *study, size_t algorithm,
                     double target, const tg_schedule *s);

/* The best threshold of what its workers send. */
void tg_say_trigger(const tg_page *page, const tg_study *study, const tg_study_algorithm *a,
                    double target, const tg_trigger_choice *best,
                    const tg_trigger_choice *all, const tg_trigger_choice *own);

#endif
