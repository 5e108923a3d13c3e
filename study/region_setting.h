/* region_setting: one setting of a chart, opened. Private to study/. */
#ifndef TG_STUDY_REGION_SETTING_H
#define TG_STUDY_REGION_SETTING_H

#include "asgd/theory/gain_course.h"
#include "study/region.h"

typedef struct tg_region_setting {
    tg_study *study;
    tg_scene  scene;
    tg_case   one;
} tg_region_setting;

/* The study at (x, y), its cluster, modes and rule. Errors: those of the study and its parts. */
TG_CHECKED tg_status tg_region_setting_open(const tg_chart_region *r, double x, double y,
                                            tg_region_setting *out);
void                 tg_region_setting_close(tg_region_setting *s);

/* A number of workers between two whole ones: the nearest, at `share` of its rate of
 * arrivals. That is what it means where there is one group; of several each moves in whole
 * steps. */
double tg_region_whole_workers(const tg_chart_region *r, const tg_axis *a, double value,
                               double *share);

/* The mode of the largest eigenvalue. */
size_t tg_region_steepest(const tg_modes *m);

#endif
