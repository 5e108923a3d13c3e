#include "core/kind.h"

#include "core/node.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { MOST_NAMES = 64 };

size_t
tg_kind_params(const tg_kind *kind)
{
    size_t n = 0;

    while (kind->param && kind->param[n].name) n++;
    return n;
}

size_t
tg_kind_param(const tg_kind *kind, const char *name)
{
    for (size_t i = 0; i < tg_kind_params(kind); i++)
        if (!strcmp(kind->param[i].name, name)) return i;
    return SIZE_MAX;
}

tg_choice
tg_choice_of(const tg_kind *kind)
{
    tg_choice c = { .kind = kind };

    for (size_t i = 0; i < tg_kind_params(kind); i++) c.param[i] = kind->param[i].fallback;
    return c;
}

tg_status
tg_choice_find(const tg_kind *const *registry, const char *what, const char *name,
               tg_choice *out)
{
    const char *known[MOST_NAMES];
    size_t      n = 0;

    for (; registry[n] && n < MOST_NAMES; n++) {
        known[n] = registry[n]->name;
        if (strcmp(name, known[n])) continue;
        *out = tg_choice_of(registry[n]);
        return TG_OK;
    }
    const char *near = tg_nearest(name, known, n);
    return tg_fail(TG_EINPUT, "unknown %s \"%s\"; %s \"%s\"", what, name,
                   near ? "did you mean" : "there is for example", near ? near : known[0]);
}

static tg_status
check(const tg_kind *kind, const tg_param *p, double value)
{
    if (isnan(value))
        return tg_fail(TG_EDOMAIN, "%s needs %s: %s", kind->name, p->name, p->doc);
    if (!(p->open ? value > p->min : value >= p->min) || !(value <= p->max))
        return tg_fail(TG_EDOMAIN, "%s of %s must be %s %g and <= %g, got %g", p->name,
                       kind->name, p->open ? ">" : ">=", p->min, p->max, value);
    if (p->whole && value != floor(value))
        return tg_fail(TG_EDOMAIN, "%s of %s must be a whole number, got %g", p->name,
                       kind->name, value);
    return TG_OK;
}

tg_status
tg_choice_set(tg_choice *c, const char *param, double value)
{
    const size_t n = tg_kind_params(c->kind), at = tg_kind_param(c->kind, param);
    const char  *known[TG_MOST_PARAMS];

    if (at == SIZE_MAX) {
        for (size_t i = 0; i < n; i++) known[i] = c->kind->param[i].name;
        const char *near = n ? tg_nearest(param, known, n) : NULL;
        return tg_fail(TG_EINPUT, "%s has no parameter \"%s\"; %s%s%s", c->kind->name,
                       param,
                       near ? "did you mean \""
                       : n  ? "there is \""
                            : "it has none",
                       near ? near
                       : n  ? known[0]
                            : "",
                       n ? "\"" : "");
    }
    TG_TRY(check(c->kind, &c->kind->param[at], value));
    c->param[at] = value;
    return TG_OK;
}

tg_status
tg_choice_check(const tg_choice *c)
{
    for (size_t i = 0; i < tg_kind_params(c->kind); i++)
        TG_TRY(check(c->kind, &c->kind->param[i], c->param[i]));
    return TG_OK;
}
