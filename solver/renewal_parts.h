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
    bool            slow;
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

/* The responses r_g of ASGD, rows from `first` of the work, and their transforms (groups,
 * crow) from transform 2; transforms 0 and 1 are used. G_g is made of the mean field's r where
 * that settles on the grid; else of the groups' own responses, continued in e from where it
 * does. Returns whether it does. */
bool tg_renewal_respond(const tg_renewal *w, double e, tg_renewal_work *k, size_t first);

/* Stationary variance by rule; `field` etc. as in tg_renewal_stationary. */
TG_CHECKED tg_status tg_renewal_asgd_variance(const tg_renewal *w, double e,
                                              tg_renewal_variance *out);
TG_CHECKED tg_status tg_renewal_dude_variance(const tg_renewal *w, double e,
                                              tg_renewal_variance *out);

/* All into out (nz): r^ of the mean field; G_g = 1 + sum du_g r z^i; ch, given G_g (groups,
 * stride); r_g^, given ch and G_g. */
void tg_renewal_field(const tg_renewal *w, double e, double complex *out);
void tg_renewal_own(const tg_renewal *w, size_t g, tg_zroom *room, const double *r,
                    double complex *out);
void tg_renewal_speed(const tg_renewal *w, double e, const double complex *gain,
                      size_t stride, double complex *out);
void tg_renewal_answer(const tg_renewal *w, double e, size_t g, const double complex *speed,
                       const double complex *gain, double complex *out);

/* DuDe-ASGD: the mean field's r^, the characteristic function to first order in 1/n, and the
 * response to a kick of x at an arrival, into out (nz) each. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_renewal_dude_speed(const tg_renewal *w, double e,
                                           double complex *field, double complex *speed,
                                           double complex *answer);

/* A group's own minimum. */
double tg_renewal_minimum(const tg_renewal_mode *m, size_t g);

/* E x of ASGD where all begin at t = 0, into y (n); the r_g are rows from `first`. Errors:
 * TG_ESTOP; TG_ENOMEM. */
TG_CHECKED tg_status tg_renewal_begin(const tg_renewal *w, const tg_renewal_mode *m,
                                      tg_renewal_work *k, size_t first, double *y);

/* What e sum_g weight_g int r_g, which is 1 in the end, is on this grid, so that a mean settles
 * where it should; 1 where it has not come to its end. r rows from `first`. */
double tg_renewal_whole(const tg_renewal *w, tg_renewal_work *k, size_t first, size_t count,
                        double e, const double *weight);

/* y, Z = E x^2 - y^2 and what Z may be off by, of each rule; all (n), Z and off zeroed. */
TG_CHECKED tg_status tg_renewal_follow_asgd(const tg_renewal *w, const tg_renewal *coarse,
                                            const tg_renewal_mode     *m,
                                            const tg_renewal_variance *v, double *y,
                                            double *Z, double *off);
TG_CHECKED tg_status tg_renewal_follow_dude(const tg_renewal *w, const tg_renewal *coarse,
                                            const tg_renewal_mode     *m,
                                            const tg_renewal_variance *v, double *y,
                                            double *Z, double *off);

#endif
