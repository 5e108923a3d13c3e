#include "asgd/theory/trigger_course.h"

#include "asgd/theory/beyond.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A mode, and its readings, kept by step modulo ages; the last place is that of the start, which all have read who
 * were at their first jobs. */
typedef struct mode {
    double *mean, *G, *H, *Q; /* (ages + 1) of readings */
    double *c, *c_was; /* (ages + 1) E x y of who holds y, and how fast it last moved */
    double *ahead,
        *ahead_was; /* (ages + 1) E x of his less E x, and how fast it last moved */
    double *d;      /* (ages + 1, ages + 1) E y y' of two workers' readings */
    double *
        then; /* (ages + 1, ages + 1) by how much who holds the first had others read more */
    double m, v, dm, dv; /* E x, E x^2, and how fast they last moved */
    double SG, SQ, SH, SX,
        SA; /* of what is delivered: E u, E u^2, E H, E x u, and how far x is ahead */
} mode;

/* A reading that is delivered now: where, how old, and its chance. */
typedef struct item {
    size_t at, age;
    double p;
} item;

typedef struct run {
    const tg_trigger_task *t;
    mode                  *mode; /* (modes) */
    item *item; /* (items), of ages + 1; the start is the last one of all, if it is there */
    size_t  items;
    double *p;         /* (ages) of jobs that end now: chance of each age */
    double *sent;      /* (ages + 1) share sent of a reading */
    double *renewed;   /* (steps + 1) readings of a worker, together: over those at rest */
    double *work;      /* (7 modes) */
    double *SD, *back; /* (ages + 1) */
    double  rate, way; /* jobs ended [1/time]; on their way */
    double *block;
} run;

/* ---- memory -------------------------------------------------------------------------- */

static void
close_run(run *r)
{
    free(r->mode);
    free(r->item);
    free(r->block);
}

static tg_status
open_run(const tg_trigger_task *t, run *r)
{
    const size_t n = t->ages + 1, each = 8 * n + 2 * n * n;
    const size_t size = 4 * n + t->steps + 1 + 7 * t->modes + t->modes * each;

    *r = (run){ .t = t,
                .mode = calloc(t->modes, sizeof *r->mode),
                .item = calloc(n, sizeof *r->item),
                .block = calloc(size, sizeof(double)) };
    if (!r->mode || !r->item || !r->block) {
        close_run(r);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    double *at = r->block;
    r->p = at, at += n;
    r->sent = at, at += n;
    r->SD = at, at += n;
    r->back = at, at += n;
    r->work = at, at += 7 * t->modes;
    r->renewed = at, at += t->steps + 1;
    for (size_t j = 0; j < t->modes; j++) {
        mode          *m = &r->mode[j];
        double **const part[] = { &m->mean, &m->G,     &m->H,     &m->Q,
                                  &m->c,    &m->c_was, &m->ahead, &m->ahead_was };
        for (size_t i = 0; i < 8; i++) *part[i] = at, at += n;
        m->d = at, at += n * n;
        m->then = at, at += n * n;
        m->m = t->start[j];
        m->v = m->c[n - 1] = m->d[n * n - 1] = m->m * m->m;
    }
    return TG_OK;
}

/* ---- a reading ----------------------------------------------------------------------- */

/* What comes of readings of these means and variances (modes) in place `at`. */
static void
read_at(run *r, size_t at, const double *mean, const double *variance)
{
    const tg_trigger_task *t = r->t;
    const size_t           n = t->modes;
    double                *mu = r->work, *s2 = mu + n, *first = s2 + n, *second = first + n,
           *slope = second + n;

    for (size_t j = 0; j < n; j++) {
        mu[j] = t->h[j] * mean[j];
        s2[j] = t->sigma2[j] + (t->narrow ? 0 : t->h[j] * t->h[j] * variance[j]);
    }
    tg_beyond(n, mu, s2, t->delta, &r->sent[at], first, second, slope);
    for (size_t j = 0; j < n; j++) {
        mode *m = &r->mode[j];
        m->mean[at] = mean[j];
        m->G[at] = first[j];
        m->H[at] = t->h[j] * slope[j];
        m->Q[at] = second[j];
        if (t->narrow) m->Q[at] += m->H[at] * m->H[at] * variance[j];
    }
}

/* ---- what is delivered --------------------------------------------------------------- */

static void
step_by(double dt, double speed, double *was, double *x)
{
    *x += dt * (1.5 * speed - 0.5 * *was);
    *was = speed;
}

/* Between which laws it is now, and how far from the first to the second. */
static double
between_laws(const run *r, const tg_trigger_law **a, const tg_trigger_law **b)
{
    const tg_trigger_task *t = r->t;
    size_t                 k = 0;

    while (k + 2 < t->laws && t->law[k + 1].way < r->way) k++;
    *a = &t->law[k];
    *b = &t->law[k + (t->laws > 1)];
    const double width = (*b)->way - (*a)->way;
    return width > 0 ? fmin(fmax((r->way - (*a)->way) / width, 0), 1) : 0;
}

/* Of jobs that end at step i, the chance of each age, and how many there are; together, those of what has begun. */
static void
weigh(run *r, size_t i)
{
    const tg_trigger_task *t = r->t;
    const tg_trigger_law  *a, *b;
    const double           u = between_laws(r, &a, &b);

    r->rate = a->rate + u * (b->rate - a->rate);
    for (size_t c = 0; c < t->ages; c++) r->p[c] = a->p[c] + u * (b->p[c] - a->p[c]);
    if (!t->together) return;
    double all = 0;
    if (i == 0) r->renewed[0] = t->workers / (r->rate * t->dt);
    for (size_t c = 0; c < t->ages; c++) {
        r->p[c] *= c > 0 && c <= i ? r->renewed[i - c] : 0;
        all += r->p[c];
    }
    if (i > 0) r->renewed[i] = all;
    r->rate *= all;
    for (size_t c = 1; c < t->ages && all > 0; c++) r->p[c] /= all;
}

/* What goes on its way, and what leaves it in a step, which is of as many jobs as there must be for it: of what is
 * more than at rest a share leaves that does not depend on how much it is. */
static void
pass_link(run *r, double sent, double comes, double *done)
{
    static const double    MOST = 4;
    const tg_trigger_task *t = r->t;
    const tg_trigger_law  *a, *b;
    const double           u = between_laws(r, &a, &b), way = r->way;
    const bool             few = way < a->way;
    const double leaves = few ? a->sent * way / a->way : a->sent + u * (b->sent - a->sent);
    const double rise = few ? a->sent / a->way : (b->sent - a->sent) / (b->way - a->way);
    const double enter = (t->workers - way) / t->computing * sent;
    const double speed = fmax(rise, 0) + sent / t->computing;

    *done = (t->workers - way) / t->computing;
    const double s = fmax(speed * t->dt, 1e-9), part = -expm1(-s) / s;
    r->way = fmin(fmax(way + (enter - leaves) * t->dt * part, 0), t->workers);
    const double more =
        (enter - leaves) * t->dt * (1 - part) / s; /* on its way, in the step */
    const double left = fmax(leaves + rise * more, 0);
    r->rate = fmin(left / fmax(comes, 1e-9), MOST * t->workers / t->computing);
}

/* Readings at 0 are of half a step only, before which there is the start; where all begin then, they are the start. */
static void
list_items(run *r, size_t i)
{
    const size_t n = r->t->ages;
    double       rest = 1;

    r->items = 0;
    for (size_t c = 1; c < n && c <= i; c++) {
        const double p = c < i ? r->p[c] : r->t->together ? 0 : r->p[c] / 2;
        rest -= p;
        r->item[r->items++] = (item){ (i - c) % n, c, p };
    }
    if (i < n) r->item[r->items++] = (item){ n, i, rest };
}

/* Sums over what is delivered; SD (ages + 1): E u y of what each holds. */
static void
sum_up(const run *r, mode *m)
{
    const size_t n = r->t->ages + 1;

    m->SG = m->SQ = m->SH = m->SX = m->SA = 0;
    memset(r->SD, 0, n * sizeof *r->SD);
    for (const item *k = r->item; k < r->item + r->items; k++) {
        const double x = m->m + m->ahead[k->at], H = m->H[k->at];
        const double off = m->G[k->at] - H * m->mean[k->at]; /* u is off + H y */
        m->SG += k->p * m->G[k->at];
        m->SQ += k->p * m->Q[k->at];
        m->SH += k->p * H;
        m->SX += k->p * (off * x + H * m->c[k->at]);
        if (!r->t->forgets) m->SA += k->p * m->ahead[k->at];
        const double *d = m->d + k->at * n;
        for (size_t s = 0; s < n; s++) r->SD[s] += k->p * (off * m->mean[s] + H * d[s]);
    }
}

/* A reading of x just after its reader's delivery: its mean and second moment. */
static void
deliver(const run *r, const mode *m, double *mean, double *second)
{
    const double eta = r->t->step;

    *mean = m->m + m->SA - eta * m->SG;
    *second = m->v + 2 * m->m * m->SA - 2 * eta * m->SX + eta * eta * m->SQ;
    *second = fmax(*second, *mean * *mean);
}

/* What others deliver who have read since s, more of the same as who holds s is ahead. */
static double
answer(const run *r, const mode *m, const item *held)
{
    const size_t  n = r->t->ages + 1;
    const double *then = m->then + held->at * n;
    double        sum = 0;

    for (const item *k = r->item; k < r->item + r->items && k->age <= held->age; k++) {
        const double part = k->age < held->age || held->at == n - 1 ? 1 : 0.5;
        if (k->at < n - 1) sum += part * k->p * m->H[k->at] * then[k->at];
    }
    return sum;
}

/* A new reading in place `at`: its moments with what the others hold, and how those with x move. */
static void
relate(run *r, size_t i, mode *m, double mean, double second)
{
    const size_t n = r->t->ages + 1, at = i % r->t->ages;
    const double eta = r->t->step, dt = r->t->dt, each = r->rate / r->t->workers;
    const double others = r->rate - each;
    double       own = 0;

    for (const item *k = r->item; k < r->item + r->items; k++) {
        const size_t s = k->at;
        r->back[s] = answer(r, m, k);
        m->then[s * n + at] = m->ahead[s] - eta * r->back[s];
        m->d[at * n + s] = m->d[s * n + at] = m->c[s] + m->SA * m->mean[s] - eta * r->SD[s];
        own +=
            k->p * ((m->G[s] - m->H[s] * m->mean[s]) * mean + m->H[s] * m->d[s * n + at]);
    }
    m->d[at * n + at] = second + m->SA * mean - eta * own;
    m->then[at * n + at] = mean - m->m;
    for (const item *k = r->item; k < r->item + r->items; k++) {
        const size_t s = k->at;
        const double c = -eta * others * r->SD[s];
        const double ahead = eta * each * m->SG - eta * others * r->back[s];
        if (i == 0) m->c_was[s] = c, m->ahead_was[s] = ahead;
        step_by(dt, c, &m->c_was[s], &m->c[s]);
        step_by(dt, ahead, &m->ahead_was[s], &m->ahead[s]);
    }
    m->c_was[at] = -eta * others * own;
    m->ahead_was[at] = eta * each * m->SG;
    m->c[at] = second + dt * m->c_was[at];
    m->ahead[at] = mean - m->m + dt * m->ahead_was[at];
}

static void
move(run *r, size_t i, mode *m)
{
    const double eta = r->t->step;
    const double dm = -eta * r->rate * m->SG;
    const double dv = r->rate * (eta * eta * m->SQ - 2 * eta * m->SX);

    if (i == 0) m->dm = dm, m->dv = dv;
    step_by(r->t->dt, dm, &m->dm, &m->m);
    step_by(r->t->dt, dv, &m->dv, &m->v);
    m->v = fmax(m->v, m->m * m->m);
}

/* The share sent of what is delivered now. */
static double
coming_now(const run *r)
{
    double sum = 0;

    for (const item *k = r->item; k < r->item + r->items; k++) sum += k->p * r->sent[k->at];
    return fmin(fmax(sum, 0), 1);
}

/* The share sent of what is done now. */
static double
sent_now(const run *r, size_t i)
{
    const size_t  n = r->t->ages;
    const double *done = r->t->done;
    double        sum = 0, rest = 1;

    if (!done) return coming_now(r);
    for (size_t c = 1; c < n && c <= i; c++) {
        sum += done[c] * r->sent[(i - c) % n];
        rest -= done[c];
    }
    return fmin(fmax(sum + rest * (i < n ? r->sent[n] : 0), 0), 1);
}

static void
advance(run *r, size_t i, tg_trigger_course *out)
{
    const tg_trigger_task *t = r->t;
    double                *mean = r->work + 5 * t->modes, *variance = mean + t->modes;
    double                 loss = 0, spread = 0, noise = 0;

    weigh(r, i);
    list_items(r, i);
    for (size_t j = 0; j < t->modes; j++) {
        loss += t->h[j] / 2 * r->mode[j].v;
        spread += t->h[j] * t->h[j] * (r->mode[j].v - r->mode[j].m * r->mode[j].m);
        noise += t->sigma2[j];
        mean[j] = r->mode[j].m, variance[j] = 0;
    }
    if (i == 0) read_at(r, t->ages, mean, variance);
    out->loss[i] = loss;
    out->share[i] = sent_now(r, i);
    out->comes[i] = coming_now(r);
    out->rate[i] = r->rate;
    if (t->done) pass_link(r, out->share[i], out->comes[i], &out->rate[i]);
    out->flow[i] = r->rate * out->comes[i];
    out->pace[i] = 0;
    out->width[i] = spread > 0 ? sqrt(spread / (spread + noise)) : 0;
    for (size_t j = 0; j < t->modes; j++) {
        mode  *m = &r->mode[j];
        double second;
        sum_up(r, m);
        if (loss > 0) out->pace[i] += m->SH * m->v / (2 * loss);
        deliver(r, m, &mean[j], &second);
        relate(r, i, m, mean[j], second);
        move(r, i, m);
        variance[j] = second - mean[j] * mean[j];
    }
    read_at(r, i % t->ages, mean, variance);
}

tg_status
tg_trigger_follow(const tg_trigger_task *t, tg_trigger_course *out)
{
    run       r;
    tg_status status = TG_OK;

    TG_TRY(open_run(t, &r));
    for (size_t i = 0; i <= t->steps && status == TG_OK; i++) {
        if (i % 64 == 0) status = tg_stop_check();
        advance(&r, i, out);
    }
    close_run(&r);
    return status;
}
