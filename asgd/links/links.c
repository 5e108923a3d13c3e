#include "asgd/links/link.h"

#include <math.h>

const tg_kind *const tg_links[] = { &tg_link_none.is, &tg_link_fifo.is, &tg_link_shared.is,
                                    NULL };

tg_status
tg_link_find(const char *name, tg_choice *out)
{
    return tg_choice_find(tg_links, "link", name, out);
}

bool
tg_link_takes_time(const tg_link *l)
{
    return l->transfer || l->bandwidth > 0 || l->latency > 0;
}

double
tg_link_bytes(const tg_link *l)
{
    return l->compression > 0 ? l->compression * l->bytes : l->bytes;
}

double
tg_link_size(const tg_link *l, tg_rng *g)
{
    if (l->transfer) return tg_delay_sample(l->transfer, g);
    return l->bandwidth > 0 ? tg_link_bytes(l) / l->bandwidth : 0;
}

static tg_status
check_number(const char *what, double value)
{
    if (value >= 0 && isfinite(value)) return TG_OK;
    return tg_fail(TG_EDOMAIN, "%s of a link must be >= 0 and finite, got %g", what, value);
}

tg_status
tg_link_check(const tg_link *l)
{
    TG_TRY(check_number("bytes", l->bytes));
    TG_TRY(check_number("compression", l->compression));
    TG_TRY(check_number("bandwidth", l->bandwidth));
    TG_TRY(check_number("latency", l->latency));
    if (!l->kind.kind) return TG_OK;
    TG_TRY(tg_choice_check(&l->kind));
    if (l->kind.kind == &tg_link_none.is || l->transfer || l->bandwidth > 0) return TG_OK;
    return tg_fail(TG_EDOMAIN, "a link \"%s\" needs a law of transfer or a bandwidth",
                   l->kind.kind->name);
}
