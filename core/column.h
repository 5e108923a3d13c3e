/* column: one column of observed times out of a CSV file
 *
 * A file has lines `# ...` (skipped), one header line with the names of the columns, and
 * rows.
 */
#ifndef TG_CORE_COLUMN_H
#define TG_CORE_COLUMN_H

#include "core/status.h"

#include <stddef.h>

/* Read the column `column` of `path`; a relative path is taken from the folder of the file
 * `beside` (NULL: the current one). *times (*n >= 1 values >= 0) is malloc'd for the
 * caller. Errors: TG_EIO unreadable; TG_EINPUT no such column, no rows, a row that is too
 * short or whose entry is not a finite number >= 0, with file and line; TG_ENOMEM. */
TG_CHECKED tg_status tg_column_read(const char *beside, const char *path, const char *column,
                                   double **times, size_t *n);

#endif
