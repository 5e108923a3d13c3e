/* predict_unlike: what the first order misses of groups that differ in speed. Private to asgd/theory. */
#ifndef TG_ASGD_THEORY_PREDICT_UNLIKE_H
#define TG_ASGD_THEORY_PREDICT_UNLIKE_H

#include "asgd/theory/predict_finite.h"

enum { TG_UNLIKE_MOST = 6 }; /* groups of a twin: what exact solutions are made of */

/* Workers of the groups' mean rates, and the means of their minima. */
typedef struct tg_unlike_twin {
    tg_cluster *cluster;
    double      workers[TG_UNLIKE_MOST], rate[TG_UNLIKE_MOST];
    double     *minimum; /* (modes, workers), or NULL */
    bool
              varied; /* they vary as the groups' do, as far as their phases allow; else they are exponential */
    tg_delay *law[TG_UNLIKE_MOST];
} tg_unlike_twin;

/* Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_unlike_twin_open(const tg_finite *f, tg_unlike_twin *out);
void                 tg_unlike_twin_close(tg_unlike_twin *t);
/* The twin's law of group g. */
const tg_delay *tg_unlike_law(const tg_finite *f, const tg_unlike_twin *t, size_t g);

/* How much more the laws vary than exponential ones: 0 .. 1. */
double tg_unlike_excess(const tg_finite *f);
/* ln of the ratio of the groups' means. */
double tg_unlike_speeds(const tg_finite *f);

/* Whether there are groups that differ in speed and are known to first order only. */
bool tg_unlike_applies(const tg_finite *f);

/* Correct f->limit and its error; f->twin. `many`: the limit of very many workers. Errors: those of tg_finite_limit(). */
TG_CHECKED tg_status tg_unlike_limit(tg_finite *f, double many);

/* Of mode j: its share of the limit; what half the limit's error makes of V, at most 1. */
double tg_unlike_share(const tg_finite *f, size_t j);
double tg_unlike_near_limit(const tg_finite *f, size_t j);
/* Of mode j mended by an exponential twin, mode->error, of which `moved` was mended, relative; and its course's. Errors:
 * TG_ENOMEM. */
void                 tg_unlike_state_variance(const tg_finite *f, size_t j, double moved,
                                              tg_finite_mode *mode);
TG_CHECKED tg_status tg_unlike_state_course(const tg_finite *f, size_t j,
                                            tg_finite_mode *mode);
/* No rate is above that of the longest jobs under way; who holds the start for longer than the twin's workers do is
 * added to a course's errors. */
void tg_unlike_doubt_rate(const tg_finite *f, tg_finite_mode *mode);
void tg_unlike_doubt_course(const tg_finite *f, const tg_unlike_twin *t, size_t j,
                            tg_mode_course *c);

/* Correct the modes (f->m->count), whose limit is corrected. Errors: those of tg_predict_rule(). */
TG_CHECKED tg_status tg_unlike_modes(const tg_finite *f, tg_finite_mode *mode);

#endif
