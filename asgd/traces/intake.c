#include "asgd/traces/intake.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *
tg_log_reason_words(tg_log_reason reason)
{
    static const char *const words[] = {
#define X(code, sentence) sentence,
        TG_LOG_REASONS(X)
#undef X
    };

    return words[reason];
}

void
tg_intake_lose(tg_intake *in, tg_log_reason reason, size_t line)
{
    in->log.rows++;
    if (in->log.lost[reason]++ == 0) in->log.first[reason] = line;
}

/* ---- workers by name ----------------------------------------------------------------- */

/* Fowler, Noll, Vo 1991 (FNV-1a) */
static uint64_t
hash(const char *s)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (; *s; s++) h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    return h ^ h >> 32;
}

/* The slot of a name, or the free one where it would be. */
static size_t
slot_of(const tg_intake *in, const char *name)
{
    size_t i = hash(name) & (in->slots - 1);

    while (in->slot[i] && strcmp(in->log.name[in->slot[i] - 1], name))
        i = (i + 1) & (in->slots - 1);
    return i;
}

/* Twice as many slots, at most half of them used. */
static tg_status
grow_names(tg_intake *in)
{
    const size_t room = in->names ? 2 * in->names : 64;
    size_t      *slot = calloc(2 * room, sizeof *slot);
    char       **name = slot ? realloc(in->log.name, room * sizeof *name) : NULL;

    if (!name) {
        free(slot);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    free(in->slot);
    in->slot = slot;
    in->slots = 2 * room;
    in->log.name = name;
    in->names = room;
    for (size_t w = 0; w < in->log.workers; w++) slot[slot_of(in, name[w])] = w + 1;
    return TG_OK;
}

static tg_status
find_worker(tg_intake *in, const char *name, uint32_t *out)
{
    if (in->log.workers == in->names) TG_TRY(grow_names(in));
    const size_t i = slot_of(in, name);
    if (!in->slot[i]) {
        char *copy = strndup(name, 200);
        if (!copy) return tg_fail(TG_ENOMEM, "out of memory");
        in->log.name[in->log.workers] = copy;
        in->slot[i] = ++in->log.workers;
    }
    *out = (uint32_t)(in->slot[i] - 1);
    return TG_OK;
}

static tg_status
add_job(tg_intake *in, const char *worker, double begin, double seconds)
{
    uint32_t w = 0;

    if (in->log.jobs == in->room) {
        const size_t room = in->room ? 2 * in->room : 256;
        tg_log_job  *job = realloc(in->log.job, room * sizeof *job);
        if (!job) return tg_fail(TG_ENOMEM, "out of memory");
        in->log.job = job;
        in->room = room;
    }
    TG_TRY(find_worker(in, worker, &w));
    in->log.job[in->log.jobs++] = (tg_log_job){ begin, seconds, w };
    in->log.rows++;
    return TG_OK;
}

/* ---- times --------------------------------------------------------------------------- */

/* Words for nothing. */
static bool
is_nothing(const char *cell)
{
    static const char *const word[] = { "",    "-",   "nan",     "none", "null", "na",
                                        "n/a", "nil", "unknown", "inf",  "-nan" };

    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (!strcasecmp(cell, word[i])) return true;
    return false;
}

/* Seconds, milliseconds, microseconds or nanoseconds since 1970 are told by their size; 0:
 * it is too small for any of them. */
static int64_t
epoch_unit(const char *cell, bool comma)
{
    tg_moment m;

    if (tg_moment_read(cell, comma, 1, &m) != TG_MOMENT_NUMBER) return 0;
    const double t = fabs((double)m.ns);
    return t < 1e9 ? 0 : t < 1e11 ? 1000000000 : t < 1e14 ? 1000000 : t < 1e17 ? 1000 : 1;
}

/* The unit of a role's numbers: said by the user, by the name, by the size of epochs, by
 * that of the other columns; else seconds. */
static void
find_unit(tg_intake *in, tg_role role, const char *cell)
{
    int64_t unit = in->roles.unit[role];

    if (!unit && in->wish->unit) unit = tg_moment_unit(in->wish->unit);
    if (!unit && in->roles.chrome) unit = 1000;
    if (!unit && role != TG_ROLE_SECONDS) unit = epoch_unit(cell, in->comma);
    for (int other = TG_ROLE_SECONDS; !unit && other < TG_ROLES; other++)
        if (in->form[other] == TG_MOMENT_NUMBER && !in->guessed[other])
            unit = in->unit[other];
    in->guessed[role] = !unit;
    in->unit[role] = unit ? unit : 1000000000;
}

/* The cell of a role as a moment; false: the row is lost. */
static bool
read_cell(tg_intake *in, tg_role role, const char *cell, size_t line, tg_moment *out)
{
    if (is_nothing(cell)) {
        const bool open = role == TG_ROLE_END;
        tg_intake_lose(in, open ? TG_LOG_OPEN : *cell ? TG_LOG_NUMBER : TG_LOG_EMPTY, line);
        return false;
    }
    if (!in->unit[role]) find_unit(in, role, cell);
    const tg_moment_form form = tg_moment_read(cell, in->comma, in->unit[role], out);
    if (form == TG_MOMENT_NONE || form == TG_MOMENT_RANGE) {
        const tg_log_reason why = form == TG_MOMENT_NONE ? TG_LOG_NUMBER : TG_LOG_RANGE;
        if (in->log.lost[why] == 0) snprintf(in->odd[why], TG_ODD_CELL, "%s", cell);
        tg_intake_lose(in, why, line);
        return false;
    }
    if (!in->form[role]) in->form[role] = form;
    if (in->form[role] == form) return true;
    tg_intake_lose(in, TG_LOG_FORM, line);
    return false;
}

/* No job is shorter; its rate would be no number that means anything. */
#define SHORTEST 1e-18 /* s */

/* Start and seconds of a row, from whichever cells there are. */
static bool
read_times(tg_intake *in, const char *const *cell, size_t line, double *begin,
           double *seconds)
{
    tg_moment start = { 0 }, end = { 0 }, length = { 0 };

    for (int role = TG_ROLE_START; role <= TG_ROLE_END; role++)
        if (cell[role] && !read_cell(in, (tg_role)role, cell[role], line,
                                     role == TG_ROLE_START ? &start : &end))
            return false;
    const bool both = cell[TG_ROLE_START] && cell[TG_ROLE_END];
    if (!both && !read_cell(in, TG_ROLE_SECONDS, cell[TG_ROLE_SECONDS], line, &length))
        return false;
    if (!cell[TG_ROLE_START] && cell[TG_ROLE_END])
        start = (tg_moment){ end.ns - length.ns, end.rest - length.rest };
    *seconds = both ? tg_moment_between(start, end) : tg_moment_seconds(length);
    if (!(*seconds >= SHORTEST)) {
        tg_intake_lose(in,
                       *seconds < 0   ? TG_LOG_BACK
                       : *seconds > 0 ? TG_LOG_RANGE
                                      : TG_LOG_ZERO,
                       line);
        return false;
    }
    if (!in->based) in->base = start;
    in->based = true;
    in->log.timed = cell[TG_ROLE_START] || cell[TG_ROLE_END];
    *begin = in->log.timed ? tg_moment_between(in->base, start) : (double)NAN;
    return true;
}

tg_status
tg_intake_row(tg_intake *in, const char *const *cell, size_t line)
{
    const char *worker = cell[TG_ROLE_WORKER];
    double      begin, seconds;

    if (worker && !*worker) {
        tg_intake_lose(in, TG_LOG_EMPTY, line);
        return TG_OK;
    }
    if (!read_times(in, cell, line, &begin, &seconds)) return TG_OK;
    in->log.nameless = !worker;
    return add_job(in, worker ? worker : "all", begin, seconds);
}

/* ---- what was taken ------------------------------------------------------------------ */

static const char *
unit_name(int64_t ns)
{
    switch (ns) {
    case 1:
        return "ns";
    case 1000:
        return "us";
    case 1000000:
        return "ms";
    case 1000000000:
        return "s";
    case INT64_C(60000000000):
        return "min";
    case INT64_C(3600000000000):
        return "h";
    }
    return "d";
}

void
tg_intake_tell_units(const tg_intake *in, char *out, size_t room)
{
    const tg_role role = in->form[TG_ROLE_START]     ? TG_ROLE_START
                         : in->form[TG_ROLE_SECONDS] ? TG_ROLE_SECONDS
                                                     : TG_ROLE_END;

    switch (in->form[role]) {
    case TG_MOMENT_NUMBER:
        if (in->guessed[role])
            snprintf(out, room, " [no unit said: seconds; else --unit ms]");
        else
            snprintf(out, room, " [%s]", unit_name(in->unit[role]));
        break;
    case TG_MOMENT_QUANTITY:
        snprintf(out, room, " [units as written]");
        break;
    case TG_MOMENT_CLOCK:
        snprintf(out, room, " [h:m:s]");
        break;
    case TG_MOMENT_DATE:
        snprintf(out, room, " [dates]");
        break;
    default:
        *out = '\0';
    }
}
