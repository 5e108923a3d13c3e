/* folder: a folder of results that is seen whole or not at all
 *
 * A run writes into a draft, a hidden folder beside the place that the results are for, and
 * one rename puts it there: the two change places (Linux, renameat2), so that whoever looks
 * sees the old results whole until they see the new ones. The draft is also the lock: a
 * second run into the same folder is refused while the first lives; a draft that a dead run
 * left behind is cleared by the next one.
 *
 * What a run writes replaces the entries of the folder that have the same name; whatever
 * else is in the folder stays.
 */
#ifndef TG_CORE_FOLDER_H
#define TG_CORE_FOLDER_H

#include "core/status.h"

typedef struct tg_folder {
    char *path, *draft; /* where the results are for, where to write; absolute */
    int   lock, earlier;
} tg_folder;

/* Begin results for `path`, which need not exist; its parents are made. Write below
 * f->draft. After a failure nothing is held.
 * Errors: TG_EINPUT path empty; TG_EIO it is not a folder, is a mount point, is the current
 * folder or above it, another run writes there, or a draft cannot be made; TG_ENOMEM. */
TG_CHECKED tg_status tg_folder_begin(const char *path, tg_folder *f);

/* Put the draft in place if `status` is TG_OK, else remove it; release f. Returns `status`,
 * or TG_EIO if it was TG_OK and the results could not be put in place: the draft is then
 * left, and the message says where. */
TG_CHECKED tg_status tg_folder_end(tg_folder *f, tg_status status);

/* Remove a draft from another thread on the way out of the program. */
void tg_folder_discard(const char *draft);

#endif
