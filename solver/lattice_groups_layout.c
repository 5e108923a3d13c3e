/* Which moments there are, and their numbers. */
#include "solver/lattice_groups_matrix.h"

#include "solver/composition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CONFIGURATIONS = 2000, MOST_ELEMENTS = 200000 };

/* ---- elements ------------------------------------------------------------------------ */

static void
order(size_t *i, size_t *k)
{
    const size_t first = *i;

    if (*i <= *k) return;
    *i = *k;
    *k = first;
}

size_t
tg_group_s(const tg_group_system *m, size_t i, size_t k)
{
    order(&i, &k);
    return i * m->q + k;
}

size_t
tg_group_x(const tg_group_system *m, size_t r, size_t i, size_t k)
{
    return m->q * m->q + (r * m->q + i) * m->p + k;
}

size_t
tg_group_y(const tg_group_system *m, size_t r, size_t i, size_t k)
{
    order(&i, &k);
    return m->q * m->q + (m->places * m->q + r * m->p + i) * m->p + k;
}

size_t
tg_group_z(const tg_group_system *m, size_t r, size_t t, size_t i, size_t k)
{
    const size_t before = m->q * m->q + m->places * (m->q + m->p) * m->p;

    if (r == t) order(&i, &k);
    if (r > t) return tg_group_z(m, t, r, k, i);
    return before + ((r * m->places - r * (r + 1) / 2 + t) * m->p + i) * m->p + k;
}

/* ---- configurations ------------------------------------------------------------------ */

static size_t
places_of(const tg_lattice_groups *l)
{
    size_t n = 0;

    for (size_t g = 0; g < l->groups; g++) n += (size_t)l->group[g].law.n;
    return n;
}

static double
configurations_of(const tg_lattice_groups *l)
{
    double all = 1;

    for (size_t g = 0; g < l->groups; g++)
        all *= tg_composition_number(l->group[g].workers, l->group[g].law.n);
    return all;
}

static bool
is_known(const tg_lattice_groups *l)
{
    const tg_linear_rule *r = l->rule;

    if (r->q >= TG_LINEAR_SERVER || r->p == 0 || r->cycle > 0 || r->weights.power > 0 ||
        r->limit > 0)
        return false;
    for (size_t g = 0; g < l->groups; g++)
        if (l->group[g].workers == 0 || l->group[g].workers > 1000) return false;
    return l->groups > 0 && places_of(l) <= TG_LATTICE_PLACES &&
           configurations_of(l) <= MOST_CONFIGURATIONS;
}

/* Configurations are numbered group by group, the last fastest. */
static tg_status
list_configurations(const tg_lattice_groups *l, tg_group_system *m)
{
    size_t after = m->configurations, place = 0;

    for (size_t g = 0; g < l->groups; g++) {
        const int    n = l->group[g].law.n;
        const size_t own = (size_t)tg_composition_number(l->group[g].workers, n);
        int         *list = malloc(own * (size_t)n * sizeof *list);
        if (!list) return tg_fail(TG_ENOMEM, "out of memory");
        tg_composition_list(l->group[g].workers, n, list);
        after /= own;
        for (size_t c = 0; c < m->configurations; c++)
            memcpy(m->count + c * m->places + place, list + c / after % own * (size_t)n,
                   (size_t)n * sizeof *list);
        free(list);
        place += (size_t)n;
    }
    return TG_OK;
}

size_t
tg_group_number(const tg_lattice_groups *l, const int *count)
{
    size_t number = 0;

    for (size_t g = 0; g < l->groups; count += l->group[g++].law.n)
        number =
            number * (size_t)tg_composition_number(l->group[g].workers, l->group[g].law.n) +
            tg_composition_rank(count, l->group[g].law.n);
    return number;
}

/* Jobs are met at any time: multinomial in each group. */
static void
weigh(const tg_lattice_groups *l, tg_group_system *m)
{
    double share[TG_PHASE_MAX];

    for (size_t c = 0; c < m->configurations; c++) m->weight[c] = 0;
    for (size_t g = 0, place = 0; g < l->groups; place += (size_t)l->group[g++].law.n) {
        tg_phase_shares(&l->group[g].law, share);
        for (size_t c = 0; c < m->configurations; c++) {
            m->weight[c] += lgamma((double)l->group[g].workers + 1);
            for (int p = 0; p < l->group[g].law.n; p++) {
                const int n = m->count[c * m->places + place + (size_t)p];
                if (n) m->weight[c] += n * log(share[p]) - lgamma(n + 1.0);
            }
        }
    }
    for (size_t c = 0; c < m->configurations; c++) m->weight[c] = exp(m->weight[c]);
}

/* ---- numbers of unknowns ------------------------------------------------------------- */

static void
take(int *list, size_t element, int *next)
{
    if (list[element] < 0) list[element] = (*next)++;
}

/* One after another, those of means only or of squares only. */
static void
number_unknowns(const tg_group_system *m, size_t c, bool means, int *next)
{
    const size_t one = m->q - 1;
    const int   *N = m->count + c * m->places;
    int         *list = m->unknown + c * m->each;

    for (size_t i = 0; i < m->q; i++)
        for (size_t k = i; k < m->q; k++)
            if (i != one && (k == one) == means) take(list, tg_group_s(m, i, k), next);
    for (size_t r = 0; r < m->places; r++) {
        for (size_t i = 0; i < m->q && N[r]; i++)
            for (size_t k = 0; k < m->p; k++)
                if ((i == one) == means) take(list, tg_group_x(m, r, i, k), next);
        for (size_t i = 0; i < m->p && N[r] && !means; i++)
            for (size_t k = i; k < m->p; k++) take(list, tg_group_y(m, r, i, k), next);
        for (size_t t = r; t < m->places && !means; t++)
            for (size_t i = 0; i < m->p && N[t] && N[r] > (r == t); i++)
                for (size_t k = 0; k < m->p; k++)
                    take(list, tg_group_z(m, r, t, i, k), next);
    }
}

static void
lay_out(const tg_lattice_groups *l, tg_group_system *m)
{
    m->q = l->rule->q + 1;
    m->p = l->rule->p;
    m->places = places_of(l);
    m->configurations = (size_t)configurations_of(l);
    m->each = tg_group_z(m, m->places - 1, m->places - 1, m->p - 1, m->p - 1) + 1;
}

tg_status
tg_group_layout(const tg_lattice_groups *l, tg_group_system *m)
{
    int next = 0;

    lay_out(l, m);
    m->count = malloc(m->configurations * m->places * sizeof *m->count);
    m->unknown = malloc(m->configurations * m->each * sizeof *m->unknown);
    m->weight = malloc(m->configurations * sizeof *m->weight);
    if (!m->count || !m->unknown || !m->weight) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(list_configurations(l, m));
    weigh(l, m);
    memset(m->unknown, -1, m->configurations * m->each * sizeof *m->unknown);
    for (size_t c = 0; c < m->configurations; c++) number_unknowns(m, c, true, &next);
    m->means = (size_t)next;
    for (size_t c = 0; c < m->configurations; c++) number_unknowns(m, c, false, &next);
    m->size = (size_t)next;
    return TG_OK;
}

double
tg_lattice_groups_size(const tg_lattice_groups *l)
{
    tg_group_system m = { 0 };
    double          size = INFINITY;

    if (!is_known(l)) return INFINITY;
    lay_out(l, &m);
    if ((double)m.configurations * (double)m.each < MOST_ELEMENTS &&
        tg_group_layout(l, &m) == TG_OK)
        size = (double)m.size;
    tg_group_system_free(&m);
    return size;
}
