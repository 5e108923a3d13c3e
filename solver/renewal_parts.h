/* renewal_parts: what the files of level `renewal` share. Private to solver/. */
#ifndef TG_SOLVER_RENEWAL_PARTS_H
#define TG_SOLVER_RENEWAL_PARTS_H

#include "solver/renewal.h"
#include "solver/renewal_law.h"
#include "solver/zgrid.h"

struct tg_renewal {
    tg_zgrid       *grid;
    tg_renewal_law *law;     /* (groups) */
    double         *workers; /* (groups) n_g */
    double         *rate;    /* (groups) lambda_g [1/time] */
    size_t          groups;
    double          total, lambda; /* sums of the two */
};

/* Rows of work for one call, and room for its transforms. */
typedef struct tg_renewal_work {
    tg_zroom        room;
    double         *real;
    double complex *transform;
    size_t          row, crow;
} tg_renewal_work;

TG_CHECKED tg_status tg_renewal_work_create(const tg_renewal *w, size_t reals,
                                            size_t transforms, tg_renewal_work *out);
void                 tg_renewal_work_free(tg_renewal_work *k);
double              *tg_renewal_real(tg_renewal_work *k, size_t row);
double complex      *tg_renewal_complex(tg_renewal_work *k, size_t row);

/* Stationary variance by rule; `field` etc. as in tg_renewal_stationary. */
TG_CHECKED tg_status tg_renewal_asgd_variance(const tg_renewal *w, double e,
                                              tg_renewal_variance *out);
TG_CHECKED tg_status tg_renewal_dude_variance(const tg_renewal *w, double e,
                                              tg_renewal_variance *out);

/* G_g = 1 + sum du_g r z^i into out (nz). */
void tg_renewal_own(const tg_renewal *w, size_t g, tg_zroom *room, const double *r,
                    double complex *out);

#endif
