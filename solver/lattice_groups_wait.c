#include "solver/lattice_groups_wait.h"

#include "solver/composition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 20000, PLACES = 2 * TG_LATTICE_PLACES };

/* A group's counts: in each phase of those that have yet to deliver, then of the others. */
static size_t
states_of(const tg_lattice_groups *l, size_t g)
{
    return (size_t)tg_composition_number(l->group[g].workers, 2 * l->group[g].law.n);
}

static size_t
rank(const tg_lattice_groups *l, const int *count)
{
    size_t number = 0;

    for (size_t g = 0; g < l->groups; count += 2 * l->group[g++].law.n)
        number =
            number * states_of(l, g) + tg_composition_rank(count, 2 * l->group[g].law.n);
    return number;
}

/* All of one after the other: the next one's counts, as digits whose last changes first; false after the last. */
static bool
advance(const tg_lattice_groups *l, int *const *list, size_t *digit, int *count)
{
    size_t g = l->groups;

    while (g > 0 && ++digit[g - 1] == states_of(l, g - 1)) digit[--g] = 0;
    for (size_t i = 0, place = 0; i < l->groups; place += 2 * (size_t)l->group[i++].law.n) {
        const size_t width = 2 * (size_t)l->group[i].law.n;
        memcpy(count + place, list[i] + digit[i] * width, width * sizeof *count);
    }
    return g > 0;
}

/* Of the phases alone; and whether all have delivered. */
static size_t
phases_of(const tg_lattice_groups *l, const int *count, bool *done)
{
    int    sum[TG_LATTICE_PLACES] = { 0 };
    size_t place = 0;

    *done = true;
    for (size_t g = 0; g < l->groups; count += 2 * l->group[g++].law.n)
        for (int p = 0; p < l->group[g].law.n; p++) {
            sum[place++] = count[p] + count[l->group[g].law.n + p];
            if (count[p]) *done = false;
        }
    return tg_group_number(l, sum);
}

static bool
add(tg_group_wait_flow **list, size_t *count, size_t from, size_t to, double rate)
{
    if ((*count & (*count - 1)) == 0) { /* room for a power of two */
        tg_group_wait_flow *more = realloc(*list, 2 * (*count + 1) * sizeof *more);
        if (!more) return false;
        *list = more;
    }
    (*list)[(*count)++] = (tg_group_wait_flow){ from, to, rate };
    return true;
}

/* One of the workers at place `at` goes to `to`, at this rate each. */
static bool
go(const tg_lattice_groups *l, tg_group_wait *w, size_t from, int *count, size_t at,
   size_t to, double rate)
{
    const double all = count[at] * rate;
    bool         done;

    if (!(all > 0) || at == to) return true;
    count[at]--;
    count[to]++;
    const size_t phases = phases_of(l, count, &done), next = rank(l, count);
    count[at]++;
    count[to]--;
    return done ? add(&w->end, &w->ends, from, phases, all)
                : add(&w->flow, &w->flows, from, next, all);
}

static bool
add_state(const tg_lattice_groups *l, tg_group_wait *w, size_t from, int *count)
{
    bool fine = true;

    for (size_t g = 0, first = 0; g < l->groups; first += 2 * (size_t)l->group[g++].law.n) {
        const tg_phase *law = &l->group[g].law;
        const size_t    n = (size_t)law->n;
        for (size_t p = 0; p < n; p++)
            for (size_t q = 0; q < n; q++) {
                const double ends = law->leave[p] * law->start[q];
                fine = fine &&
                       go(l, w, from, count, first + p, first + q, law->move[p][q]) &&
                       go(l, w, from, count, first + p, first + n + q, ends) &&
                       go(l, w, from, count, first + n + p, first + n + q,
                          law->move[p][q] + ends);
            }
    }
    return fine;
}

/* Nobody has delivered. */
static bool
is_first(const tg_lattice_groups *l, const int *count)
{
    for (size_t g = 0; g < l->groups; count += 2 * l->group[g++].law.n)
        for (int p = 0; p < l->group[g].law.n; p++)
            if (count[l->group[g].law.n + p]) return false;
    return true;
}

static bool
list_states(const tg_lattice_groups *l, const tg_group_system *m, int *const *list,
            tg_group_wait *w)
{
    size_t digit[TG_LATTICE_PLACES] = { 0 };
    int    count[PLACES];
    bool   fine = true, more = true, done;

    digit[l->groups - 1] = (size_t)-1;
    more = advance(l, list, digit, count);
    for (size_t s = 0; more && fine; s++) {
        w->configuration[s] = phases_of(l, count, &done);
        if (is_first(l, count)) w->chance[s] = m->weight[w->configuration[s]];
        if (!done) fine = add_state(l, w, s, count);
        more = advance(l, list, digit, count);
    }
    return fine;
}

void
tg_group_wait_close(tg_group_wait *w)
{
    free(w->chance);
    free(w->configuration);
    free(w->flow);
    free(w->end);
    *w = (tg_group_wait){ 0 };
}

tg_status
tg_group_wait_open(const tg_lattice_groups *l, const tg_group_system *m, tg_group_wait *out)
{
    int          *list[TG_LATTICE_PLACES] = { NULL };
    tg_group_wait w = { .states = 1 };
    double        states = 1;
    bool          fine = true;

    for (size_t g = 0; g < l->groups; g++) states *= (double)states_of(l, g);
    if (!(states <= MOST))
        return tg_fail(TG_EDOMAIN, "%g configurations of who has delivered", states);
    w.states = (size_t)states;
    for (size_t g = 0; g < l->groups && fine; g++) {
        const int width = 2 * l->group[g].law.n;
        fine = (list[g] = malloc(states_of(l, g) * (size_t)width * sizeof **list)) != NULL;
        if (fine) tg_composition_list(l->group[g].workers, width, list[g]);
    }
    w.chance = calloc(2 * w.states, sizeof *w.chance);
    w.next = w.chance + w.states;
    w.configuration = malloc(w.states * sizeof *w.configuration);
    fine = fine && w.chance && w.configuration && list_states(l, m, list, &w);
    for (size_t g = 0; g < l->groups; g++) free(list[g]);
    if (fine)
        *out = w;
    else
        tg_group_wait_close(&w);
    return fine ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

double
tg_group_wait_chances(const tg_group_wait *w, const tg_group_system *m, double *there)
{
    double sum = 0;

    memset(there, 0, m->configurations * sizeof *there);
    for (size_t s = 0; s < w->states; s++) {
        there[w->configuration[s]] += w->chance[s];
        sum += w->chance[s];
    }
    return sum;
}

void
tg_group_wait_step(tg_group_wait *w, const tg_group_system *m, double rate, double *begun)
{
    memset(begun, 0, m->configurations * sizeof *begun);
    memcpy(w->next, w->chance, w->states * sizeof *w->next);
    for (size_t i = 0; i < w->flows; i++) {
        const double moved = w->chance[w->flow[i].from] * w->flow[i].rate / rate;
        w->next[w->flow[i].from] -= moved;
        w->next[w->flow[i].to] += moved;
    }
    for (size_t i = 0; i < w->ends; i++) {
        const double moved = w->chance[w->end[i].from] * w->end[i].rate / rate;
        w->next[w->end[i].from] -= moved;
        begun[w->end[i].to] += moved;
    }
    memcpy(w->chance, w->next, w->states * sizeof *w->next);
}
