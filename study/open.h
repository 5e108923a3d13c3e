/* open: a study read, with the steps that it leaves open tuned */
#ifndef TG_STUDY_OPEN_H
#define TG_STUDY_OPEN_H

#include "study/listener.h"
#include "study/study.h"

/* Read a study from a file, or from text of which `source` says where it came from, apply
 * the settings ("path=value", sets of them) and tune the steps that it leaves open; the
 * listener hears which they are. Owner of *out: the caller, tg_study_free(). Errors: those
 * of tg_study_read(), cost and tg_study_tune(). */
TG_CHECKED tg_status tg_study_open(const char *path, const char *const *settings,
                                   size_t sets, const tg_listener *l, tg_study **out);
TG_CHECKED tg_status tg_study_open_text(const char *text, const char *source,
                                        const char *const *settings, size_t sets,
                                        const tg_listener *l, tg_study **out);

#endif
