#include "study/region_setting.h"

#include <math.h>

/* The study with both settings. */
static tg_status
study_at(const tg_chart_region *r, double x, double y, tg_study **out)
{
    tg_study *half = NULL;

    TG_TRY(tg_axis_apply(&r->x, r->study, x, &half));
    const tg_status status = tg_axis_apply(&r->y, half, y, out);
    tg_study_free(half);
    return status;
}

double
tg_region_whole_workers(const tg_chart_region *r, const tg_axis *a, double value,
                        double *share)
{
    if (!tg_axis_is_workers(a)) return value;
    const double whole = fmax(1, round(value));
    if (r->study->groups == 1) *share *= value / whole;
    return whole;
}

tg_status
tg_chart_region_cluster(const tg_chart_region *r, double x, double y, tg_cluster **out)
{
    tg_study *study = NULL;
    double    share = 1;

    TG_TRY(study_at(r, tg_region_whole_workers(r, &r->x, x, &share),
                    tg_region_whole_workers(r, &r->y, y, &share), &study));
    const tg_status status = tg_study_cluster(study, 0, out);
    tg_study_free(study);
    return status;
}

void
tg_region_setting_close(tg_region_setting *s)
{
    tg_case_close(&s->one);
    tg_scene_close(&s->scene);
    tg_study_free(s->study);
    *s = (tg_region_setting){ 0 };
}

tg_status
tg_region_setting_open(const tg_chart_region *r, double x, double y, tg_region_setting *out)
{
    tg_region_setting   s = { 0 };
    const tg_algorithm *rule;
    double              share = 1;

    const double wx = tg_region_whole_workers(r, &r->x, x, &share);
    const double wy = tg_region_whole_workers(r, &r->y, y, &share);
    TG_TRY(study_at(r, wx, wy, &s.study));
    tg_status status = tg_scene_open(s.study, 0, &s.scene);
    if (status != TG_OK) {
        tg_study_free(s.study);
        return status;
    }
    status = tg_scene_modes(&s.scene);
    if (status == TG_OK) status = tg_study_rule(s.study, r->algorithm, &rule);
    if (status == TG_OK)
        status = tg_case_open(s.scene.cluster, rule, s.study->algorithm[r->algorithm].step,
                              &s.one);
    if (status == TG_OK) {
        s.one.lambda *= share;
        *out = s;
        return TG_OK;
    }
    tg_scene_close(&s.scene);
    tg_study_free(s.study);
    return status;
}

size_t
tg_region_steepest(const tg_modes *m)
{
    size_t k = 0;

    for (size_t j = 1; j < m->count; j++)
        if (m->h[j] > m->h[k]) k = j;
    return k;
}
