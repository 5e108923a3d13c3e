/* roles: which column says what, by the words that people use */
#include "asgd/traces/intake.h"

#include "core/node.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const role_name[] = { "worker", "seconds", "start", "end" };

/* Earlier words win. Letters and digits only, in small letters. */
static const char *const synonyms[] = {
    (" worker workerid workername rank globalrank workerrank client clientid clientname "
     "host "
     "hostname node nodename nodelist machine machineid device deviceid gpu gpuid learner "
     "actor "
     "process processid pid "),
    (" seconds duration dur steptime jobtime roundtrip roundtriptime computetime "
     "iterationtime "
     "itertime batchtime traintime elapsed elapsedtime runtime walltime latency took "
     "milliseconds millis microseconds micros nanoseconds nanos ms us ns sec secs s time "),
    (" start started starttime startts startedat begin began begintime beginning ts t0 "
     "tstart "
     "timestart from "),
    (" end ended endtime endts endedat finish finished finishtime finishedat stop stopped "
     "stoptime complete completed completetime completedat t1 tend timeend until ")
};

/* A cluster's table of jobs has one of each. */
static const char jobs[] = " jobid jobname job jobidraw ",
                  owners[] = " user userid uid account state status partition queue "
                             "virtualcluster vc nodelist submit submittime submittedtime "
                             "exitcode gpunum numgpus ";

enum { MOST_NAME = 64 };

/* "Step_Time (ms)" -> "steptimems" */
static void
plain(const char *name, char out[MOST_NAME])
{
    size_t n = 0;

    for (; *name && n < MOST_NAME - 1; name++)
        if (isalnum((unsigned char)*name))
            out[n++] = (char)tolower((unsigned char)*name);
        else if (!strncmp(name, "\xc2\xb5", 2) || !strncmp(name, "\xce\xbc", 2))
            out[n++] = 'u'; /* micro */
    out[n] = '\0';
}

/* Place of a word in a list with spaces between; 0: it is not there. */
static size_t
place_in(const char *list, const char *word)
{
    char wanted[MOST_NAME + 2];

    if (!*word) return 0;
    snprintf(wanted, sizeof wanted, " %s ", word);
    const char *at = strstr(list, wanted);
    return at ? (size_t)(at - list) + 1 : 0;
}

/* How early among the role's words; 0: not. A unit may stand at the end of a time's
 * name. */
static size_t
rank_of(const char *name, tg_role role, int64_t *unit)
{
    char   word[MOST_NAME];
    size_t rank;

    plain(name, word);
    *unit = tg_moment_unit(word);
    if ((rank = place_in(synonyms[role], word)) || role == TG_ROLE_WORKER) return rank;
    const size_t n = strlen(word);
    for (size_t cut = 1; cut < n; cut++) {
        char stem[MOST_NAME];
        snprintf(stem, sizeof stem, "%.*s", (int)cut, word);
        if (!(*unit = tg_moment_unit(word + cut))) continue;
        if ((rank = place_in(synonyms[role], stem))) return rank;
    }
    *unit = 0;
    return 0;
}

bool
tg_roles_known(const char *name)
{
    int64_t unit;

    for (int role = 0; role < TG_ROLES; role++)
        if (rank_of(name, (tg_role)role, &unit)) return true;
    return false;
}

static void
find_by_synonyms(const char *const *name, size_t n, tg_roles *r)
{
    bool job = false, owner = false;

    for (int role = 0; role < TG_ROLES; role++) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < n; i++) {
            int64_t      unit;
            const size_t rank = rank_of(name[i], (tg_role)role, &unit);
            if (!rank || rank >= best) continue;
            best = rank;
            r->at[role] = i;
            r->unit[role] = unit;
        }
    }
    for (size_t i = 0; i < n; i++) {
        char word[MOST_NAME];
        plain(name[i], word);
        job |= place_in(jobs, word) > 0;
        owner |= place_in(owners, word) > 0;
    }
    r->cluster = job && owner;
}

static tg_status
fail_columns(const tg_text *text, const char *const *name, size_t n, const char *what)
{
    char   list[300];
    size_t used = 0;

    *list = '\0';
    for (size_t i = 0; i < n && used < 200; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.40s", i ? ", " : "",
                                 name[i]);
    return tg_fail(TG_EINPUT, "%s: %s; there are: %s%s", text->source, what, list,
                   used >= 200 ? ", ..." : "");
}

/* One "role=column" of the wish. */
static tg_status
take_wish(const tg_text *text, const char *item, size_t length, const char *const *name,
          size_t n, tg_roles *r)
{
    const char *equals = memchr(item, '=', length);
    char        column[MOST_NAME], what[160], *end;
    int         role = 0;

    if (equals)
        while (role < TG_ROLES && (strlen(role_name[role]) != (size_t)(equals - item) ||
                                   strncmp(role_name[role], item, (size_t)(equals - item))))
            role++;
    if (!equals || role == TG_ROLES)
        return tg_fail(TG_EINPUT,
                       "--columns: expected ROLE=COLUMN with the roles worker, seconds, "
                       "start, end, got \"%.*s\"",
                       (int)(length < 60 ? length : 60), item);
    snprintf(column, sizeof column, "%.*s", (int)(item + length - equals - 1), equals + 1);
    size_t at = 0;
    while (at < n && strcmp(name[at], column)) at++;
    if (at == n) {
        const unsigned long place = strtoul(column, &end, 10);
        if (*column && !*end && place >= 1 && place <= n) at = place - 1;
    }
    if (at == n) {
        snprintf(what, sizeof what, "no column \"%s\"", column);
        return fail_columns(text, name, n, what);
    }
    r->at[role] = at;
    (void)rank_of(name[at], (tg_role)role, &r->unit[role]);
    return TG_OK;
}

/* What the wish names is all there is: a guess beside it could contradict it. */
static tg_status
find_by_wish(const tg_text *text, const char *columns, const char *const *name, size_t n,
             tg_roles *r)
{
    const size_t worker = r->at[TG_ROLE_WORKER];
    const bool   cluster = r->cluster;

    *r = (tg_roles){ .at = { worker, SIZE_MAX, SIZE_MAX, SIZE_MAX }, .cluster = cluster };
    for (const char *at = columns; *at;) {
        const size_t length = strcspn(at, ",");
        TG_TRY(take_wish(text, at, length, name, n, r));
        at += length + (at[length] == ',');
    }
    return TG_OK;
}

/* Without a header: 1 column is seconds, 2 are worker, seconds, 3 are worker, start,
 * end. */
static void
find_by_place(size_t n, tg_roles *r)
{
    if (n == 1) r->at[TG_ROLE_SECONDS] = 0;
    if (n == 2 || n == 3) r->at[TG_ROLE_WORKER] = 0;
    if (n == 2) r->at[TG_ROLE_SECONDS] = 1;
    if (n == 3) r->at[TG_ROLE_START] = 1, r->at[TG_ROLE_END] = 2;
}

tg_status
tg_roles_find(const tg_text *text, const tg_log_wish *wish, const char *const *name,
              size_t n, bool header, tg_roles *out)
{
    tg_roles r = { .at = { SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX } };
    char     ts[MOST_NAME] = "", dur[MOST_NAME] = "";

    if (header)
        find_by_synonyms(name, n, &r);
    else
        find_by_place(n, &r);
    if (wish->columns) TG_TRY(find_by_wish(text, wish->columns, name, n, &r));
    const bool seconds = r.at[TG_ROLE_SECONDS] < n, start = r.at[TG_ROLE_START] < n,
               end = r.at[TG_ROLE_END] < n;
    if (!seconds && !(start && end))
        return fail_columns(text, name, n,
                            "no column says how long a job took (seconds, duration, "
                            "step_time, ... or start and end): --columns "
                            "worker=COLUMN,seconds=COLUMN");
    const bool one = n == 1 || (wish->one_each && (size_t)seconds + start + end == n);
    if (r.at[TG_ROLE_WORKER] >= n && !one)
        return fail_columns(text, name, n,
                            "no column says who worked (worker, rank, client, host, pid, "
                            "...): --columns worker=COLUMN");
    if (start && seconds && header) {
        plain(name[r.at[TG_ROLE_START]], ts);
        plain(name[r.at[TG_ROLE_SECONDS]], dur);
    }
    r.chrome = !strcmp(ts, "ts") && !strcmp(dur, "dur");
    *out = r;
    return TG_OK;
}

void
tg_roles_tell(const tg_roles *roles, const char *const *name, char *out, size_t room)
{
    size_t used = 0;

    *out = '\0';
    for (int role = 0; role < TG_ROLES && used < room; role++)
        if (roles->at[role] != SIZE_MAX)
            used +=
                (size_t)snprintf(out + used, room - used, "%s%s = %.40s", used ? ", " : "",
                                 role_name[role], name[roles->at[role]]);
}
