/* setting: what a study's algorithm with so many workers comes down to for theory */
#ifndef TG_STUDY_SETTING_H
#define TG_STUDY_SETTING_H

#include "asgd/theory/schedule.h"
#include "study/study.h"

/* An algorithm of a study; the `context` of a tg_schedule_task. */
typedef struct tg_setting_source {
    const tg_study *study;
    size_t          algorithm;
} tg_setting_source;

/* Errors: TG_EDOMAIN theory does not know the algorithm, or so many workers cannot. */
TG_CHECKED tg_status tg_study_setting(void *source, size_t workers, tg_setting *out);
/* The same of a cluster of one's own, which is taken, also on failure. */
TG_CHECKED tg_status tg_study_setting_of_cluster(const tg_setting_source *source,
                                                 tg_cluster *c, tg_setting *out);
TG_CHECKED tg_status tg_study_setting_modes(void *source, size_t workers, tg_modes *out);

#endif
