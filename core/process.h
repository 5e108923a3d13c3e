/* process: run another program and wait for it */
#ifndef TG_CORE_PROCESS_H
#define TG_CORE_PROCESS_H

#include "core/status.h"

/* Run argv[0] (found on PATH) with argv (NULL-terminated) in `folder`, without a shell; its
 * output is dropped, but for the first line that it complains with where it fails. It is in a process group of its own, so that Ctrl-C at the terminal
 * does not end it half-way; after a stop request it is killed.
 * Errors: TG_EIO it cannot be started, or ends with a status other than 0, with that line;
 * TG_ESTOP. */
TG_CHECKED tg_status tg_process_run(const char *folder, const char *const argv[]);

#endif
