/* mode_fit_weights: how the loss of one run differs from its mean, as weights of a fit */
#include "asgd/theory/mode_fit_parts.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What tables and theory of the mean may be off by, relative; and of the start, absolute. */
static const double OFF = 2e-3, ROUND = 1e-9, DEFINITE = 1e-6;

/* Equal modes. */
typedef struct class
{
    double h, excess, count;
} class;

/* Known eigenvalues (rising) in few classes, each with its share of the excess: all begin at the same x. */
static size_t
class_known(const tg_mode_task *t, double excess, class *out)
{
    const double low = log(t->known[0]), high = log(t->known[t->knowns - 1]);
    double       sum = 0;
    size_t       n = 0;

    for (size_t j = 0; j < t->knowns; j++) sum += t->known[j];
    for (size_t c = 0, j = 0; c < TG_FIT_CLASSES && j < t->knowns; c++) {
        const double top = low + (high - low) * (double)(c + 1) / TG_FIT_CLASSES;
        class k = { 0 };
        for (; j < t->knowns && (log(t->known[j]) <= top || c + 1 == TG_FIT_CLASSES); j++) {
            k.h += t->known[j];
            k.count++;
        }
        if (!(k.count > 0)) continue;
        k.excess = excess * k.h / sum / k.count;
        k.h /= k.count;
        out[n++] = k;
    }
    return n;
}

static size_t
classes_of(const tg_mode_task *t, const tg_mode_fit *f, class out[TG_FIT_CLASSES])
{
    if (t->known) return class_known(t, f->excess[0], out);
    for (size_t j = 0; j < f->modes; j++) out[j] = (class){ f->h[j], f->excess[j], 1 };
    return f->modes;
}

/* One mode at the points. */
typedef struct course {
    double *noise, *mean, *fall; /* (n) v, y, e^{-r s} */
} course;

/* The rate at which a mode forgets its noise: v has come to 1 - e^{-2} of what it comes to at 1/r. Heavy laws have
 * no root that says it. */
static double
rate_of(const tg_mode_table *t, const tg_table_row *row, double pace)
{
    double low = 0, high = 1 / pace, start, noise;

    for (int i = 0; i < 40; i++) {
        tg_mode_table_at(t, row, high, &start, &noise);
        if (!(noise < -expm1(-2) * row->variance)) break;
        low = high;
        high *= 2;
    }
    for (int i = 0; i < 20; i++) {
        const double middle = (low + high) / 2;
        tg_mode_table_at(t, row, middle, &start, &noise);
        if (noise < -expm1(-2) * row->variance)
            low = middle;
        else
            high = middle;
    }
    return 1 / high;
}

/* The covariance of F in one class, added to cov (n, n), lower half. */
static void
add_class(const tg_mode_task *t, const tg_mode_fit *f, const class *c, const course *at,
          double *cov)
{
    const double       k = t->table->share * t->step * c->h * t->table->size;
    const tg_table_row row = tg_mode_table_row(t->table, k);
    const double       h2 = c->h * c->h * c->count, pace = k / t->table->mean;
    const double       slow = fmin(k, 1), a_step = t->counted ? slow * slow / 10 : 1;
    const double       walk = 4 * t->step * c->h * a_step * pace * c->count;

    const double rate = rate_of(t->table, &row, pace);

    tg_fit_mode_columns(t, c->h, at->mean, at->noise);
    for (size_t i = 0; i < t->n; i++) {
        at->noise[i] *= 2 / c->h * f->sigma * f->sigma;
        at->mean[i] = sqrt(2 * c->excess / c->h * fmax(at->mean[i], 0));
        at->fall[i] = fmax(exp(-rate * t->clock[i]), 1e-280);
    }
    for (size_t i = 0; i < t->n; i++)
        for (size_t j = 0; j <= i; j++) {
            const double C = at->noise[j] * at->fall[i] / at->fall[j],
                         yy = at->mean[i] * at->mean[j], half = c->h * yy / 2;
            cov[i * t->n + j] +=
                h2 * C * (yy + C / 2) + half * half * walk * (t->clock[j] - t->clock[0]);
        }
}

/* Averages over pairs of bins. */
static void
average(const tg_fit_room *r, const double *cov, double *out)
{
    const tg_fit_bins *b = &r->bins;
    const size_t       n = r->task->n, m = b->count;

    for (size_t p = 0; p < m; p++)
        for (size_t q = 0; q <= p; q++) {
            double       sum = 0;
            const double pairs =
                (double)((b->first[p + 1] - b->first[p]) * (b->first[q + 1] - b->first[q]));
            for (size_t i = b->first[p]; i < b->first[p + 1]; i++)
                for (size_t j = b->first[q]; j < b->first[q + 1]; j++)
                    sum += i >= j ? cov[i * n + j] : cov[j * n + i];
            out[p * m + q] = out[q * m + p] = sum / pairs;
        }
}

static tg_status
factorise(tg_fit_room *r)
{
    const size_t         m = r->bins.count;
    gsl_matrix_view      v = gsl_matrix_view_array(r->factor, m, m);
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    const int            failed = gsl_linalg_cholesky_decomp1(&v.matrix);

    gsl_set_error_handler(old);
    if (failed) return tg_fail(TG_ENOCONV, "the loss curve's covariance is not definite");
    r->log_root = 0;
    for (size_t i = 0; i < m; i++) r->log_root += log(r->factor[i * m + i]);
    return TG_OK;
}

tg_status
tg_fit_weigh(tg_fit_room *r, const tg_mode_fit *f)
{
    const tg_mode_task *t = r->task;
    const size_t        n = t->n, m = r->bins.count;
    class list[TG_FIT_CLASSES];
    const size_t classes = classes_of(t, f, list);
    double      *cov = calloc(n * n + 3 * n, sizeof *cov);

    if (!cov) return tg_fail(TG_ENOMEM, "out of memory");
    const course at = { cov + n * n, cov + n * n + n, cov + n * n + 2 * n };
    for (size_t c = 0; c < classes; c++) add_class(t, f, &list[c], &at, cov);
    average(r, cov, r->factor);
    for (size_t b = 0; b < m; b++) {
        const double off = OFF * (r->y[b] - f->least), round = ROUND * fabs(r->y[0]);
        r->factor[b * m + b] =
            r->factor[b * m + b] * (1 + DEFINITE) + off * off + round * round;
    }
    free(cov);
    return factorise(r);
}

/* A tenth of what is left to fall, and a hundredth of all. */
void
tg_fit_weigh_first(tg_fit_room *r)
{
    const size_t m = r->bins.count;
    double       least = r->task->least;

    memset(r->factor, 0, m * m * sizeof *r->factor);
    for (size_t b = 0; b < m && isnan(r->task->least); b++)
        least = b == 0 ? r->y[0] : fmin(least, r->y[b]);
    for (size_t b = 0; b < m; b++)
        r->factor[b * m + b] =
            (r->y[b] - least) / 10 + fabs(r->y[0] - least) / 100 + ROUND * fabs(r->y[0]);
    r->log_root = 0;
}
