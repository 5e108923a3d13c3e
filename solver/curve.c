#include "solver/curve.h"

#include "core/law.h"

#include <math.h>
#include <stdlib.h>

enum { NODES = 24, CHECKS = 4, SHORT = 8 * NODES };
static const double TOLERANCE = 3e-15;

typedef struct curve {
    const tg_loop        *loop;
    const double complex *s;
    tg_transforms        *out;
} curve;

static tg_transforms
at(const curve *c, size_t k)
{
    tg_transforms t;

    t.kappa = tg_loop_kernel(c->loop, c->s[k], &t.phi);
    return t;
}

/* Points `from` on, in units of a quarter of the stretch, for which weights neither grow
 * nor shrink with their number. */
typedef struct nodes {
    size_t        at[NODES];
    double        x[NODES], weight[NODES];
    tg_transforms value[NODES];
} nodes;

static void
place_nodes(const curve *c, size_t from, size_t n, nodes *p)
{
    for (size_t j = 0; j < NODES; j++) {
        const double turn = acos(-1) * (double)j / (NODES - 1);
        p->at[j] = from + (size_t)lround((double)(n - 1) * (1 - cos(turn)) / 2);
        p->x[j] = 4 * (double)(p->at[j] - from) / (double)n;
        p->value[j] = at(c, p->at[j]);
    }
    for (size_t j = 0; j < NODES; j++) {
        p->weight[j] = 1;
        for (size_t i = 0; i < NODES; i++)
            if (i != j) p->weight[j] /= p->x[j] - p->x[i];
    }
}

/* Not at a node. */
static tg_transforms
between(const nodes *p, double x)
{
    double complex phi = 0, kappa = 0;
    double         sum = 0;

    for (size_t j = 0; j < NODES; j++) {
        const double share = p->weight[j] / (x - p->x[j]);
        sum += share;
        phi += share * p->value[j].phi;
        kappa += share * p->value[j].kappa;
    }
    return (tg_transforms){ phi / sum, kappa / sum };
}

static int
agrees(const curve *c, size_t from, size_t n, const nodes *p)
{
    for (size_t i = 0; i < CHECKS; i++) {
        const size_t        j = 2 + i * (NODES - 4) / CHECKS;
        const size_t        k = (p->at[j] + p->at[j + 1]) / 2;
        const tg_transforms t = between(p, 4 * (double)(k - from) / (double)n),
                            u = at(c, k);
        if (cabs(t.phi - u.phi) > TOLERANCE || !(cabs(t.kappa - u.kappa) <= TOLERANCE))
            return 0;
    }
    return 1;
}

static void
fill(const curve *c, size_t from, size_t n)
{
    nodes p;

    if (n < SHORT) {
        for (size_t k = from; k < from + n; k++) c->out[k] = at(c, k);
        return;
    }
    place_nodes(c, from, n, &p);
    if (!agrees(c, from, n, &p)) {
        fill(c, from, n / 2);
        fill(c, from + n / 2, n - n / 2);
        return;
    }
    for (size_t j = 0; j < NODES; j++) {
        c->out[p.at[j]] = p.value[j];
        for (size_t k = p.at[j] + 1; j + 1 < NODES && k < p.at[j + 1]; k++)
            c->out[k] = between(&p, 4 * (double)(k - from) / (double)n);
    }
}

static int
costly(const tg_loop *l)
{
    int any = tg_delay_costly(l->delay) || (l->kept && tg_delay_costly(l->kept));

    for (size_t g = 0; g < l->groups; g++) any = any || tg_delay_costly(l->group[g]);
    return any;
}

/* Where the kernel is the law's transform, and that is costly, it is remembered. */
static void
fill_plain(const curve *c, size_t n)
{
    double complex *phi = malloc(n * sizeof *phi);
    const int       known = phi && tg_law_recall(c->loop->delay, c->s, n, phi);

    if (!known) fill(c, 0, n);
    for (size_t k = 0; phi && k < n; k++)
        if (known)
            c->out[k] = (tg_transforms){ phi[k], phi[k] };
        else
            phi[k] = c->out[k].phi;
    if (phi && !known) tg_law_remember(c->loop->delay, c->s, n, phi);
    free(phi);
}

void
tg_curve_transforms(const tg_loop *l, const double complex *s, size_t n, tg_transforms *out)
{
    const curve c = { l, s, out };

    if (costly(l)) {
        if (!l->filter || l->filter == tg_filters[0])
            fill_plain(&c, n);
        else
            fill(&c, 0, n);
        return;
    }
    for (size_t k = 0; k < n; k++) out[k] = at(&c, k);
}
