/* check: a study's tree against the schema. Private to study/. */
#ifndef TG_STUDY_CHECK_H
#define TG_STUDY_CHECK_H

#include "core/node.h"

/* Every key is known, every value right, every required key there. Errors: TG_EINPUT with
 * place, key, what was expected, what came and the nearest valid key; TG_EIO a trace
 * unreadable; TG_ENOMEM. */
TG_CHECKED tg_status tg_study_check(const tg_node *root);

#endif
