#include "study/sentences.h"

void
tg_say_curvature(FILE *f, const tg_study *study)
{
    const tg_curvature *k = &study->quadratic.curvature;

    if (k->below > 0)
        fprintf(
            f,
            "%.3g %% of the eigenvalues are negative, down to %.3g: along them the loss "
            "falls and nothing settles;\n  all that is said here is of the %zu positive "
            "ones.\n",
            100 * k->negative, k->least, study->quadratic.dim);
}
