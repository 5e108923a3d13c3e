#include "study/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const tg_column tg_axis_columns[TG_AXIS_COLUMNS] = {
    { "axis", "", "", true },
    { "setting", "", "what is varied", true },
    { "low", "", "first value", false },
    { "high", "", "last value", false },
    { "count", "", "number of values", false },
    { "logarithmic", "", "1 if they are evenly spaced in the logarithm", false },
};

tg_status
tg_axis_read(const char *name, const char *text, tg_axis *out)
{
    double   low, high;
    unsigned count;
    char     extra[8] = "", rest[2] = "";

    if (!text)
        return tg_fail(TG_EINPUT,
                       "--%s is needed, e.g. --%s algorithm.step=0.001:0.1:50:log", name,
                       name);
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || (size_t)(equals - text) >= sizeof out->path ||
        sscanf(equals + 1, "%lf:%lf:%u%7[:a-z]%1s", &low, &high, &count, extra, rest) < 3 ||
        *rest || (*extra && strcmp(extra, ":log") != 0) || count < 2 || count > 2000)
        return tg_fail(
            TG_EINPUT,
            "--%s: expected PATH=LOW:HIGH:COUNT or PATH=LOW:HIGH:COUNT:log, got \"%s\"",
            name, text);
    memcpy(out->path, text, (size_t)(equals - text));
    out->path[equals - text] = 0;
    out->values = (tg_chart_axis){ low, high, count, *extra != 0 };
    if (!(isfinite(low) && isfinite(high) && low != high) ||
        (*extra && !(low > 0 && high > 0)))
        return tg_fail(TG_EINPUT, "--%s: the range %g to %g is empty, or not > 0 for :log",
                       name, low, high);
    return TG_OK;
}

bool
tg_axis_is_workers(const tg_axis *a)
{
    const char *end = strstr(a->path, "].count");

    return !strncmp(a->path, "workers[", 8) && end && !strcmp(end, "].count");
}

bool
tg_axis_is_step(const tg_axis *a, size_t algorithm)
{
    char indexed[64];

    snprintf(indexed, sizeof indexed, "algorithm[%zu].step", algorithm);
    return !strcmp(a->path, indexed) ||
           (algorithm == 0 && !strcmp(a->path, "algorithm.step"));
}

double
tg_axis_value(const tg_axis *a, size_t i)
{
    const double value = tg_chart_value(&a->values, i), low = a->values.low,
                 high = a->values.high;

    if (!strstr(a->path, "count")) return value;
    if (tg_axis_is_workers(a) && (low != floor(low) || high != floor(high) ||
                                  fabs(high - low) < (double)a->values.count - 1))
        return value;
    return round(value);
}

tg_status
tg_axis_apply(const tg_axis *a, const tg_study *study, double value, tg_study **out)
{
    char text[40];

    snprintf(text, sizeof text, "%.17g", value);
    return tg_study_with(study, a->path, text, out);
}

tg_status
tg_axis_add(tg_table *t, const char *name, const tg_axis *a)
{
    return tg_table_add(t, (tg_cell[]){ TG_TEXT(name), TG_TEXT(a->path),
                                        TG_NUMBER(a->values.low), TG_NUMBER(a->values.high),
                                        TG_NUMBER((double)a->values.count),
                                        TG_NUMBER(a->values.logarithmic) });
}
