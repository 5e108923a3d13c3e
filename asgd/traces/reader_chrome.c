/* chrome: trace events of Chrome's format, as PyTorch's Kineto, Ray's timeline and
 * TensorFlow write them: complete events X with ts and dur, pairs B and E; microseconds
 *
 * The worker is pid and tid. Which events are jobs is said by a name (`event`), known by it
 * (ProfilerStep, task:execute), or clear because all have one name but for a number at its
 * end. Source: Google, "Trace Event Format", 2016.
 */
#include "asgd/traces/intake.h"

#include "asgd/traces/json_part.h"
#include "core/parallel.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 200, KINDS = 64, DEPTH = 64, THREADS = 4096 };

static const char *const steps[] = { "ProfilerStep", "task:execute" };

typedef struct kinds {
    char   name[KINDS][WORD];
    size_t count[KINDS], n, more, broken; /* more: events whose name found no room */
} kinds;

/* The begun events of a thread, innermost last. */
typedef struct thread {
    char   worker[WORD];
    char   begun[DEPTH][32];
    bool   wanted[DEPTH];
    size_t depth;
} thread;

typedef struct threads {
    thread *of;
    size_t  n, room;
} threads;

static bool
recognise(const tg_text *text)
{
    const char *at = text->at + strspn(text->at, " \t\r\n");

    if (*at != '{' && *at != '[') return false;
    if (strstr(at, "\"traceEvents\"")) return true;
    at += *at == '[';
    at += strspn(at, " \t\r\n");
    const char *close = *at == '{' ? strchr(at, '}') : NULL, *phase = strstr(at, "\"ph\"");
    return close && phase && phase < close;
}

/* Where the list of events begins. */
static tg_json_parts
begin(const tg_text *text)
{
    const char   *list = strstr(text->at, "\"traceEvents\"");
    tg_json_parts p = { list ? list : text->at, 1 };

    p.at += strcspn(p.at, "[");
    p.at += *p.at == '[';
    for (const char *at = text->at; at < p.at; at++) p.line += *at == '\n';
    return p;
}

/* "ProfilerStep#12" -> "ProfilerStep" */
static void
name_of(const json_t *event, char out[WORD])
{
    tg_json_text(event, "name", out, WORD);
    size_t n = strlen(out);
    while (n > 0 && isdigit((unsigned char)out[n - 1])) n--;
    while (n > 0 && n < strlen(out) && strchr("#_- :", out[n - 1])) n--;
    if (n > 0) out[n] = '\0';
}

/* What has a length; Kineto tells a step of the processor again on the accelerator's
 * lines. */
static char
phase_of(const json_t *event)
{
    const char *ph = json_string_value(json_object_get(event, "ph")),
               *category = json_string_value(json_object_get(event, "cat"));

    if (category && !strcmp(category, "gpu_user_annotation")) return 0;
    return ph && strlen(ph) == 1 && strchr("XBE", *ph) ? *ph : 0;
}

static void
count_kind(kinds *k, const char *name)
{
    size_t i = 0;

    while (i < k->n && strcmp(k->name[i], name)) i++;
    if (i == KINDS) {
        k->more++;
        return;
    }
    if (i == k->n) snprintf(k->name[k->n++], WORD, "%s", name);
    k->count[i]++;
}

static tg_status
count_kinds(const tg_text *text, kinds *k)
{
    tg_json_parts p = begin(text);
    json_t       *event;
    char          name[WORD];

    for (size_t i = 0; tg_json_next(&p, &event); i++) {
        const char phase = event ? phase_of(event) : 0;
        if (phase == 'X' || phase == 'B') {
            name_of(event, name);
            count_kind(k, name);
        }
        k->broken += !event;
        json_decref(event);
        if (i % 1024 == 0) TG_TRY(tg_stop_check());
    }
    return TG_OK;
}

static tg_status
fail_kinds(const tg_text *text, kinds *k)
{
    char   list[300] = "";
    size_t used = 0, most;

    for (size_t told = 0; told < 6 && told < k->n; told++) {
        most = 0;
        for (size_t i = 1; i < k->n; i++)
            if (k->count[i] > k->count[most]) most = i;
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.36s (%zu)",
                                 told ? ", " : "", k->name[most], k->count[most]);
        k->count[most] = 0;
    }
    if (k->n == 0 && k->broken)
        return tg_fail(TG_EINPUT, "%s: no event is whole: cut short, or not JSON",
                       text->source);
    return tg_fail(TG_EINPUT,
                   "%s: say which events are a worker's jobs: --event NAME; there are %s%s",
                   text->source, *list ? list : "none with a length",
                   k->n > 6 || k->more ? ", ..." : "");
}

/* The word that names of jobs hold. */
static tg_status
choose(const tg_intake *in, kinds *k, const char **out)
{
    if ((*out = in->wish->event)) return TG_OK;
    TG_TRY(count_kinds(in->text, k));
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++)
        for (size_t i = 0; i < k->n; i++)
            if (!strcmp(k->name[i], steps[s])) *out = steps[s];
    if (!*out && k->n == 1 && !k->more) *out = k->name[0];
    return *out ? TG_OK : fail_kinds(in->text, k);
}

static tg_status
find_thread(threads *t, const char *worker, thread **out)
{
    for (size_t i = t->n; i > 0; i--)
        if (!strcmp(t->of[i - 1].worker, worker)) {
            *out = &t->of[i - 1];
            return TG_OK;
        }
    if (t->n == t->room) {
        const size_t room = t->room ? 2 * t->room : 16;
        if (room > THREADS)
            return tg_fail(TG_EINPUT, "more than %d threads with events B and E", THREADS);
        thread *of = realloc(t->of, room * sizeof *of);
        if (!of) return tg_fail(TG_ENOMEM, "out of memory");
        t->of = of;
        t->room = room;
    }
    *out = &t->of[t->n++];
    **out = (thread){ .depth = 0 };
    snprintf((*out)->worker, WORD, "%s", worker);
    return TG_OK;
}

/* An end closes what its thread began last. */
static tg_status
take_pair(tg_intake *in, threads *t, const char *worker, char phase, const char *ts,
          bool wanted, size_t line)
{
    thread *at = NULL;

    TG_TRY(find_thread(t, worker, &at));
    if (phase == 'B') {
        if (at->depth == DEPTH)
            return tg_fail(TG_EINPUT, "%s:%zu: more than %d events within each other",
                           in->text->source, line, DEPTH);
        snprintf(at->begun[at->depth], 32, "%s", ts);
        at->wanted[at->depth++] = wanted;
        return TG_OK;
    }
    if (at->depth == 0) {
        if (wanted) tg_intake_lose(in, TG_LOG_ALONE, line);
        return TG_OK;
    }
    if (!at->wanted[--at->depth]) return TG_OK;
    return tg_intake_row(in, (const char *[]){ worker, NULL, at->begun[at->depth], ts },
                         line);
}

static tg_status
take_event(tg_intake *in, threads *t, const json_t *event, const char *word, size_t line)
{
    const char phase = phase_of(event);
    char       pid[90], tid[90], worker[WORD], name[WORD], ts[32], dur[32];

    if (!phase) return TG_OK;
    tg_json_text(event, "pid", pid, sizeof pid);
    tg_json_text(event, "tid", tid, sizeof tid);
    tg_json_text(event, "name", name, sizeof name);
    tg_json_text(event, "ts", ts, sizeof ts);
    snprintf(worker, sizeof worker, "%s%s%s", pid, *tid ? "/" : "", tid);
    const bool wanted = strstr(name, word) != NULL;
    if (phase != 'X') return take_pair(in, t, worker, phase, ts, wanted, line);
    if (!wanted) return TG_OK;
    tg_json_text(event, "dur", dur, sizeof dur);
    return tg_intake_row(in, (const char *[]){ worker, dur, ts, NULL }, line);
}

static tg_status
take_events(tg_intake *in, threads *t, const char *word)
{
    tg_json_parts p = begin(in->text);
    json_t       *event;
    tg_status     status = TG_OK;

    for (size_t i = 0; status == TG_OK && tg_json_next(&p, &event); i++) {
        if (event)
            status = take_event(in, t, event, word, p.line);
        else
            tg_intake_lose(in, TG_LOG_BROKEN, p.line);
        json_decref(event);
        if (status == TG_OK && i % 1024 == 0) status = tg_stop_check();
    }
    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; k < t->of[i].depth; k++)
            if (t->of[i].wanted[k]) tg_intake_lose(in, TG_LOG_OPEN, p.line);
    return status;
}

static tg_status
read_chrome(tg_intake *in, tg_text *text)
{
    kinds      *k = calloc(1, sizeof *k);
    threads     t = { 0 };
    const char *word = NULL;

    (void)text;
    for (int role = TG_ROLE_SECONDS; role < TG_ROLES; role++) in->roles.unit[role] = 1000;
    tg_status status = k ? choose(in, k, &word) : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = take_events(in, &t, word);
    if (status == TG_OK && in->log.rows == 0) {
        if (in->wish->event) status = count_kinds(in->text, k);
        if (status == TG_OK) status = fail_kinds(in->text, k);
    }
    if (status == TG_OK)
        snprintf(in->log.took, sizeof in->log.took,
                 "trace events, worker = pid/tid, a job is an event named \"%.80s\" [us]",
                 word);
    free(t.of);
    free(k);
    return status;
}

const tg_log_kind tg_log_chrome = {
    .is = { "chrome", "trace events: Chrome, PyTorch's Kineto, Ray's timeline",
            "Google, Trace Event Format", NULL },
    .recognise = recognise,
    .read = read_chrome
};
