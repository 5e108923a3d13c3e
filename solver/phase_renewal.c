/* phase_renewal: what the renewals of a phase-type law have beyond even ones
 *
 * A worker whose job ends begins the next one at once: its phases are a chain of generator Q = A + l b',
 * A of the phases, l of their ends, b of the start. Its eigenvalues but 0 are the roots t_k of phi(s) =
 * 1, and du = sum_k c_k e^{t_k t}, c_k = -1/phi'(t_k). Derived here, theory 3.6.
 */
#include "solver/phase.h"

#include <lapacke.h>
#include <math.h>

/* phi'(s), with E e^{-sT} from each phase by one sweep from the end. */
static double complex
slope(const tg_phase *p, double complex s)
{
    double complex left[TG_PHASE_MAX], rise[TG_PHASE_MAX], sum = 0;

    for (int i = p->n - 1; i >= 0; i--) {
        double         rate = p->leave[i];
        double complex up = p->leave[i], more = 0;
        for (int j = i + 1; j < p->n; j++) {
            rate += p->move[i][j];
            up += p->move[i][j] * left[j];
            more += p->move[i][j] * rise[j];
        }
        left[i] = up / (s + rate);
        rise[i] = (more - left[i]) / (s + rate);
        sum += p->start[i] * rise[i];
    }
    return sum;
}

tg_status
tg_phase_renewal(const tg_phase *p, double complex *t, double complex *c, size_t *terms)
{
    const size_t n = (size_t)p->n;
    double       q[TG_PHASE_MAX * TG_PHASE_MAX], re[TG_PHASE_MAX], im[TG_PHASE_MAX];
    size_t       still = 0;

    for (size_t i = 0; i < n; i++) {
        double rate = p->leave[i];
        for (size_t j = 0; j < n; j++) {
            rate += p->move[i][j];
            q[i * n + j] = p->move[i][j] + p->leave[i] * p->start[j];
        }
        q[i * n + i] -= rate;
    }
    if (LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)n, q, (lapack_int)n, re, im,
                      NULL, 1, NULL, 1))
        return tg_fail(TG_ENOCONV, "the eigenvalues of the phases did not converge");
    for (size_t i = 1; i < n; i++)
        if (hypot(re[i], im[i]) < hypot(re[still], im[still])) still = i;
    *terms = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == still) continue;
        t[*terms] = re[i] + im[i] * I;
        c[*terms] = -1 / slope(p, t[*terms]);
        ++*terms;
    }
    return TG_OK;
}
