/* mode_fit_linear: with eigenvalues given, what is linear in a fit of modes; and the descent over eigenvalues */
#include "asgd/theory/mode_fit_parts.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the room ------------------------------------------------------------------------ */

/* The beginning point by point, where the loss falls fastest, then bins that grow. */
static void
lay_bins(size_t n, tg_fit_bins *b)
{
    enum { SINGLE = 16 };
    const size_t rest = n > SINGLE ? n - SINGLE : 0, many = TG_FIT_BINS - SINGLE;

    b->count = 0;
    for (size_t i = 0; i < n && i < SINGLE; i++) b->first[b->count++] = i;
    for (size_t i = 0; i < many && rest > 0; i++) {
        const size_t at = SINGLE + (rest <= many ? i : i * rest / many);
        if (at < n) b->first[b->count++] = at;
    }
    b->first[b->count] = n;
}

void
tg_fit_bins_average(const tg_fit_bins *b, const double *x, double *out)
{
    for (size_t k = 0; k < b->count; k++) {
        out[k] = 0;
        for (size_t i = b->first[k]; i < b->first[k + 1]; i++) out[k] += x[i];
        out[k] /= (double)(b->first[k + 1] - b->first[k]);
    }
}

void
tg_fit_mode_columns(const tg_mode_task *t, double h, double *start, double *noise)
{
    const tg_table_row row =
        tg_mode_table_row(t->table, t->table->share * t->step * h * t->table->size);

    for (size_t i = 0; i < t->n; i++) {
        tg_mode_table_at(t->table, &row, t->clock[i], &start[i], &noise[i]);
        noise[i] /= 2 * h;
    }
}

/* All known eigenvalues begin at the same x, so that the excess is theirs in proportion. */
static tg_status
sum_known(const tg_mode_task *t, tg_fit_room *r)
{
    const size_t n = t->n;
    double       all = 0;

    r->known = calloc(4 * n, sizeof *r->known);
    if (!r->known) return tg_fail(TG_ENOMEM, "out of memory");
    double *one = r->known + 2 * n;
    for (size_t j = 0; j < t->knowns; j++) all += t->known[j];
    for (size_t j = 0; j < t->knowns; j++) {
        tg_fit_mode_columns(t, t->known[j], one, one + n);
        for (size_t i = 0; i < n; i++) {
            r->known[i] += one[i] * t->known[j] / all;
            r->known[n + i] += one[n + i];
        }
    }
    return TG_OK;
}

tg_status
tg_fit_room_open(const tg_mode_task *task, tg_fit_room *out)
{
    *out = (tg_fit_room){ .task = task, .sigma2 = -1 };
    lay_bins(task->n, &out->bins);
    tg_fit_bins_average(&out->bins, task->loss, out->y);
    return task->known ? sum_known(task, out) : TG_OK;
}

void
tg_fit_room_close(tg_fit_room *r)
{
    free(r->known);
    r->known = NULL;
}

/* ---- linear parts -------------------------------------------------------------------- */

/* x (bins) becomes L^-1 x. */
static void
whiten(const tg_fit_room *r, double *x)
{
    const size_t m = r->bins.count;

    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < i; j++) x[i] -= r->factor[i * m + j] * x[j];
        x[i] /= r->factor[i * m + i];
    }
}

/* The whitened columns of the unknowns, and what they are to add up to. */
typedef struct design {
    size_t columns, signs; /* the first `signs` must be >= 0 */
    double x[TG_FIT_COLUMNS][TG_FIT_BINS], y[TG_FIT_BINS];
} design;

static void
lay_design(const tg_fit_room *r, size_t modes, const double *h, design *d)
{
    const tg_mode_task *t = r->task;
    const size_t        m = r->bins.count;
    double              start[TG_FITTED_POINTS], noise[TG_FITTED_POINTS];
    double              one[TG_FIT_BINS], all[TG_FIT_BINS] = { 0 };
    const bool          fitted = r->sigma2 < 0;

    d->columns = 0;
    for (size_t j = 0; j < modes; j++) {
        if (!t->known) tg_fit_mode_columns(t, h[j], start, noise);
        tg_fit_bins_average(&r->bins, t->known ? r->known : start, d->x[d->columns++]);
        tg_fit_bins_average(&r->bins, t->known ? r->known + t->n : noise, one);
        for (size_t b = 0; b < m; b++) all[b] += one[b];
    }
    if (fitted) memcpy(d->x[d->columns++], all, sizeof all);
    d->signs = d->columns;
    if (isnan(t->least))
        for (size_t b = 0; b < m; b++) d->x[d->columns][b] = 1;
    d->columns += isnan(t->least);
    for (size_t b = 0; b < m; b++)
        d->y[b] =
            r->y[b] - (isnan(t->least) ? 0 : t->least) - (fitted ? 0 : r->sigma2 * all[b]);
    for (size_t c = 0; c < d->columns; c++) whiten(r, d->x[c]);
    whiten(r, d->y);
}

/* Least squares of the columns in `set`, by Gram and Schmidt, twice; false: they are not independent. */
static bool
solve_set(const design *d, size_t m, unsigned set, double *value, double *e,
          double *squares)
{
    double q[TG_FIT_COLUMNS][TG_FIT_BINS], R[TG_FIT_COLUMNS][TG_FIT_COLUMNS] = { 0 },
                                           z[TG_FIT_COLUMNS];
    size_t at[TG_FIT_COLUMNS], n = 0;

    for (size_t c = 0; c < d->columns; c++)
        if (set >> c & 1) at[n++] = c;
    memcpy(e, d->y, m * sizeof *e);
    for (size_t c = 0; c < n; c++) {
        memcpy(q[c], d->x[at[c]], m * sizeof *e);
        const double whole = cblas_dnrm2((int)m, q[c], 1);
        for (int pass = 0; pass < 2; pass++)
            for (size_t k = 0; k < c; k++) {
                const double along = cblas_ddot((int)m, q[k], 1, q[c], 1);
                R[k][c] += along;
                cblas_daxpy((int)m, -along, q[k], 1, q[c], 1);
            }
        R[c][c] = cblas_dnrm2((int)m, q[c], 1);
        if (!(R[c][c] > 1e-9 * whole)) return false;
        cblas_dscal((int)m, 1 / R[c][c], q[c], 1);
        z[c] = cblas_ddot((int)m, q[c], 1, e, 1);
        cblas_daxpy((int)m, -z[c], q[c], 1, e, 1);
    }
    memset(value, 0, TG_FIT_COLUMNS * sizeof *value);
    for (size_t c = n; c-- > 0;) {
        double left = z[c];
        for (size_t k = c + 1; k < n; k++) left -= R[c][k] * value[at[k]];
        value[at[c]] = left / R[c][c];
    }
    *squares = cblas_ddot((int)m, e, 1, e, 1);
    return true;
}

/* The least squares with the signs that they must have: of all sets of columns. */
static double
solve(const design *d, size_t m, double *best, double *e)
{
    const unsigned sets = 1u << d->signs, always = d->columns > d->signs ? sets : 0;
    double         least = INFINITY;

    for (unsigned set = sets; set-- > 0;) {
        double value[TG_FIT_COLUMNS], left[TG_FIT_BINS], squares = INFINITY;
        bool   fits = solve_set(d, m, set | always, value, left, &squares);
        for (size_t c = 0; c < d->signs; c++) fits = fits && value[c] >= 0;
        if (!fits || !(squares < least)) continue;
        least = squares;
        memcpy(best, value, sizeof value);
        memcpy(e, left, m * sizeof *e);
        if (set == sets - 1) break;
    }
    return least;
}

double
tg_fit_linear(const tg_fit_room *r, size_t modes, const double *h, tg_mode_fit *f,
              double *e)
{
    design d;
    double value[TG_FIT_COLUMNS] = { 0 };

    lay_design(r, modes, h, &d);
    const double squares = solve(&d, r->bins.count, value, e);
    f->modes = modes;
    for (size_t j = 0; j < modes; j++) {
        f->h[j] = r->task->known ? (double)NAN : h[j];
        f->excess[j] = value[j];
    }
    f->sigma = sqrt(r->sigma2 < 0 ? value[modes] : r->sigma2);
    f->least = isnan(r->task->least) ? value[d.columns - 1] : r->task->least;
    return squares;
}

double
tg_fit_waves(const tg_fit_room *r, const tg_mode_fit *f, const double *mean,
             const double *e)
{
    const size_t m = r->bins.count;
    double       all[TG_FIT_BINS], value[TG_FIT_COLUMNS], left[TG_FIT_BINS], squares = 0;
    design       d = { .columns = TG_FIT_WAVES };

    tg_fit_bins_average(&r->bins, mean, all);
    memcpy(d.y, e, m * sizeof *e);
    for (size_t j = 0; j < TG_FIT_WAVES; j++) {
        for (size_t b = 0; b < m; b++)
            d.x[j][b] =
                (all[b] - f->least) * cos(M_PI * (double)((j + 1) * b) / (double)(m - 1));
        whiten(r, d.x[j]);
    }
    if (!solve_set(&d, m, (1u << TG_FIT_WAVES) - 1, value, left, &squares)) return 0;
    return fmax(cblas_ddot((int)m, e, 1, e, 1) - squares, 0);
}

/* ---- eigenvalues --------------------------------------------------------------------- */

void
tg_fit_range(const tg_mode_task *t, double *low, double *high)
{
    const double unit = t->table->share * t->step * t->table->size; /* k = unit h */
    const double end = t->clock[t->n - 1] - t->clock[0];

    *high = 0.97 * t->table->limit / unit;
    *low = fmin(0.02 * t->table->mean / (end * unit), *high / 100);
}

typedef struct descent {
    const tg_fit_room *r;
    size_t             modes;
    double             low, high;
} descent;

static int
residuals(const gsl_vector *x, void *context, gsl_vector *out)
{
    const descent *d = context;
    tg_mode_fit    f;
    double         h[TG_FITTED_MODES], e[TG_FIT_BINS];

    for (size_t j = 0; j < d->modes; j++)
        h[j] = fmin(fmax(exp(gsl_vector_get(x, j)), d->low), d->high);
    if (!isfinite(tg_fit_linear(d->r, d->modes, h, &f, e))) return GSL_EDOM;
    for (size_t b = 0; b < d->r->bins.count; b++) gsl_vector_set(out, b, e[b]);
    return GSL_SUCCESS;
}

static void
iterate(descent *d, gsl_multifit_nlinear_workspace *w, double *h)
{
    gsl_multifit_nlinear_fdf function = {
        .f = residuals, .n = d->r->bins.count, .p = d->modes, .params = d
    };
    double          start[TG_FITTED_MODES];
    gsl_vector_view x = gsl_vector_view_array(start, d->modes);
    int             why;

    for (size_t j = 0; j < d->modes; j++) start[j] = log(h[j]);
    if (gsl_multifit_nlinear_init(&x.vector, &function, w)) return;
    (void)gsl_multifit_nlinear_driver(60, 1e-7, 0, 0, NULL, NULL, &why, w);
    for (size_t j = 0; j < d->modes; j++)
        h[j] = fmin(fmax(exp(gsl_vector_get(w->x, j)), d->low), d->high);
}

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

tg_status
tg_fit_descend(const tg_fit_room *r, tg_mode_fit *f, double *squares)
{
    gsl_multifit_nlinear_parameters how = gsl_multifit_nlinear_default_parameters();
    descent                         d = { .r = r, .modes = f->modes };
    double                          h[TG_FITTED_MODES], e[TG_FIT_BINS];

    memcpy(h, f->h, sizeof h);
    tg_fit_range(r->task, &d.low, &d.high);
    if (!r->task->known) {
        how.h_df = 1e-5;
        gsl_error_handler_t            *old = gsl_set_error_handler_off();
        gsl_multifit_nlinear_workspace *w = gsl_multifit_nlinear_alloc(
            gsl_multifit_nlinear_trust, &how, r->bins.count, d.modes);
        if (w) iterate(&d, w, h);
        gsl_set_error_handler(old);
        gsl_multifit_nlinear_free(w);
        if (!w) return tg_fail(TG_ENOMEM, "out of memory");
        qsort(h, d.modes, sizeof *h, rising);
    }
    *squares = tg_fit_linear(r, d.modes, h, f, e);
    return isfinite(*squares) ? TG_OK : tg_fail(TG_ENOCONV, "no modes fit the loss curve");
}
