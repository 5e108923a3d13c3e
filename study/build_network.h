/* build_network: the network that a study describes. Private to study/build.c. */
#ifndef TG_STUDY_BUILD_NETWORK_H
#define TG_STUDY_BUILD_NETWORK_H

#include "study/study.h"

/* Errors: TG_EINPUT, TG_EIO as its files deserve; TG_EDOMAIN layers that do not fit, at the
 * place of the study where they are; TG_ENOMEM. */
TG_CHECKED tg_status tg_build_network(const tg_study *study, size_t workers,
                                      tg_problem **out);

#endif
