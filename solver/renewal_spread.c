#include "solver/renewal_spread.h"

#include "core/complexes.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

/* Means over the times of earlier renewals: of c(s-T), c(s-T-T'), their squares, their
 * product; Dq and D^2 q as functions of the lag; a; the forward sum. */
enum {
    ONE,
    TWO,
    ONE_ONE,
    TWO_TWO,
    ONE_TWO,
    HELD,
    HELD_TWICE,
    APPLIED,
    AHEAD,
    SCRATCH,
    HALF
};

typedef struct moments {
    const tg_spread      *s;
    const tg_renewal_law *law;
    tg_renewal_work      *k;
    double               *x[TG_SPREAD_REALS]; /* (n) each */
    double                theta;
} moments;

void
tg_spread_late(const tg_renewal *w, size_t g, tg_zroom *room, const double *f,
               double before, double *out)
{
    const tg_renewal_law *l = &w->law[g];
    double                after = 1;

    tg_zgrid_spectrum(w->grid, room, f, room->two);
    tg_zgrid_behind(w->grid, room, l->spectrum, room->two, out);
    for (size_t i = 0; i < w->grid->n && before != 0; i++) {
        after -= l->p[i];
        out[i] += before * fmax(after, 0);
    }
}

static void
late(moments *m, const double *f, double before, int to)
{
    tg_spread_late(m->s->w, m->s->group, &m->k->room, f, before, m->x[to]);
}

/* A function that jumps at 0 counts half there. */
static const double *
halved(moments *m, const double *f, double before)
{
    memcpy(m->x[HALF], f, m->s->w->grid->n * sizeof *f);
    if (before == 0) m->x[HALF][0] /= 2;
    return m->x[HALF];
}

/* Sums over the renewals from t = 0: masses on the grid, and not densities. */
static void
look_back_to_start(moments *m)
{
    const double *c = m->s->c;
    double       *work = m->x[SCRATCH];

    for (size_t i = 0; i < m->s->w->grid->n; i++) work[i] = m->law->u[i] * c[i];
    late(m, work, 0, ONE);
    for (size_t i = 0; i < m->s->w->grid->n; i++) work[i] *= c[i];
    late(m, work, 0, ONE_ONE);
}

static void
look_back(moments *m)
{
    const size_t  n = m->s->w->grid->n;
    const double *c = m->s->c, before = m->s->before;
    double       *work = m->x[SCRATCH];

    if (m->s->begins) {
        look_back_to_start(m);
        return;
    }
    late(m, halved(m, c, before), before, ONE);
    for (size_t i = 0; i < n; i++) work[i] = c[i] * c[i];
    late(m, halved(m, work, before), before * before, ONE_ONE);
    if (m->theta == 0) return;
    late(m, m->x[ONE], before, TWO);
    late(m, m->x[ONE_ONE], before * before, TWO_TWO);
    for (size_t i = 0; i < n; i++) work[i] = c[i] * m->x[ONE][i];
    late(m, halved(m, work, before), before * before, ONE_TWO);
}

static void
look_ahead(moments *m)
{
    const size_t n = m->s->w->grid->n;

    late(m, halved(m, m->s->q, 0), 0, HELD);
    memset(m->x[HELD_TWICE], 0, n * sizeof(double));
    if (m->theta != 0) late(m, m->x[HELD], 0, HELD_TWICE);
}

/* out_j += sum_{x < count} du_x f_{j + x}, j <= i - x, four x at a time. */
static void
add_ahead(const double *du, size_t count, const double *restrict f, size_t i,
          double *restrict out)
{
    size_t x = 0;

    for (; x + 4 <= count; x += 4) {
        const double  a = du[x], b = du[x + 1], c = du[x + 2], d = du[x + 3];
        const double *from = f + x;
        const size_t all = i - x < 3 ? 0 : i - x - 2; /* they end at i - x, i - x - 1, .. */
        for (size_t j = 0; j < all; j++)
            out[j] += a * from[j] + b * from[j + 1] + (c * from[j + 2] + d * from[j + 3]);
        for (size_t k = 0; k < 4 && x + k <= i; k++)
            for (size_t j = all; j <= i - x - k; j++) out[j] += du[x + k] * from[j + k];
    }
    for (; x < count; x++)
        for (size_t j = 0; j <= i - x; j++) out[j] += du[x] * f[j + x];
}

/* sum_x u_x f(t_j + t_x) for j <= i into out: what u falls to by running sums, what it is more
 * than that pair by pair. */
static void
renewals_ahead(const tg_renewal_law *l, const double *f, size_t i, double *out)
{
    const size_t known = l->known <= i ? l->known : i + 1;
    double       rest = 0;

    for (size_t j = i + 1; j-- > 0;) {
        out[j] = f[j] * (1 + l->flat / 2) + l->flat * rest;
        rest += f[j];
    }
    add_ahead(l->du, known, f, i, out);
}

/* F on s <= t_i into AHEAD, a into APPLIED. */
static void
sum_ahead(moments *m, size_t i)
{
    const tg_spread *s = m->s;
    double          *later = m->x[SCRATCH], *a = m->x[APPLIED], *f = m->x[AHEAD];

    for (size_t j = 0; j <= i; j++) {
        a[j] = s->z ? s->z[j] * s->r[i - j] : 0;
        later[j] = s->c[j] * (m->x[HELD][i - j] - m->theta * m->x[HELD_TWICE][i - j]) +
                   (j < i ? a[j] : a[j] / 2);
    }
    renewals_ahead(m->law, later, i, f);
    for (size_t j = 0; j <= i; j++) f[j] -= j < i ? a[j] : a[j] / 2;
}

static double
variance_at(moments *m, size_t i)
{
    double     **x = m->x, square = 0, mean = 0;
    const bool   begins = m->s->begins;
    const double theta = m->theta, each = begins ? 1 : m->s->w->grid->dt / m->law->mean;

    sum_ahead(m, i);
    for (size_t j = 0; j <= i; j++) {
        const double weight = (j == 0 && !begins) || j == i ? each / 2 : each;
        const double a = x[APPLIED][j], q = m->s->q[i - j];
        double       first = a + q * x[ONE][j],
               own = a * a + 2 * a * q * x[ONE][j] + q * q * x[ONE_ONE][j];
        double back = 0;
        if (theta != 0) {
            first -= q * x[TWO][j];
            own += q * q * (x[TWO_TWO][j] - 2 * x[ONE_TWO][j]) - 2 * a * q * x[TWO][j];
            back = x[HELD][i - j] * (a * x[ONE][j] + q * (x[ONE_ONE][j] - x[ONE_TWO][j]));
        }
        square += weight * (own + 2 * (first * x[AHEAD][j] - back));
        mean += weight * first;
    }
    return square - mean * mean;
}

tg_status
tg_spread_add(const tg_spread *s, tg_renewal_work *k, size_t real, double *out)
{
    moments      m = { .s = s, .law = &s->w->law[s->group], .k = k, .theta = s->z ? 1 : 0 };
    const double scale = s->e * s->e * s->w->workers[s->group];

    for (size_t i = 0; i < TG_SPREAD_REALS; i++) m.x[i] = tg_renewal_real(k, real + i);
    look_back(&m);
    look_ahead(&m);
    const size_t n = s->w->grid->n;
    double      *v = m.x[HALF];
    v[0] = 0;
    for (size_t i = 1; i < n; i++) {
        if (i % 64 == 0) TG_TRY(tg_stop_check());
        if (i % 2 == 0 || i < 8 || i + 5 > n) v[i] = variance_at(&m, i);
    }
    for (size_t i = 9; i + 5 <= n; i += 2) /* it is smooth: odd times from even ones */
        v[i] = (9 * (v[i - 1] + v[i + 1]) - v[i - 3] - v[i + 3]) / 16;
    for (size_t i = 1; i < n; i++) out[i] += scale * v[i];
    return TG_OK;
}

void
tg_spread_add_slow(const tg_spread *s, tg_renewal_work *k, size_t real, double *out)
{
    const tg_zgrid *grid = s->w->grid;
    const double    scale = s->e * s->e * s->w->rate[s->group] * s->w->law[s->group].cv2;
    double complex *one = tg_renewal_complex(k, 0), *two = tg_renewal_complex(k, 1);
    double         *work = tg_renewal_real(k, real);

    for (size_t i = 0; i < grid->n; i++) work[i] = s->q[i] * s->q[i];
    tg_zgrid_transform(grid, &k->room, work, one);
    for (size_t i = 0; i < grid->n; i++) work[i] = s->c[i] * s->c[i];
    tg_zgrid_transform(grid, &k->room, work, two);
    for (size_t i = 0; i < grid->nz; i++) one[i] = multiply(one[i], two[i]);
    tg_zgrid_function(grid, &k->room, one, 0, work);
    for (size_t i = 0; i < grid->n; i++) out[i] += scale * work[i];
}

/* ---- what is kicked spreads again ---------------------------------------------------- */

void
tg_spread_kernel(const tg_renewal *w, tg_renewal_work *k, double *r, double *W)
{
    const tg_zgrid *grid = w->grid;
    double complex *one = tg_renewal_complex(k, 0), *two = tg_renewal_complex(k, 1);

    for (size_t i = 0; i < grid->n; i++) r[i] *= r[i];
    tg_zgrid_transform(grid, &k->room, W, one);
    tg_zgrid_transform(grid, &k->room, r, two);
    for (size_t i = 0; i < grid->nz; i++) one[i] = multiply(one[i], inverse(two[i]));
    tg_zgrid_function(grid, &k->room, one, 0, W);
}

void
tg_spread_carry(const tg_zgrid *from, const double *f, const tg_zgrid *to, double *out)
{
    const size_t last = from->n - 1;

    for (size_t i = 0; i < to->n; i++) {
        const double at = to->dt * (double)i / from->dt;
        if (at >= (double)last) {
            out[i] = f[last];
            continue;
        }
        const size_t j = (size_t)fmin(fmax(floor(at) - 1, 0), (double)last - 3);
        const double u = at - (double)j;
        out[i] =
            -f[j] * (u - 1) * (u - 2) * (u - 3) / 6 + f[j + 1] * u * (u - 2) * (u - 3) / 2 -
            f[j + 2] * u * (u - 1) * (u - 3) / 2 + f[j + 3] * u * (u - 1) * (u - 2) / 6;
    }
}

void
tg_spread_continue(const tg_renewal *w, tg_renewal_work *k, const double complex *K,
                   const double *y, bool marks, double from, double *work, double *R)
{
    const tg_zgrid *grid = w->grid;
    const size_t    n = grid->n, end = (size_t)(from / grid->dt);
    const double    limit = marks ? y[n - 1] : 0;
    double complex *one = tg_renewal_complex(k, 1);

    if (end + 1 >= n) return;
    for (size_t i = 0; i < n; i++) work[i] = (y[i] - limit) * (y[i] - limit);
    tg_zgrid_transform(grid, &k->room, work, one);
    for (size_t i = 0; i < grid->nz; i++) one[i] = multiply(one[i], K[i]);
    tg_zgrid_function(grid, &k->room, one, 0, work);
    const double rest = marks ? R[end] - work[end] : 0;
    const double scale = !marks && work[end] > 0 && R[end] > 0 ? R[end] / work[end] : 1;
    for (size_t i = end + 1; i < n; i++) R[i] = scale * work[i] + rest;
}

void
tg_spread_feed(const tg_renewal *w, tg_renewal_work *k, const double complex *K, double *F)
{
    double complex *one = tg_renewal_complex(k, 1);

    tg_zgrid_transform(w->grid, &k->room, F, one);
    for (size_t i = 0; i < w->grid->nz; i++) one[i] = multiply(one[i], inverse(1 - K[i]));
    tg_zgrid_function(w->grid, &k->room, one, F[0], F);
}

typedef struct fit {
    double few, slower; /* w = P/(P + few) (R / R fed back)^(slower/(P k)) */
    double often, rest; /* what is stated of w, over P + 2, and of R, over P */
} fit;

static const fit fits[] = {
    [TG_RENEWAL_ASGD] = { 2, 0.3, 1.2, 0.8 }, [TG_RENEWAL_DUDE] = { 3, 0.8, 2.6, 1.2 }
};

void
tg_spread_blend(const tg_renewal *w, const tg_renewal_mode *m, double *R, double *fed)
{
    const fit   *f = &fits[m->rule];
    const double P = w->total, most = P / (P + f->few);
    const double slower = f->slower / (P * P * m->e);

    for (size_t i = 0; i < w->grid->n; i++) {
        const double more = fed[i] - R[i];
        const double times = more > 0 && R[i] > 0 ? more / R[i] : 0;
        const double fades = times < 0.1 ? 1 - slower * times : exp(-slower * log1p(times));
        R[i] += most * fades * more;
        fed[i] = most * fades * fabs(more) * (f->often / (P + 2) + 1 - fades) +
                 f->rest * fabs(R[i]) / P;
    }
}
