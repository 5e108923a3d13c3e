/* schedule_words: a schedule in sentences, and its rows as wide as the page */
#ifndef TG_STUDY_SCHEDULE_WORDS_H
#define TG_STUDY_SCHEDULE_WORDS_H

#include "asgd/theory/schedule.h"
#include "study/page.h"
#include "study/study.h"

/* The schedule of an algorithm of the study for this target. */
void tg_say_schedule(const tg_page *page, const tg_study *study, size_t algorithm,
                     double target, const tg_schedule *s);

#endif
