/* replay: a study's workers take the times that were recorded of them. Private to study/. */
#ifndef TG_STUDY_REPLAY_H
#define TG_STUDY_REPLAY_H

#include "study/study.h"

/* The study's table of events, columns worker, number, began and finished, into the cluster: job
 * `number` of a worker takes finished - began; after the last one it begins with the first again.
 * Errors: TG_EINPUT no such table, workers that the cluster has not, a job that is missing; TG_EIO,
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_study_replay(const tg_study *study, tg_cluster *c);

#endif
