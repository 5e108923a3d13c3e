#include "asgd/traces/log.h"

#include "asgd/traces/intake.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
tg_log_free(tg_log *log)
{
    for (size_t w = 0; w < log->workers; w++) free(log->name[w]);
    free(log->name);
    free(log->job);
    *log = (tg_log){ 0 };
}

static tg_status
check_wish(const tg_log_wish *wish)
{
    if (wish->unit && !tg_moment_unit(wish->unit))
        return tg_fail(TG_EINPUT,
                       "unknown unit \"%s\"; expected s, ms, us, ns, min, h or d",
                       wish->unit);
    if (wish->most_lost >= 0 && wish->most_lost <= 1) return TG_OK;
    return tg_fail(TG_EDOMAIN, "the share of unusable rows must be in [0, 1], got %g",
                   wish->most_lost);
}

/* The commonest reason, its rows and the first of them. */
static tg_status
fail_lost(const tg_intake *in, size_t lost)
{
    const tg_log *log = &in->log;
    int           most = 0;

    for (int r = 1; r < TG_LOG_REASON_COUNT; r++)
        if (log->lost[r] > log->lost[most]) most = r;
    const char *odd = in->odd[most];
    return tg_fail(
        TG_EINPUT,
        "%s: %zu of %zu rows cannot be used: %s in %zu of them, first in line %zu%s%s%s",
        in->text->source, lost, log->rows, tg_log_reason_words((tg_log_reason)most),
        log->lost[most], log->first[most], *odd ? ": \"" : "", odd, *odd ? "\"" : "");
}

static tg_status
check_rows(const tg_intake *in)
{
    const tg_log *log = &in->log;
    const double  most = in->wish->most_lost > 0 ? in->wish->most_lost : 0.5;

    if (log->rows == 0)
        return tg_fail(TG_EINPUT, "%s: no rows of times in it", in->text->source);
    if (log->jobs == 0 || (double)(log->rows - log->jobs) > most * (double)log->rows)
        return fail_lost(in, log->rows - log->jobs);
    return TG_OK;
}

/* Times count from the first start. */
static void
rebase(tg_log *log)
{
    double first = INFINITY;

    if (!log->timed) return;
    for (size_t i = 0; i < log->jobs; i++) first = fmin(first, log->job[i].begin);
    for (size_t i = 0; i < log->jobs; i++) log->job[i].begin -= first;
    log->since += llround(first * 1e9);
}

/* What the reader says of itself, and what surrounds the text. */
static void
tell(tg_log *log, const tg_text *text)
{
    char reader[sizeof log->took];

    memcpy(reader, log->took, sizeof reader);
    snprintf(log->took, sizeof log->took, "%.80s: %s%s%.260s", text->source,
             text->gzip ? "gzip, " : "", text->mark ? "byte-order mark, " : "", reader);
}

static tg_status
read_text(tg_text *text, const tg_log_wish *wish, tg_log *out)
{
    tg_intake in = { .wish = wish, .text = text };

    for (const tg_kind *const *k = tg_log_readers; *k && !in.log.reader; k++)
        if (((const tg_log_kind *)*k)->recognise(text)) in.log.reader = *k;
    tg_status status = ((const tg_log_kind *)in.log.reader)->read(&in, text);
    if (status == TG_OK) status = check_rows(&in);
    free(in.slot);
    if (status == TG_OK) {
        in.log.since = in.base.ns;
        rebase(&in.log);
        tell(&in.log, text);
        *out = in.log;
    } else {
        tg_log_free(&in.log);
    }
    return status;
}

tg_status
tg_log_read(const char *path, const tg_log_wish *wish, tg_log *out)
{
    static const tg_log_wish none;
    tg_text                  text;

    TG_TRY(check_wish(wish ? wish : &none));
    TG_TRY(tg_text_read(path, &text));
    const tg_status status = read_text(&text, wish ? wish : &none, out);
    tg_text_free(&text);
    return status;
}
