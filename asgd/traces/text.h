/* text: a whole text file in memory, plain or gzip, from a path or standard input. Private.
 *
 * What cannot be a log is refused as soon as it shows, with what it seems to be: an
 * archive, a picture, UTF-16, bytes that are no text.
 */
#ifndef TG_ASGD_TEXT_H
#define TG_ASGD_TEXT_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_text {
    const char *source;     /* as given; "standard input" for "-" */
    char       *bytes, *at; /* (size), NUL-terminated; where the text begins in them */
    size_t      size;       /* from `at` on */
    bool        gzip, mark; /* it was compressed; a byte-order mark stood before it */
} tg_text;

/* Read `path`, "-" for standard input. Owner: the caller, tg_text_free(). Errors: TG_EIO
 * unreadable, or more than 1 GiB; TG_EINPUT no text, empty, damaged gzip; TG_ENOMEM,
 * TG_ESTOP. */
TG_CHECKED tg_status tg_text_read(const char *path, tg_text *out);
void                 tg_text_free(tg_text *t);

#endif
