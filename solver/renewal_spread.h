/* renewal_spread: the spread that comes of one worker delivering at its own renewals
 *
 * Seen from time t a worker has moved x by -e sum_k B_k over its deliveries t_k > 0,
 *
 *     B_k = a(t_k) + q(t - t_k) ( c(t_{k-1}) - theta c(t_{k-2}) )
 *
 * c(s) being what it reads at s, and `before` at all s < 0. ASGD: q = r, theta = 0, a = 0.
 * DuDe-ASGD: theta = 1 and q = mu int r, what a slot does for as long as it is held, and a(s)
 * = z(s) r(t - s), z the mean of all slots, what an arrival applies. With forward sums through
 * the renewal measure the variance of sum B_k is, per worker,
 *
 *     (1/m) int { E B^2 + 2 E[B (F - c(t_{k-1}) theta Dq)] } ds - [(1/m) int E B ds]^2,
 *     F(s) = int (U - delta_0) a + int U c (Dq - theta D^2 q)
 *
 * and with U(ds) for ds/m where the jobs begin at t = 0. Derived here, theory 3.8. Private to
 * solver/.
 */
#ifndef TG_SOLVER_RENEWAL_SPREAD_H
#define TG_SOLVER_RENEWAL_SPREAD_H

#include "solver/renewal_parts.h"

#include <stdbool.h>

typedef struct tg_spread {
    const tg_renewal *w;
    size_t            group;
    double            e;
    const double     *q, *r, *z; /* (n); r and z NULL: ASGD, theta = 0 */
    const double     *c;         /* (n) */
    double            before;
    bool              begins; /* ASGD: all jobs begin at t = 0, none was under way */
} tg_spread;

enum { TG_SPREAD_REALS = 11 };

/* e^2 n_g times that variance added to out (n); rows from `real` of the work are used. Errors:
 * TG_ESTOP. */
TG_CHECKED tg_status tg_spread_add(const tg_spread *s, tg_renewal_work *k, size_t real,
                                   double *out);

/* The same of ASGD where c hardly moves during some jobs: e^2 lambda CV^2 int E c(s - T)^2
 * r(t - s)^2 ds; one row and transforms 0 and 1 are used. */
void tg_spread_add_slow(const tg_spread *s, tg_renewal_work *k, size_t real, double *out);

/* sum_j p_j f(t - t_j), f = before for t < 0. */
void tg_spread_late(const tg_renewal *w, size_t g, tg_zroom *room, const double *f,
                    double before, double *out);

/* K^ = W^ / (r^2)^ of the spread W of the response r; W (n) becomes K, r is used up. */
void tg_spread_kernel(const tg_renewal *w, tg_renewal_work *k, double *r, double *W);

/* f on `from` into out on `to`, by cubics through four points; after its end its last value.
 */
void tg_spread_carry(const tg_zgrid *from, const double *f, const tg_zgrid *to,
                     double *out);

/* R after `from` [time], where the coarse grid ended, as K * (y - y_end)^2, which goes as R where
 * x moves as r does, on from its value there; a constant part, of marks, stays. K by its transform; transform 1 is used,
 * `work` (n) is used up. */
void tg_spread_continue(const tg_renewal *w, tg_renewal_work *k, const double complex *K,
                        const double *y, bool marks, double from, double *work, double *R);

/* Z = F + K * Z, K given by its transform: F (n) becomes Z; transform 1 is used. */
void tg_spread_feed(const tg_renewal *w, tg_renewal_work *k, const double complex *K,
                    double *F);

/* What is fed back of R is of second order, and so is what R itself lacks: the true spread lies
 * between R and R fed back, nearer the latter the more workers there are. R (n) becomes it, `fed`
 * (n), which was R fed back, what it may be off by. Fitted to exact transients, theory 3.8. */
void tg_spread_blend(const tg_renewal *w, const tg_renewal_mode *m, double *R, double *fed);

#endif
