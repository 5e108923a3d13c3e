/* integrate: what `tardigrad integrate` integrates, set up from options or from a study
 *
 *     dX_i = ( -b X_i - a_i X_i(t - T) ) dt + g_i dW_i,    a_i = eta lambda h_i,
 *     g_i = eta sigma_i sqrt(lambda),    F = sum_i h_i (X_i + shift_i)^2 / 2
 */
#ifndef TG_CLI_INTEGRATE_H
#define TG_CLI_INTEGRATE_H

#include "cli/command.h"

#include "core/table.h"
#include "solver/hitting.h"
#include "solver/jump.h"
#include "solver/sdde.h"
#include "study/study.h"

enum { MEANING_ARRIVAL = TG_DELAY_DISTRIBUTED + 1 };

/* The words for what a random delay means, by tg_random_delay and then MEANING_ARRIVAL. */
extern const char *const integration_meanings[MEANING_ARRIVAL + 1];

typedef struct integration {
    tg_study             *study; /* NULL: set up from options */
    size_t                modes;
    tg_linear            *linear;    /* (modes) a, b, g, mean delay, start */
    tg_jump_mode         *jump;      /* (modes) the same as arrivals see it */
    double               *h, *shift; /* (modes) of the loss; both NULL: X itself is shown */
    double                eta, lambda, step, until;
    size_t                paths, rows, every, seed, threads;
    int                   exact;   /* method "exact" */
    int                   single;  /* paths in float32 */
    int                   meaning; /* a tg_random_delay or MEANING_ARRIVAL */
    const tg_sdde_method *method;  /* NULL if exact was asked for */
    int                   chosen;  /* the method was asked for */
    tg_delay             *law;
} integration;

/* Errors: TG_EINPUT an option or value that makes no sense; those of the study. */
TG_CHECKED tg_status integration_open(const arguments *a, integration *out);
void                 integration_close(integration *j);

/* Rows of the grid, 0, step every, ...; whether the delay is constant. */
size_t integration_rows(const integration *j);
int    integration_constant(const integration *j);

/* The equation as the general integrator and as arrivals see it; they borrow from *j. */
tg_sdde integration_equation(const integration *j);
tg_jump integration_arrivals(const integration *j);

/* Say on stderr how many paths it will be, of how many steps, and the bytes they take:
 * always on a terminal, elsewhere if they are many; not with --quiet. Errors: TG_EDOMAIN
 * more than there may be. */
TG_CHECKED tg_status integration_announce(const arguments *a, const integration *j,
                                          double bytes);

/* Notes of a table: what is shown, the delay, the step and the seed. */
TG_CHECKED tg_status integration_note(const integration *j, tg_table *t);

/* Instead of the ensemble: the distribution of the time at which a level is reached. */
TG_CHECKED tg_status integration_hit(const arguments *a, const integration *j);

/* Bytes integration_run will allocate. */
double integration_memory(const integration *j, const tg_observe *watch);

/* Run the ensemble: stats (modes, rows), and what `watch` asks for; after TG_ESTOP of the
 * paths that were finished. */
TG_CHECKED tg_status integration_run(const integration *j, const tg_observe *watch,
                                     tg_stats *stats);

/* Expected mean and standard deviation of what is shown (X or the loss) into (rows) each;
 * NaN where theory has none for this meaning of the delay. Errors: TG_ENOMEM. */
TG_CHECKED tg_status integration_predict(const integration *j, double *mean, double *sd);

#endif
