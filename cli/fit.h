/* fit: the figures of `tardigrad fit` */
#ifndef TG_CLI_FIT_H
#define TG_CLI_FIT_H

#include "cli/output.h"
#include "study/fit.h"

/* The tables and figures of the fit, into the results' folder: laws-GROUP, speeds,
 * times. */
TG_CHECKED tg_status write_fitted_figures(const arguments *a, const tg_trace *t,
                                          const tg_fitted *f);

#endif
