/* spectra: eigenvalues of the Hessian of a study's objective along a training */
#ifndef TG_STUDY_SPECTRA_H
#define TG_STUDY_SPECTRA_H

#include "asgd/problems/spectra.h"
#include "study/study.h"

/* The `top` largest and as many least eigenvalues at the model that the first replica of the first
 * algorithm has at each of these times, (times) rising [time]; step is the number of updates made
 * till then. Owner of *out: the caller, tg_spectra_free(). Errors: TG_EINPUT times that fall;
 * TG_EDOMAIN the objective has no products with its Hessian, or fewer eigenvalues; those of
 * tg_hessian_top() and of simulations; TG_ESTOP. */
TG_CHECKED tg_status tg_study_spectra(const tg_study *study, size_t top, const double *time,
                                      size_t times, tg_spectra *out);

#endif
