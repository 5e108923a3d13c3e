/* delay_scaled: the law of c T, in the family of T
 *
 * What a named law has of the unit of time is multiplied by c; lists, parts and bounds too.
 */
#include "core/law.h"

#include <stdlib.h>
#include <string.h>

static tg_status
scale_numbers(const tg_delay *d, double factor, tg_delay **out)
{
    double p[LAW_PARAMS];

    for (size_t i = 0; i < d->kind->count; i++)
        p[i] = strcmp(d->kind->params[i].unit, "time") ? d->p[i] : factor * d->p[i];
    return tg_delay_create(d->kind->name, p, out);
}

static tg_status
scale_list(const tg_delay *d, double factor, tg_delay **out)
{
    double   *x = malloc(d->n * sizeof *x);
    tg_status status;

    if (!x) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < d->n; i++) x[i] = factor * d->x[i];
    status = d->kind == &tg_law_empirical ? tg_delay_empirical(x, d->n, out)
                                          : tg_delay_hyperexponential(d->w, x, d->n, out);
    free(x);
    return status;
}

static tg_status
scale_parts(const tg_delay *d, double factor, tg_delay **out)
{
    tg_delay **part = calloc(d->n, sizeof *part);
    tg_status  status = part ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t i = 0; i < d->n && status == TG_OK; i++)
        status = tg_delay_scaled(d->part[i], factor, &part[i]);
    if (status == TG_OK) {
        const tg_delay *const *parts = (const tg_delay *const *)part;
        status = d->kind == &tg_law_sum ? tg_delay_sum(parts, d->n, out)
                                        : tg_delay_mixture(parts, d->w, d->n, out);
    }
    for (size_t i = 0; part && i < d->n; i++) tg_delay_free(part[i]);
    free(part);
    return status;
}

static tg_status
scale_at_most(const tg_delay *d, double factor, tg_delay **out)
{
    tg_delay *part;

    TG_TRY(tg_delay_scaled(d->part[0], factor, &part));
    const tg_status status = tg_delay_at_most(part, factor * d->p[0], out);
    tg_delay_free(part);
    return status;
}

tg_status
tg_delay_scaled(const tg_delay *d, double factor, tg_delay **out)
{
    const tg_delay_kind *k = d->kind;

    if (!(factor > 0))
        return tg_fail(TG_EDOMAIN, "a law is scaled by a factor > 0, got %g", factor);
    if (k == &tg_law_empirical || k == &tg_law_hyperexponential)
        return scale_list(d, factor, out);
    if (k == &tg_law_sum || k == &tg_law_mixture) return scale_parts(d, factor, out);
    if (k == &tg_law_at_most) return scale_at_most(d, factor, out);
    if (!tg_law_kind(k->name))
        return tg_fail(TG_EDOMAIN, "the law %s cannot be scaled", tg_delay_text(d));
    return scale_numbers(d, factor, out);
}
