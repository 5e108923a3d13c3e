/* trigger_path: a course with a trigger, its laws and its grids */
#include "asgd/theory/trigger_parts.h"

#include "asgd/theory/predict_finite.h"

#include <math.h>
#include <stdlib.h>

/* ---- delays -------------------------------------------------------------------------- */

/* int F over a cell, by points within it, as F may jump at its ends. */
static double
over_cell(const tg_delay *law, double from, double dt)
{
    enum { POINTS = 16 };
    double sum = 0;

    for (int i = 0; i < POINTS; i++)
        sum += tg_delay_cdf(law, from + dt * (i + 0.5) / POINTS);
    return sum * dt / POINTS;
}

void
tg_trigger_lattice(const tg_delay *law, double dt, size_t ages, double *p)
{
    double before = 0, all = 0;

    for (size_t c = 0; c + 1 < ages; c++) {
        const double cell = over_cell(law, dt * (double)c, dt);
        p[c] = (cell - before) / dt;
        all += p[c];
        before = cell;
    }
    p[ages - 1] = 1 - all;
    p[1] += 2 * p[0];
    p[2] -= p[0];
    p[0] = 0;
}

/* ---- laws and courses ----------------------------------------------------------------- */

void
tg_trigger_close_laws(tg_trigger_laws *l)
{
    for (size_t i = 0; i < l->count; i++) {
        tg_delay_free(l->of[i]);
        free(l->law[i].p);
    }
    tg_delay_free(l->computing);
    free(l->done);
}

tg_status
tg_trigger_open_laws(tg_trigger_job *b, tg_trigger_laws *l)
{
    static const double share[TG_TRIGGER_LEVELS] = { 1e-3, 0.02, 0.05, 0.1,  0.15, 0.2,
                                                     0.3,  0.4,  0.5,  0.65, 0.8,  1 };
    const size_t        count = tg_trigger_is_linked(b->trigger) ? TG_TRIGGER_LEVELS : 1;

    const double P = (double)b->trigger->workers->workers;

    *l = (tg_trigger_laws){ .mean = P / tg_cluster_rate(b->trigger->workers) };
    for (size_t i = 0; i < count; i++) {
        const double p = share[i + TG_TRIGGER_LEVELS - count];
        tg_cluster  *c = NULL;
        double       jobs;
        TG_TRY(tg_trigger_round_trips(b, p, &c, &jobs));
        const tg_status status = tg_cluster_delay(c, &l->of[i]);
        tg_cluster_free(c);
        TG_TRY(status);
        l->law[i] =
            (tg_trigger_law){ .rate = jobs, .sent = p * jobs, .way = P - jobs * l->mean };
        l->longest = fmax(l->longest, tg_delay_quantile(l->of[i], 1 - 1e-4));
        l->count++;
    }
    return count > 1 ? tg_cluster_delay(b->trigger->workers, &l->computing) : TG_OK;
}

static tg_status
lay_laws(tg_trigger_laws *l, double dt, size_t ages)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->law[i].p);
        l->law[i].p = calloc(ages, sizeof(double));
        if (!l->law[i].p) return tg_fail(TG_ENOMEM, "out of memory");
        tg_trigger_lattice(l->of[i], dt, ages, l->law[i].p);
    }
    if (!l->computing) return TG_OK;
    free(l->done);
    if (!(l->done = calloc(ages, sizeof *l->done)))
        return tg_fail(TG_ENOMEM, "out of memory");
    tg_trigger_lattice(l->computing, dt, ages, l->done);
    return TG_OK;
}

tg_status
tg_trigger_choose_steps(const tg_trigger_job *b, const tg_trigger_laws *l, size_t *steps)
{
    enum { MOST_AGES = 160 };
    const tg_modes *m = b->modes;
    const double    T = tg_delay_mean(l->of[l->count - 1]), horizon = b->plan->horizon;
    double          noise = 0;

    for (size_t j = 0; j < m->count; j++) noise = fmax(noise, m->sigma2[j]);
    const double sharp = fmin(1 + 0.4 * b->trigger->delta / sqrt(noise + 1e-300), 10);
    const double fast =
        b->step * tg_trigger_steepest(m) * l->law[l->count - 1].rate * sharp; /* 1/time */
    double dt = fmin(fmax(0.05 / fast, T / 30), T / 6);
    dt = fmax(dt, fmin(l->longest, horizon) / MOST_AGES);
    *steps = 2 * (size_t)ceil(horizon / dt / 2);
    const double ages = 2 * fmin(l->longest, horizon) / dt;
    if (2 * (double)*steps * ages * ages * (double)m->count > 2e10)
        return tg_fail(TG_EDOMAIN,
                       "theory of send_norm does not go so far in time; it is simulated");
    return TG_OK;
}

static tg_status
open_path(size_t steps, double horizon, tg_trigger_path *p)
{
    *p = (tg_trigger_path){ .steps = steps,
                            .block = calloc(9 * (steps + 1), sizeof(double)) };
    if (!p->block) return tg_fail(TG_ENOMEM, "out of memory");
    p->c.loss = p->block;
    p->c.share = p->c.loss + steps + 1;
    p->c.rate = p->c.share + steps + 1;
    p->c.pace = p->c.rate + steps + 1;
    p->t = p->c.pace + steps + 1;
    p->clock = p->t + steps + 1;
    p->c.width = p->clock + steps + 1;
    p->c.comes = p->c.width + steps + 1;
    p->c.flow = p->c.comes + steps + 1;
    for (size_t i = 0; i <= steps; i++) p->t[i] = horizon * (double)i / (double)steps;
    return TG_OK;
}

static void
wind_clock(tg_trigger_path *p)
{
    for (size_t i = 1; i <= p->steps; i++)
        p->clock[i] = p->clock[i - 1] +
                      (p->t[i] - p->t[i - 1]) * (p->c.pace[i - 1] + p->c.pace[i]) / 2;
}

double
tg_trigger_at(const tg_trigger_path *p, const double *f, double t)
{
    return tg_predict_between(p->t, f, p->steps + 1, fmin(t, p->t[p->steps]));
}

tg_status
tg_trigger_follow_once(const tg_trigger_job *b, tg_trigger_laws *l, size_t steps,
                       double delta, bool narrow, tg_trigger_path *out)
{
    const double    dt = b->plan->horizon / (double)steps;
    const size_t    ages = (size_t)(fmin(l->longest, b->plan->horizon) / dt) + 4;
    const tg_modes *m = b->modes;

    const bool all =
        delta == 0; /* at rest from the beginning, as predictions take it to be */
    TG_TRY(lay_laws(l, dt, ages));
    const tg_trigger_task t = { .modes = m->count,
                                .ages = ages,
                                .steps = steps,
                                .laws = all ? 1 : l->count,
                                .h = m->h,
                                .start = m->start,
                                .sigma2 = m->sigma2,
                                .law = l->law + (all ? l->count - 1 : 0),
                                .done = all ? NULL : l->done,
                                .computing = l->mean,
                                .workers = (double)b->trigger->workers->workers,
                                .step = b->step,
                                .delta = delta,
                                .dt = dt,
                                .together = b->trigger->workers->together,
                                .forgets = l->computing != NULL,
                                .narrow = narrow };
    TG_TRY(open_path(steps, b->plan->horizon, out));
    TG_TRY(tg_trigger_follow(&t, &out->c));
    wind_clock(out);
    return TG_OK;
}

tg_status
tg_trigger_follow_finely(const tg_trigger_job *b, tg_trigger_laws *l, size_t steps,
                         double delta, tg_trigger_path *out, double *off)
{
    tg_trigger_path fine = { 0 };
    tg_status       status = tg_trigger_follow_once(b, l, steps, delta, false, out);

    if (b->plan->quick) return status; /* off stays 0 */
    if (status == TG_OK)
        status = tg_trigger_follow_once(b, l, 2 * steps, delta, false, &fine);
    for (size_t i = 0; i <= steps && status == TG_OK; i++) {
        off[i] = (fine.c.loss[2 * i] - out->c.loss[i]) / 3;
        out->c.loss[i] = fmax(fine.c.loss[2 * i] + off[i], 0);
        out->c.share[i] = fine.c.share[2 * i];
        out->c.flow[i] = fine.c.flow[2 * i];
        out->clock[i] = fine.clock[2 * i];
    }
    free(fine.block);
    return status;
}
