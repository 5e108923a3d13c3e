/* svg: what gnuplot draws, made fit for a page: title, description, role, values without script */
#ifndef TG_CLI_SVG_H
#define TG_CLI_SVG_H

#include "core/status.h"

/* Rewrite the file: role="img", the title and the description as its elements, and each value that
 * gnuplot would show by a script of its own as the title of its point, class "value". All of it goes
 * through core/quote.h. Errors: TG_EIO, TG_EWRITE, TG_ENOMEM. */
TG_CHECKED tg_status svg_describe(const char *path, const char *title,
                                  const char *description);

#endif
