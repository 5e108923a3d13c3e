/* file: files written whole or not at all */
#ifndef TG_CORE_FILE_H
#define TG_CORE_FILE_H

#include "core/status.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct tg_file {
    FILE *stream;
    char *path, *temporary;
    bool  in_place; /* no temporary: it is written straight into what is there */
} tg_file;

/* Open a temporary beside `path`, or, if that is a device, a pipe or a link, it itself; write to f->stream, then finish. After a failure nothing
 * needs to be released. Errors: TG_EIO, TG_EWRITE the disk is full, TG_ENOMEM. */
TG_CHECKED tg_status tg_file_begin(tg_file *f, const char *path);

/* Close and rename into place if `status` is TG_OK and every write succeeded; otherwise
 * remove the temporary. Returns `status`, or TG_EWRITE if it was TG_OK and writing failed. */
TG_CHECKED tg_status tg_file_end(tg_file *f, tg_status status);

/* Whether a file could be written there, for who has long to go until it is; of a device, a pipe or a
 * link that is not asked. Errors: as tg_file_begin(). */
TG_CHECKED tg_status tg_file_check(const char *path);

/* Make a folder and its parents; an existing folder is fine. Errors: TG_EIO. */
TG_CHECKED tg_status tg_folder_make(const char *path);

/* A whole text file, NUL-terminated; caller frees. Errors: TG_EIO, also for more than 1 GiB;
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_file_read(const char *path, char **out);

/* "folder/name"; caller frees; NULL when out of memory. `name` alone if it is absolute or
 * folder is empty. */
char *tg_path_join(const char *folder, const char *name);

/* The path of a file that was named in another one: relative to that one's folder. Caller
 * frees; NULL when out of memory. */
char *tg_path_beside(const char *source, const char *name);

#endif
