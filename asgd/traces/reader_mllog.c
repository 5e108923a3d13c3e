/* mllog: MLPerf's lines ":::MLLOG {...}", wherever in the output of a run they stand
 *
 * An interval begins with the key X_start and ends with X_stop or X_end. The worker is what
 * stands before the mark ("3: " by srun --label), or rank, worker or host in the metadata.
 * Source: mlperf-logging 1.0, "MLPerf Training logging format".
 */
#include "asgd/traces/intake.h"

#include "asgd/traces/json_part.h"
#include "core/parallel.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = ":::MLLOG";

enum { KEYS = 64, WORD = 128, OPEN = 4096 };

typedef struct point {
    char key[WORD], worker[WORD], time[WORD];
    int  side; /* 1 a start, -1 an end, 0 neither */
} point;

typedef struct keys {
    char   name[KEYS][WORD];
    size_t ends[KEYS], n;
} keys;

typedef struct started {
    char worker[WORD], time[WORD];
    bool open;
} started;

static bool
recognise(const tg_text *text)
{
    return strstr(text->at, mark) != NULL;
}

/* Cut "_start", "_stop", "_end" off. */
static int
cut_side(char *key)
{
    static const struct {
        const char *end;
        int         side;
    } ends[] = { { "_start", 1 }, { "_stop", -1 }, { "_end", -1 } };

    for (size_t i = 0; i < 3; i++) {
        const size_t n = strlen(key), m = strlen(ends[i].end);
        if (n <= m || strcmp(key + n - m, ends[i].end)) continue;
        key[n - m] = '\0';
        return ends[i].side;
    }
    return 0;
}

/* What stands before the mark, without colon, brackets and blanks; else from the
 * metadata. */
static void
find_worker(const char *begin, const char *at, const json_t *o, char out[WORD])
{
    static const char *const key[] = { "rank", "worker", "host", "hostname", "process" };
    const json_t            *meta = json_object_get(o, "metadata");

    while (begin < at && !isalnum((unsigned char)*begin)) begin++;
    while (at > begin && !isalnum((unsigned char)at[-1])) at--;
    snprintf(out, WORD, "%.*s", (int)(at - begin < WORD ? at - begin : WORD - 1), begin);
    for (size_t i = 0; !*out && i < sizeof key / sizeof *key; i++)
        tg_json_text(meta, key[i], out, WORD);
    if (!*out) snprintf(out, WORD, "all");
}

/* The line at `line` as a point of time; false: it is not JSON. */
static bool
read_point(const char *line, const char *at, const char *end, point *out)
{
    const char *open = memchr(at, '{', (size_t)(end - at));
    json_t     *o =
        open ? json_loadb(open, (size_t)(end - open), JSON_DISABLE_EOF_CHECK, NULL) : NULL;

    if (!o) return false;
    tg_json_text(o, "key", out->key, WORD);
    tg_json_text(o, "time_ms", out->time, WORD);
    out->side = cut_side(out->key);
    find_worker(line, at, o, out->worker);
    json_decref(o);
    return true;
}

static void
count_key(keys *k, const point *p)
{
    size_t i = 0;

    while (i < k->n && strcmp(k->name[i], p->key)) i++;
    if (i == KEYS) return;
    if (i == k->n) {
        memcpy(k->name[k->n], p->key, WORD);
        k->ends[k->n++] = 0;
    }
    k->ends[i] += p->side < 0;
}

/* Which interval is a job: the one asked for, else the one that ends most often. */
static tg_status
choose(const tg_intake *in, const keys *k, const char **out)
{
    size_t best = 0;

    for (size_t i = 0; i < k->n; i++) {
        if (in->wish->event && !strstr(k->name[i], in->wish->event)) continue;
        if (k->ends[i] > best) {
            best = k->ends[i];
            *out = k->name[i];
        }
    }
    if (best > 0) return TG_OK;
    return tg_fail(TG_EINPUT,
                   "%s: no interval%s%s among %s lines: expected keys X_start, X_stop",
                   in->text->source, in->wish->event ? " named " : "",
                   in->wish->event ? in->wish->event : "", mark);
}

/* An end closes its worker's last start. */
static tg_status
take_point(tg_intake *in, started *open, size_t *n, const point *p, size_t line)
{
    size_t i = 0;

    while (i < *n && strcmp(open[i].worker, p->worker)) i++;
    if (i == OPEN) return tg_fail(TG_EINPUT, "more than %d workers in one log", OPEN);
    if (i == *n) {
        ++*n;
        memcpy(open[i].worker, p->worker, WORD);
        open[i].open = false;
    }
    if ((p->side > 0) == open[i].open) {
        tg_intake_lose(in, TG_LOG_ALONE, line);
        if (p->side < 0) return TG_OK;
    }
    open[i].open = p->side > 0;
    if (p->side > 0) {
        memcpy(open[i].time, p->time, WORD);
        return TG_OK;
    }
    return tg_intake_row(in, (const char *[]){ p->worker, NULL, open[i].time, p->time },
                         line);
}

/* One marked line, which ends at `end`: its key is counted, or its point taken if it is
 * `key`. */
static tg_status
visit(tg_intake *in, keys *k, const char *key, started *open, size_t *n, const char *line,
      const char *at, size_t number)
{
    point      p;
    const bool good = read_point(line, at, at + strcspn(at, "\n"), &p);

    if (!good && key) tg_intake_lose(in, TG_LOG_BROKEN, number);
    if (good && !key && p.side) count_key(k, &p);
    if (good && key && p.side && !strcmp(p.key, key))
        return take_point(in, open, n, &p, number);
    return TG_OK;
}

/* Both passes: count the keys, or take the points of `key`. */
static tg_status
pass(tg_intake *in, keys *k, const char *key, started *open)
{
    const char *line = in->text->at, *found = line;
    size_t      number = 1, n = 0;

    while ((found = strstr(found, mark))) {
        for (const char *p = line; p < found; p++)
            if (*p == '\n') {
                line = p + 1;
                number++;
            }
        TG_TRY(visit(in, k, key, open, &n, line, found, number));
        TG_TRY(tg_stop_check());
        found += strcspn(found, "\n");
    }
    return TG_OK;
}

static tg_status
read_mllog(tg_intake *in, tg_text *text)
{
    keys       *k = calloc(1, sizeof *k);
    started    *open = calloc(OPEN, sizeof *open);
    const char *key = NULL;

    (void)text;
    in->roles.unit[TG_ROLE_START] = in->roles.unit[TG_ROLE_END] = 1000000;
    tg_status status =
        k && open ? pass(in, k, NULL, open) : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = choose(in, k, &key);
    if (status == TG_OK) status = pass(in, k, key, open);
    if (status == TG_OK)
        snprintf(in->log.took, sizeof in->log.took,
                 "MLPerf log, a job is what lies between %.80s_start and _stop [ms]", key);
    free(k);
    free(open);
    return status;
}

const tg_log_kind tg_log_mllog = {
    .is = { "mllog", "MLPerf's :::MLLOG lines: intervals from X_start to X_stop",
            "MLCommons, mlperf-logging", NULL },
    .recognise = recognise,
    .read = read_mllog
};
