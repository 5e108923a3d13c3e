#include "asgd/theory/queue.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OLDEST = 400 }; /* ages on the grid */

/* ---- a law on the grid --------------------------------------------------------------- */

/* Survival at the grid's points; what is left beyond the last is as at it. */
static void
lay_law(tg_queue *q, double dt)
{
    double *S = q->next; /* room that is not used yet */
    double  more = 1, twice = 1;

    for (size_t a = 0; a <= q->ages; a++)
        S[a] = fmax(1 - tg_delay_cdf(q->law, dt * (double)a * (1 + 1e-12)), 0);
    for (size_t a = 0; a < q->ages; a++) q->hazard[a] = S[a] > 0 ? 1 - S[a + 1] / S[a] : 1;
    if (S[q->ages] > 0) { /* its mean beyond, by Simpson's rule to three times that */
        double       sum = 0;
        const double end = dt * (double)q->ages, step = end / 64;
        for (int i = 0; i < 128; i++)
            sum += step / 6 *
                   (6 - tg_delay_cdf(q->law, end + i * step) -
                    4 * tg_delay_cdf(q->law, end + (i + .5) * step) -
                    tg_delay_cdf(q->law, end + (i + 1) * step));
        more = fmax(sum / S[q->ages] / dt, 1);
        twice = 2 * more * more;
        q->hazard[q->ages - 1] = fmin(1 / more, 1);
    }
    q->left[q->ages - 1] = more;
    q->square[q->ages - 1] = twice;
    for (size_t a = q->ages - 1; a-- > 0;) {
        const double on = 1 - q->hazard[a];
        q->left[a] = 1 + on * q->left[a + 1];
        q->square[a] = 1 + on * (2 * q->left[a + 1] + q->square[a + 1]);
    }
}

/* All have one job, new or somewhere within it. */
static void
begin(tg_queue *q, bool together)
{
    double S = 1, all = 0;

    memset(q->f, 0, 2 * TG_QUEUE_JOBS * q->ages * sizeof *q->f);
    for (size_t a = 0; a < q->ages; a++) {
        const double last = a + 1 == q->ages ? 1 / q->hazard[a] : 1;
        q->f[a] = together ? a == 0 : S * last;
        all += q->f[a];
        S *= 1 - q->hazard[a];
    }
    for (size_t a = 0; a < q->ages; a++) q->f[a] /= all;
    q->idle[0] = q->idle[1] = 0;
    q->jobs = 1;
}

tg_status
tg_queue_open(const tg_cluster *c, size_t g, double dt, tg_queue *q)
{
    *q = (tg_queue){ .law = c->law[g],
                     .mean = tg_delay_mean(c->law[g]),
                     .share = (double)c->count[g] / (double)c->workers };
    q->ages = (size_t)fmin(ceil(8 * q->mean / dt), OLDEST);
    const size_t cells = 2 * TG_QUEUE_JOBS * q->ages;
    if (!(q->f = calloc(2 * cells + 3 * q->ages + 1, sizeof *q->f)))
        return tg_fail(TG_ENOMEM, "out of memory");
    q->next = q->f + cells;
    q->hazard = q->next + cells;
    q->left = q->hazard + q->ages;
    q->square = q->left + q->ages;
    lay_law(q, dt);
    begin(q, c->together);
    return TG_OK;
}

static double *
row(const tg_queue *q, double *f, size_t flag, size_t jobs)
{
    return f + (flag * TG_QUEUE_JOBS + jobs - 1) * q->ages;
}

/* Jobs under way grow older or end; returns how many end, of one worker. */
double
tg_queue_work(tg_queue *q)
{
    double done = 0;

    memset(q->next, 0, 2 * TG_QUEUE_JOBS * q->ages * sizeof *q->next);
    for (size_t flag = 0; flag < 2; flag++)
        for (size_t j = 1; j <= q->jobs; j++) {
            const double *from = row(q, q->f, flag, j);
            double       *to = row(q, q->next, flag, j), ended = 0;
            for (size_t a = 0; a + 1 < q->ages; a++) {
                to[a + 1] += from[a] * (1 - q->hazard[a]);
                ended += from[a] * q->hazard[a];
            }
            const double old = from[q->ages - 1], end = q->hazard[q->ages - 1];
            to[q->ages - 1] += old * (1 - end);
            ended += old * end;
            if (j > 1)
                row(q, q->next, flag, j - 1)[0] += ended;
            else
                q->idle[flag] += ended;
            done += ended;
        }
    double *f = q->f;
    q->f = q->next;
    q->next = f;
    return done;
}

/* A job for each worker with this chance, from `flag` to `to`. */
void
tg_queue_give(tg_queue *q, size_t flag, size_t to, double chance)
{
    q->jobs = q->jobs < TG_QUEUE_JOBS ? q->jobs + 1 : TG_QUEUE_JOBS;
    for (size_t j = q->jobs - 1; j >= 1; j--) {
        double *from = row(q, q->f, flag, j), *more = row(q, q->f, to, j + 1);
        for (size_t a = 0; a < q->ages; a++) {
            const double moved = from[a] * chance;
            q->seen.p[j] += q->share * moved;
            q->seen.left[j] += q->share * moved * q->left[a];
            q->seen.square[j] += q->share * moved * q->square[a];
            from[a] -= moved;
            more[a] += moved;
        }
    }
    const double moved = q->idle[flag] * chance;
    q->seen.p[0] += q->share * moved;
    q->idle[flag] -= moved;
    row(q, q->f, to, 1)[0] += moved;
}

/* The permutation is through: nobody has had one of the next. */
void
tg_queue_turn(tg_queue *q)
{
    for (size_t j = 1; j <= q->jobs; j++) {
        double *had = row(q, q->f, 1, j), *all = row(q, q->f, 0, j);
        for (size_t a = 0; a < q->ages; a++) {
            all[a] += had[a];
            had[a] = 0;
        }
    }
    q->idle[0] += q->idle[1];
    q->idle[1] = 0;
}
