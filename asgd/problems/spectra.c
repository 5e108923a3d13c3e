#include "asgd/problems/spectra.h"

#include "asgd/problems/spectra_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    double value, weight;
} entry;

void
tg_spectra_free(tg_spectra *s)
{
    free(s->step);
    free(s->first);
    free(s->value);
    *s = (tg_spectra){ 0 };
}

static int
falling(const void *a, const void *b)
{
    const entry *x = a, *y = b;

    return (x->value < y->value) - (x->value > y->value);
}

static size_t
length(const tg_lists *l, size_t i)
{
    return l->first[i + 1] - l->first[i];
}

/* Are these numbers weights: none below 0, and their sum 1? */
static bool
are_weights(const tg_lists *l, size_t i)
{
    double sum = 0;

    for (size_t j = l->first[i]; j < l->first[i + 1]; j++) {
        if (l->number[j] < 0) return false;
        sum += l->number[j];
    }
    return fabs(sum - 1) < 1e-3;
}

/* Nodes first, then as many lists of weights, as a printed pair of arrays has them. */
static bool
are_halves(const tg_lists *l)
{
    const size_t half = l->lists / 2;

    if (l->paired || l->lists % 2) return false;
    for (size_t i = 0; i < half; i++)
        if (length(l, i) != length(l, half + i) || !are_weights(l, half + i)) return false;
    return half > 0;
}

/* Lists [from, to) of values, those of weights `apart` further on (0: all alike), as one
 * checkpoint.
 */
static tg_status
add_checkpoint(tg_spectra *s, const tg_lists *l, size_t from, size_t to, size_t stride,
               size_t apart, entry *scratch)
{
    size_t n = 0, at = s->first[s->checkpoints];
    double sum = 0;

    for (size_t i = from; i < to; i += stride) {
        if (apart && length(l, i) != length(l, i + apart))
            return tg_fail(TG_EINPUT, "expected as many weights as nodes, got %zu and %zu",
                           length(l, i + apart), length(l, i));
        for (size_t j = 0; j < length(l, i); j++) {
            const double w = apart ? l->number[l->first[i + apart] + j] : 1;
            if (!(w >= 0)) return tg_fail(TG_EINPUT, "a weight must be >= 0, got %g", w);
            scratch[n++] = (entry){ l->number[l->first[i] + j], w };
            sum += w;
        }
    }
    if (!(sum > 0)) return tg_fail(TG_EINPUT, "the weights must not all be 0");
    qsort(scratch, n, sizeof *scratch, falling);
    for (size_t j = 0; j < n; j++) {
        s->value[at + j] = scratch[j].value;
        s->weight[at + j] = scratch[j].weight / sum;
    }
    s->step[s->checkpoints] = isnan(l->step[from]) ? (double)s->checkpoints : l->step[from];
    s->first[++s->checkpoints] = at + n;
    return TG_OK;
}

static tg_status
build(const tg_lists *l, tg_spectra *s, entry *scratch)
{
    const bool halves = are_halves(l);

    s->density = halves || l->paired;
    if (halves) return add_checkpoint(s, l, 0, l->lists / 2, 1, l->lists / 2, scratch);
    if (l->paired && l->lists % 2)
        return tg_fail(TG_EINPUT, "expected weights of all nodes, or of none");
    const size_t each = l->paired ? 2 : 1;
    for (size_t i = 0; i < l->lists; i += each)
        TG_TRY(add_checkpoint(s, l, i, i + 1, 1, each - 1, scratch));
    return TG_OK;
}

tg_status
tg_spectra_create(size_t checkpoints, size_t values, tg_spectra *out)
{
    tg_spectra s = { .step = calloc(checkpoints, sizeof *s.step),
                     .first = calloc(checkpoints + 1, sizeof *s.first),
                     .value = calloc(2 * values, sizeof *s.value) };

    s.weight = s.value ? s.value + values : NULL;
    if (s.step && s.first && s.value) {
        *out = s;
        return TG_OK;
    }
    tg_spectra_free(&s);
    return tg_fail(TG_ENOMEM, "out of memory");
}

static tg_status
of_lists(const tg_lists *l, tg_spectra *out)
{
    tg_spectra s = { 0 };
    entry     *scratch = malloc(l->numbers * sizeof *scratch);

    tg_status status = scratch ? tg_spectra_create(l->lists, l->numbers, &s)
                               : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = build(l, &s, scratch);
    free(scratch);
    snprintf(s.took, sizeof s.took, "%s: %s, %zu checkpoint%s", l->took,
             s.density ? "a density" : "eigenvalues", s.checkpoints,
             s.checkpoints == 1 ? "" : "s");
    if (status == TG_OK)
        *out = s;
    else
        tg_spectra_free(&s);
    return status;
}

tg_status
tg_spectra_read(const char *path, tg_spectra *out)
{
    tg_text  text;
    tg_lists lists = { 0 };

    TG_TRY(tg_text_read(path, &text));
    tg_status status = tg_lists_read(&text, &lists);
    if (status == TG_OK) {
        status = of_lists(&lists, out);
        if (status == TG_EINPUT) status = tg_fail_within(status, "%s", text.source);
    }
    tg_lists_free(&lists);
    tg_text_free(&text);
    return status;
}

tg_curvature
tg_spectra_curvature(const tg_spectra *s, size_t c)
{
    const size_t first = s->first[c], last = s->first[c + 1] - 1;
    tg_curvature k = { .largest = s->value[first], .least = s->value[last] };
    const double zero = TG_FLAT * fmax(fabs(k.largest), fabs(k.least));

    for (size_t i = first; i <= last; i++) {
        if (fabs(s->value[i]) <= zero)
            k.flat += s->weight[i];
        else if (s->value[i] < 0) {
            k.negative += s->weight[i];
            k.below++;
        }
    }
    return k;
}

tg_status
tg_spectra_fill(const tg_spectra *s, size_t c, size_t count, double **h, size_t *n)
{
    const tg_curvature k = tg_spectra_curvature(s, c);
    const double       zero = TG_FLAT * fmax(fabs(k.largest), fabs(k.least));
    const size_t       first = s->first[c];
    size_t             positive = 0;
    double             weight = 0;

    while (first + positive < s->first[c + 1] && s->value[first + positive] > zero)
        weight += s->weight[first + positive++];
    if (positive == 0)
        return tg_fail(TG_EINPUT, "no eigenvalue is positive, the largest is %g",
                       k.largest);
    const size_t m = s->density ? count : positive;
    double      *out = malloc((m ? m : 1) * sizeof *out), sum = 0;
    if (!out) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0, at = 0; i < m; i++) {
        const double p = ((double)i + .5) / (double)m * weight;
        while (s->density && at + 1 < positive && sum + s->weight[first + at] < p)
            sum += s->weight[first + at++];
        out[i] = s->value[first + (s->density ? at : i)];
    }
    if (s->density && m > 0) out[0] = k.largest; /* the edge decides stability */
    *h = out;
    *n = m;
    return TG_OK;
}
