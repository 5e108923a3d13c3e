/* renewal_limit: the step at which ASGD loses its mean square
 *
 * q of the propagator form rises with the loop gain k = e P and is 1 at the limit. G is made
 * of each group's own response, continued in k, since the mean field's does not settle that
 * far. One worker loses the mean square at exactly e = 2, whatever its law, so what the form
 * misses there, d, is known and most of what it misses at P workers is d f(P):
 *
 *     f(P) = 1/(1 + (P-1)/2 + .13 (P-1)^2)   CV < 1,      1/(1 + .15 (P-1))   CV > 1
 *
 * fitted to the exact limits of validation/reference/finite_p_limit.csv for P = 2 .. 16. From
 * there on 1/k^2 comes to 1/k*^2 of the mean field like 1/P; where there is no k*, the form is taken
 * up to 64 workers, and k goes on as the power of P that it is from 16 to 64. Derived here, theory
 * 3.6.
 */
#include "solver/renewal_parts.h"

#include "core/complexes.h"
#include "core/parallel.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef struct search {
    const tg_renewal *w;
    double            workers; /* the cluster's groups, in proportion */
    tg_renewal_work   k;
} search;

enum { CORRELATION, AHEAD, Q, ROWS };

static void
respond(search *s, double e)
{
    const tg_renewal *w = s->w;
    double complex   *field = tg_renewal_complex(&s->k, 0);

    tg_renewal_field(w, e * s->workers / w->total, field);
    for (size_t g = 0; g < w->groups; g++)
        tg_zgrid_function(w->grid, &s->k.room, field, 1, tg_renewal_real(&s->k, ROWS + g));
}

/* ch with the rates of `workers` workers. */
static void
speed(const search *s, double e, const double complex *gain, double complex *out)
{
    const tg_renewal *w = s->w;
    const double      share = s->workers / w->total;

    for (size_t k = 0; k < w->grid->nz; k++) {
        double complex f = w->grid->s[k];
        for (size_t g = 0; g < w->groups; g++) {
            const double complex phi = w->law[g].phi[k];
            f += multiply(e * share * w->rate[g] * phi,
                          inverse(1 + e * multiply(phi, gain[g * s->k.crow + k])));
        }
        out[k] = f;
    }
}

/* q at e; the responses move on. */
static double
advance(search *s, double e)
{
    const tg_renewal *w = s->w;
    const tg_zgrid   *grid = w->grid;
    double complex *ch = tg_renewal_complex(&s->k, 0), *gain = tg_renewal_complex(&s->k, 2);
    double complex *square = tg_renewal_complex(&s->k, 1);
    double *c = tg_renewal_real(&s->k, CORRELATION), *ahead = tg_renewal_real(&s->k, AHEAD),
           *held = tg_renewal_real(&s->k, Q), q = 0;

    for (size_t g = 0; g < w->groups; g++)
        tg_renewal_own(w, g, &s->k.room, tg_renewal_real(&s->k, ROWS + g),
                       gain + g * s->k.crow);
    speed(s, e, gain, ch);
    for (size_t g = 0; g < w->groups; g++) {
        const tg_renewal_law *l = &w->law[g];
        double               *r = tg_renewal_real(&s->k, ROWS + g), sum = 0;
        double complex       *answer = gain + g * s->k.crow;
        tg_renewal_answer(w, e, g, ch, answer, answer);
        tg_zgrid_function(grid, &s->k.room, answer, 1, r);
        for (size_t k = 0; k < grid->nz; k++)
            square[k] = multiply(multiply(answer[k], answer[k]), l->phi[k]);
        tg_zgrid_function(grid, &s->k.room, square, 0, held);
        tg_zgrid_correlate(grid, &s->k.room, r, r, c);
        tg_renewal_law_ahead(grid, &s->k.room, l, c, ahead);
        for (size_t i = 0; i < grid->n; i++) sum += l->u[i] * ahead[i] * ahead[i];
        const double own = 2 * sum - tg_zgrid_product(grid, held, held) / l->mean;
        q += e * e * s->workers / w->total * w->rate[g] * (c[0] + own / c[0]);
    }
    return q;
}

/* Whether the responses have settled by the end of the grid: else the mean is lost. */
static bool
settles(search *s)
{
    const size_t n = s->w->grid->n;

    for (size_t g = 0; g < s->w->groups; g++) {
        const double *r = tg_renewal_real(&s->k, ROWS + g);
        for (size_t i = n - n / 8; i < n; i++)
            if (!(fabs(r[i]) < 0.02)) return false;
    }
    return true;
}

static void
copy(search *s, size_t from, size_t to)
{
    const size_t size = s->w->groups * s->k.row * sizeof(double);

    memcpy(tg_renewal_real(&s->k, to), tg_renewal_real(&s->k, from), size);
}

/* The gain at which q = 1 or the mean is lost: steps from where both settle, taken back and
 * halved where they go beyond. */
static tg_status
find(const tg_renewal *w, double workers, double *gain)
{
    search       s = { .w = w, .workers = workers };
    const size_t kept = ROWS + w->groups;
    double       k = 0.5, factor = 1.2;

    TG_TRY(tg_renewal_work_create(w, ROWS + 2 * w->groups, 2 + w->groups, &s.k));
    respond(&s, k / workers);
    copy(&s, ROWS, kept);
    tg_status status = TG_OK;
    while (factor > 1.004 && k < 1e4 && status == TG_OK) {
        const double q = advance(&s, k * factor / workers);
        status = tg_stop_check();
        if (q < 1 && q > -1 && settles(&s)) {
            k *= factor;
            copy(&s, ROWS, kept);
            if (q > 0.3) factor = fmin(factor, 1.06);
        } else {
            copy(&s, kept, ROWS);
            factor = sqrt(factor);
        }
    }
    tg_renewal_work_free(&s.k);
    if (status != TG_OK) return status;
    *gain = k * factor;
    return TG_OK;
}

static double
miss(double cv2, double workers)
{
    const double more = workers - 1;

    return cv2 > 1 ? 1 / (1 + 0.15 * more) : 1 / (1 + more * (0.5 + 0.13 * more));
}

/* Largest of the groups' CV^2, weighted by what they deliver. */
static double
variation(const tg_renewal *w)
{
    double sum = 0;

    for (size_t g = 0; g < w->groups; g++) sum += w->rate[g] / w->lambda * w->law[g].cv2;
    return sum;
}

/* 1 for one speed, 0 from a factor of two on: then there is no one worker in the groups' proportions, and regular
 * workers do not keep their turns. */
static double
likeness(const tg_renewal_group *group, size_t count)
{
    double least = INFINITY, most = 0;

    for (size_t g = 0; g < count; g++) {
        least = fmin(least, tg_delay_mean(group[g].law));
        most = fmax(most, tg_delay_mean(group[g].law));
    }
    return fmax(1 - log2(most / least), 0);
}

/* A grid that sees what settles at a rate of about 1/P. */
static tg_status
open(const tg_renewal_group *group, size_t count, double workers, tg_renewal **out)
{
    double all = 0, rate = 0;

    for (size_t g = 0; g < count; g++) {
        all += group[g].workers;
        rate += group[g].workers / tg_delay_mean(group[g].law);
    }
    if (!(rate > 0) || !isfinite(rate))
        return tg_fail(TG_EDOMAIN, "workers need a mean time > 0 and finite");
    return tg_renewal_create(group, count, all / rate / 16,
                             (size_t)(16 * (24 + 7 * workers)), false, out);
}

/* Towards constant times the limit comes to that of evenly staggered workers, 2 P sin(pi/(2(2P
 * - 1))), which the form does not know; how far is not known either. */
static void
steady(double cv2, double workers, double alike, double *k, double *off)
{
    const double pi = 3.14159265358979323846;
    const double even = 2 * workers * sin(pi / (2 * (2 * workers - 1)));
    const double turns = pow(alike, 8); /* a tenth of difference is enough to lose them */
    const double share = 1 - turns * fmax(1 - cv2 / 0.25, 0),
                 middle = even + share * (*k - even);

    *off += fabs(middle - *k) / 2;
    *k = middle;
}

/* The gain at which q = 1 for `workers` workers in the groups' proportions. */
static tg_status
form(const tg_renewal_group *group, size_t count, double workers, double *gain, double *cv2)
{
    tg_renewal *w = NULL;

    TG_TRY(open(group, count, workers, &w));
    *cv2 = variation(w);
    const tg_status status = find(w, workers, gain);
    tg_renewal_free(w);
    return status;
}

/* The limit of `all` workers from that of some, and its error; `field` is finite. */
static void
towards_field(double field, double some, double all, double *k, double *off)
{
    const double more = some * (1 / (*k * *k) - 1 / (field * field));
    const double many = 1 / sqrt(1 / (field * field) + more / all);

    *off = *off * sqrt(some / all) + 0.1 * fabs(many - *k);
    *k = many;
}

tg_status
tg_renewal_limit(const tg_renewal_group *group, size_t count, double field, double *gain,
                 double *error)
{
    enum { SOME = 16, MANY = 64 };
    const double alike = likeness(group, count);
    double       all = 0, one, some, cv2;

    for (size_t g = 0; g < count; g++) all += group[g].workers;
    if (all == 1) {
        *gain = 2;
        *error = 0;
        return TG_OK;
    }
    const double workers = fmin(all, isfinite(field) ? SOME : MANY);
    TG_TRY(form(group, count, 1, &one, &cv2));
    TG_TRY(form(group, count, workers, &some, &cv2));
    const double d = (2 / one - 1) * miss(cv2, workers) * alike;
    double       k = some * (1 + d), off = k * (0.4 * fabs(d) + 0.006);
    steady(cv2, workers, alike, &k, &off);
    if (all > workers && isfinite(field)) towards_field(field, workers, all, &k, &off);
    if (all > workers && !isfinite(field)) {
        double few;
        TG_TRY(form(group, count, SOME, &few, &cv2));
        const double up = pow(all / MANY, log(some / few) / log(MANY / SOME));
        off = off * up + 0.35 * k * (up - 1);
        k *= up;
    }
    *gain = k;
    *error = off;
    return TG_OK;
}
