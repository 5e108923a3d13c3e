/* setting_list: a setting and the values it is to have in turn, "PATH=VALUE,VALUE,..."
 *
 * A comma within braces or brackets is part of a value. `[]` in the path stands for every item of that
 * list: algorithm[].most is that of all algorithms.
 */
#ifndef TG_STUDY_SETTING_LIST_H
#define TG_STUDY_SETTING_LIST_H

#include "study/study.h"

typedef struct tg_setting_list {
    char   path[128];
    char **value; /* (count) owned */
    size_t count;
} tg_setting_list;

/* The text of the option --NAME. Owner: tg_setting_list_free(). Errors: TG_EINPUT malformed, or without
 * values; TG_ENOMEM. */
TG_CHECKED tg_status tg_setting_list_read(const char *name, const char *text,
                                          tg_setting_list *out);
void                 tg_setting_list_free(tg_setting_list *s);

/* The last word of the path: "most". */
const char *tg_setting_list_word(const tg_setting_list *s);

/* The study with value i. Owner of *out: the caller, tg_study_free(). Errors: TG_EINPUT no such setting,
 * or not such a value; TG_ENOMEM. */
TG_CHECKED tg_status tg_setting_list_apply(const tg_setting_list *s, const tg_study *study,
                                           size_t i, tg_study **out);

#endif
