#include "asgd/theory/classes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A group, by what its law is up to the unit of time, then by its mean. */
typedef struct item {
    const tg_delay *law;
    char            kind[32];
    double          mean, cv, skew; /* skew: third central moment over that of the mean */
    size_t          group, count, first; /* first: worker */
} item;

static int
order(double a, double b)
{
    if (a == b) return 0;
    return fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b)) ? 0 : a < b ? -1 : 1;
}

static int
by_family(const item *a, const item *b)
{
    const int kind = strcmp(a->kind, b->kind), cv = order(a->cv, b->cv);

    return kind ? kind : cv ? cv : order(a->skew, b->skew);
}

static int
compare(const void *x, const void *y)
{
    const item *a = x, *b = y;
    const int   family = by_family(a, b);

    if (family) return family;
    if (a->mean != b->mean) return a->mean < b->mean ? -1 : 1;
    return a->group < b->group ? -1 : a->group > b->group;
}

static void
fill_items(const tg_cluster *c, item *out)
{
    size_t first = 0;

    for (size_t g = 0; g < c->groups; first += c->count[g++]) {
        const tg_delay *law = c->law[g];
        const char     *text = tg_delay_text(law);
        const double    mean = tg_delay_mean(law);
        out[g] = (item){ .law = law,
                         .mean = mean,
                         .cv = tg_delay_cv(law),
                         .skew = tg_delay_third(law) / (mean * mean * mean),
                         .group = g,
                         .count = c->count[g],
                         .first = first };
        snprintf(out[g].kind, sizeof out[g].kind, "%.*s", (int)strcspn(text, ","), text);
    }
}

/* The law of k items together, at the mean that has their rate. */
static tg_status
class_law(const item *a, size_t k, size_t *count, tg_delay **out)
{
    double rate = 0;

    *count = 0;
    for (size_t i = 0; i < k; i++) {
        *count += a[i].count;
        rate += (double)a[i].count / a[i].mean;
    }
    const bool one = a[0].mean == a[k - 1].mean;
    return tg_delay_scaled(a[0].law, one ? 1 : (double)*count / rate / a[0].mean, out);
}

/* Each class of a family takes one part in TG_CLASSES of its range of means, or less. */
static tg_status
make_cluster(const tg_cluster *c, const item *a, tg_cluster **out)
{
    size_t     classes = 0, *count = calloc(c->groups, sizeof *count);
    tg_delay **law = calloc(c->groups, sizeof *law);
    tg_status  status = count && law ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    size_t     family = 0;
    double     width = 0;

    for (size_t i = 0; i < c->groups && status == TG_OK;) {
        if (i == family) {
            while (family < c->groups && by_family(&a[i], &a[family]) == 0) family++;
            width = log(a[family - 1].mean / a[i].mean) / TG_CLASSES;
        }
        size_t k = 1;
        while (i + k < family && log(a[i + k].mean / a[i].mean) <= width) k++;
        status = class_law(a + i, k, &count[classes], &law[classes]);
        classes++;
        i += k;
    }
    if (status == TG_OK) status = tg_cluster_create(classes, count, law, c->together, out);
    for (size_t i = 0; law && i < classes; i++) tg_delay_free(law[i]);
    free(law);
    free(count);
    return status;
}

/* The workers' minima in the order of the items. */
static tg_status
reorder(const tg_cluster *c, const item *a, const tg_modes *m, tg_classes *out)
{
    out->own_modes = *m;
    out->modes = &out->own_modes;
    if (!m->minimum) return TG_OK;
    out->minimum = malloc(m->count * c->workers * sizeof *out->minimum);
    if (!out->minimum) return tg_fail(TG_ENOMEM, "out of memory");
    double *to = out->minimum;
    for (size_t j = 0; j < m->count; j++)
        for (size_t g = 0; g < c->groups; to += a[g++].count)
            memcpy(to, m->minimum + j * c->workers + a[g].first, a[g].count * sizeof *to);
    out->own_modes.minimum = out->minimum;
    return TG_OK;
}

tg_status
tg_classes_of(const tg_cluster *cluster, const tg_modes *modes, tg_classes *out)
{
    *out = (tg_classes){ .cluster = cluster, .modes = modes };
    if (cluster->groups <= TG_CLASSES) return TG_OK;
    item *a = malloc(cluster->groups * sizeof *a);
    if (!a) return tg_fail(TG_ENOMEM, "out of memory");
    fill_items(cluster, a);
    qsort(a, cluster->groups, sizeof *a, compare);
    tg_status status = make_cluster(cluster, a, &out->own_cluster);
    if (status == TG_OK && modes) status = reorder(cluster, a, modes, out);
    if (status == TG_OK)
        out->cluster = out->own_cluster;
    else
        tg_classes_clear(out);
    free(a);
    return status;
}

void
tg_classes_clear(tg_classes *c)
{
    tg_cluster_free(c->own_cluster);
    free(c->minimum);
    *c = (tg_classes){ 0 };
}
