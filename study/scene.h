/* scene: a study with a certain number of workers, ready to be predicted and simulated */
#ifndef TG_STUDY_SCENE_H
#define TG_STUDY_SCENE_H

#include "asgd/sim/replicas.h"
#include "asgd/theory/predict.h"
#include "asgd/theory/predict_hits.h"
#include "study/study.h"

typedef struct tg_scene {
    const tg_study       *study; /* borrowed */
    tg_cluster           *cluster;
    tg_problem           *problem;
    tg_modes              modes;   /* found by the first prediction */
    tg_level              level;   /* of predictions; best unless set */
    bool                  single;  /* they say where a single run ceases to settle */
    const tg_kind *const *metrics; /* that simulations measure, such as tg_metrics */
    tg_records *records; /* what is finished of them; borrowed, NULL: not kept ... */
    size_t      place;   /* ... numbered by the place of its workers in the study's sweep */
} tg_scene;

/* workers 0: as many as the study says. Errors: those of the parts. */
TG_CHECKED tg_status tg_scene_open(const tg_study *study, size_t workers, tg_scene *out);
void                 tg_scene_close(tg_scene *s);

/* The number of the first block of the simulations of an algorithm; there are
 * tg_replicas_batches() of each, algorithms after one another, then the next place of the sweep. */
size_t tg_scene_first_block(const tg_scene *s, size_t algorithm);

/* One block of them, as records keep it. Owner of *data: the caller, free(). Errors: those of
 * tg_replicas_batch(). */
TG_CHECKED tg_status tg_scene_block(const tg_scene *s, size_t algorithm, size_t index,
                                    void **data, size_t *size);

/* Find s->modes, unless they are known. Errors: those of tg_problem_modes(). */
TG_CHECKED tg_status tg_scene_modes(tg_scene *s);

/* The study's algorithm i by its name and number in theory's table (solver/linear_rule.h).
 * Errors: TG_EDOMAIN theory does not know it with these settings. */
TG_CHECKED tg_status tg_study_theory(const tg_study *study, size_t i, const char **rule,
                                     double *number);

/* The delta of send_norm, where theory knows algorithm i with it; 0: everything is sent. */
double tg_study_trigger(const tg_study *study, size_t i);

/* The study's algorithm i as theory knows it. Errors: TG_EDOMAIN it does not. */
TG_CHECKED tg_status tg_study_rule(const tg_study *study, size_t i,
                                   const tg_algorithm **out);

TG_CHECKED tg_status tg_scene_simulate(const tg_scene *s, size_t algorithm,
                                       tg_progress *progress, tg_simulation **out);
TG_CHECKED tg_status tg_scene_predict(tg_scene *s, size_t algorithm, tg_prediction **out);
/* The gains, steps and numbers of workers at which it is lost: the prediction of the steepest mode alone, without
 * its course. */
TG_CHECKED tg_status tg_scene_limits(tg_scene *s, size_t algorithm, tg_prediction **out);

/* When single runs are at the study's target, integrated over as many paths as there are
 * replicas (1000 at most), and as simulated. Nothing, runs 0, without a target, below 30
 * replicas, where the modes are not the whole problem, and for other algorithms than asgd
 * and dude. */
TG_CHECKED tg_status tg_scene_hits(tg_scene *s, size_t algorithm, const tg_simulation *r,
                                   tg_waiting *integrated, tg_waiting *simulated);
size_t               tg_scene_hit_paths(const tg_scene *s);

/* Whether a failure concerns one row of a sweep, and the others can go on: TG_EDOMAIN,
 * TG_ENOCONV, TG_EDIVERGED. */
bool tg_scene_is_of_one_row(tg_status status);

/* The same, but where that fails for a reason of this row alone, a prediction without
 * numbers (NaN, undecided), and the reason into why (size); else why is "". */
TG_CHECKED tg_status tg_scene_predict_or_say(tg_scene *s, size_t algorithm,
                                             tg_prediction **out, char *why, size_t size);

#endif
