/* system_file: a system of delay equations from a small YAML file
 *
 *     instant: [[-1, 0.2], [0, -2]]
 *     terms:
 *       - {delay: {law: constant, value: 1}, matrix: [[0, 1], [-1, 0]]}
 */
#ifndef TG_STUDY_SYSTEM_FILE_H
#define TG_STUDY_SYSTEM_FILE_H

#include "roots/system.h"

/* Errors: TG_EIO, TG_EINPUT with file, line and column; TG_ENOMEM. */
TG_CHECKED tg_status tg_system_file_read(const char *path, tg_system *out);
void                 tg_system_file_free(tg_system *s);

#endif
