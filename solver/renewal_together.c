/* renewal_together: the mean of ASGD where all workers begin a job at t = 0
 *
 * Deliveries come with the renewal measure U from t = 0 and not at the rate 1/m; a worker
 * that delivers reads x with its own jumps in it, now and at its earlier renewals, more than
 * the average has them: U(t) c(t) = U(t) (y(t) - b) - e sum over its deliveries before.
 * Derived here, theory 3.8.
 */
#include "solver/renewal_parts.h"

#include "core/parallel.h"

#include <stdlib.h>

typedef struct beginners {
    const tg_renewal      *w;
    const tg_renewal_mode *m;
    tg_renewal_work       *k;
    size_t                 first;        /* row of the r_g */
    double                *read;         /* (groups, n) U times what is read at a renewal */
    double                *given;        /* (groups, n) the same of what is delivered */
    double                *before, *own; /* (groups) sums over earlier times */
} beginners;

/* sum_{j < i} a_j b_{i-j}. */
static double
convolved(const double *a, const double *b, size_t i)
{
    double sum = 0;

    for (size_t j = 0; j < i; j++) sum += a[j] * b[i - j];
    return sum;
}

static void
look_back(beginners *b, size_t i)
{
    const size_t n = b->w->grid->n;

    for (size_t g = 0; g < b->w->groups; g++) {
        const tg_renewal_law *l = &b->w->law[g];
        const double         *r = tg_renewal_real(b->k, b->first + g);
        const double         *given = b->given + g * n;
        double                own = 0;
        for (size_t j = 1; j <= i; j++) own += given[i - j] * (l->u[j] - l->u[i]) * r[j];
        b->before[g] = convolved(b->read + g * n, l->p, i);
        b->own[g] = own;
    }
}

/* One pass over the groups at t_i, x having come from `from` to `to` there: jobs that begin at
 * t = 0 read what is there; a worker that delivers reads in the middle of what is delivered
 * with it, and sees its own jumps, now
 * and at its earlier renewals, more than the average does. Returns all that is delivered.
 */
static double
pass(beginners *b, size_t i, double from, double to)
{
    const size_t n = b->w->grid->n;
    double       sum = 0;

    for (size_t g = 0; g < b->w->groups; g++) {
        const tg_renewal_law *l = &b->w->law[g];
        double               *read = b->read + g * n + i, *given = b->given + g * n + i;
        const double          first = i == 0 ? 1 : 0, low = tg_renewal_minimum(b->m, g);
        *given = b->before[g] + l->p[0] * *read;
        *read = first * (from - low) + (l->u[i] - first) * ((from + to) / 2 - low) -
                b->m->e * (*given * (1 - (l->u[i] - first) / 2) + b->own[g]);
        sum += b->w->workers[g] * *given;
    }
    return sum;
}

tg_status
tg_renewal_begin(const tg_renewal *w, const tg_renewal_mode *m, tg_renewal_work *k,
                 size_t first, double *y)
{
    enum { PASSES = 4 }; /* p_0 is small */
    const size_t n = w->grid->n, groups = w->groups;
    double      *room = calloc(2 * groups * (n + 1), sizeof *room);
    beginners    b = { w,
                       m,
                       k,
                       first,
                       room,
                       room + groups * n,
                       room + 2 * groups * n,
                       room + groups * (2 * n + 1) };
    tg_status    status = room ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    double       x = m->start;

    for (size_t i = 0; i < n && status == TG_OK; i++) {
        if (i % 64 == 0) status = tg_stop_check();
        double next = x;
        look_back(&b, i);
        for (int pass_ = 0; pass_ < PASSES; pass_++) next = x - m->e * pass(&b, i, x, next);
        y[i] = (x + next) / 2; /* the lattice law stands for times around t_i */
        x = next;
    }
    y[0] = m->start;
    free(room);
    return status;
}
