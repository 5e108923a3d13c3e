/* integrate: what `tardigrad integrate` integrates, set up from options or from a
 * study. Private to study/.
 *
 *     dX_i = ( -b X_i - a_i X_i(t - T) ) dt + g_i dW_i,    a_i = eta lambda h_i,
 *     g_i = eta sigma_i sqrt(lambda),    F = sum_i h_i (X_i + shift_i)^2 / 2
 */
#ifndef TG_STUDY_INTEGRATE_H
#define TG_STUDY_INTEGRATE_H

#include "core/table.h"
#include "solver/hitting.h"
#include "solver/jump.h"
#include "solver/sdde.h"
#include "study/answer.h"

enum { TG_MEANING_ARRIVAL = TG_DELAY_DISTRIBUTED + 1 };

/* The words for what a random delay means, by tg_random_delay and then TG_MEANING_ARRIVAL. */
extern const char *const tg_integrate_meanings[TG_MEANING_ARRIVAL + 1];

typedef struct tg_integration {
    const tg_study       *study; /* borrowed; NULL: set up from options */
    size_t                modes;
    tg_linear            *linear;    /* (modes) a, b, g, mean delay, start */
    tg_jump_mode         *jump;      /* (modes) the same as arrivals see it */
    double               *h, *shift; /* (modes) of the loss; both NULL: X itself is shown */
    double                eta, lambda, step, until;
    size_t                paths, rows, every, seed;
    int                   exact;   /* method "exact" */
    int                   single;  /* paths in float32 */
    int                   meaning; /* a tg_random_delay or TG_MEANING_ARRIVAL */
    const tg_sdde_method *method;  /* NULL if exact was asked for */
    int                   chosen;  /* the method was asked for */
    tg_delay             *law;
} tg_integration;

/* Errors: TG_EINPUT an option or value that makes no sense; those of the study. */
TG_CHECKED tg_status tg_integrate_open(const tg_ask *ask, const tg_study *study,
                                       tg_integration *out);
void                 tg_integrate_close(tg_integration *j);

/* Rows of the grid, 0, step every, ...; whether the delay is constant. */
size_t tg_integrate_rows(const tg_integration *j);
int    tg_integrate_constant(const tg_integration *j);

/* The equation as the general integrator and as arrivals see it; they borrow from *j. */
tg_sdde tg_integrate_equation(const tg_integration *j);
tg_jump tg_integrate_arrivals(const tg_integration *j);

/* Tell the listener how many paths it will be, of how many steps, and the bytes they take:
 * in passing, unless they are many. Errors: TG_EDOMAIN
 * more than there may be. */
TG_CHECKED tg_status tg_integrate_announce(const tg_ask *ask, const tg_integration *j,
                                           double bytes);

/* Notes of a table: what is shown, the delay, the step and the seed. */
TG_CHECKED tg_status tg_integrate_note(const tg_integration *j, tg_table *t);

/* Instead of the ensemble: the distribution of the time at which a level is reached; the
 * columns of its table. */
enum { TG_HITTING_COLUMNS = 4 };
extern const tg_column tg_hitting_columns[TG_HITTING_COLUMNS];
TG_CHECKED tg_status   tg_integrate_hit(const tg_ask *ask, const tg_integration *j,
                                        tg_answer *out);

/* Bytes tg_integrate_run will allocate. */
double tg_integrate_memory(const tg_integration *j, const tg_observe *watch);

/* Run the ensemble: stats (modes, rows), and what `watch` asks for; after TG_ESTOP of the
 * paths that were finished. */
TG_CHECKED tg_status tg_integrate_run(const tg_integration *j, const tg_observe *watch,
                                      tg_stats *stats);

/* Expected mean and standard deviation of what is shown (X or the loss) into (rows) each;
 * NaN where theory has none for this meaning of the delay. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_integrate_predict(const tg_integration *j, double *mean,
                                          double *sd);

#endif
