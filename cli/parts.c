#include "cli/parts.h"

#include "cli/ranks_run.h"
#include "cli/stop.h"

#include "core/file.h"
#include "core/parallel.h"
#include "core/version.h"
#include "study/cost.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* ---- what the blocks are of ------------------------------------------------------------ */

/* Options that change nothing in a block, nor in what is answered. */
static bool
is_aside(const tg_option *o)
{
    static const char *const aside[] = { "out",      "json",  "threads",  "quiet",
                                         "resume",   "shard", "patience", "events",
                                         "timeline", "unit",  NULL };

    for (const char *const *k = aside; *k; k++)
        if (!strcmp(o->name, *k)) return true;
    return false;
}

/* The settings in force, the command and its options, a line each. Caller frees; NULL: out of memory. */
static char *
identity_of(const arguments *a, const tg_table *settings)
{
    char  *text = NULL;
    size_t size;
    FILE  *f = open_memstream(&text, &size);

    if (!f) return NULL;
    fprintf(f, "version: %s\n", TG_VERSION);
    for (size_t i = 0; i < tg_table_notes(settings); i++) {
        const char *key, *value;
        tg_table_get_note(settings, i, &key, &value);
        fprintf(f, "%s: %s\n", key, value);
    }
    fprintf(f, "command: %s\n", manual_of(a->command).name);
    for (size_t i = 0; i < a->count; i++)
        if (!is_aside(a->given[i]))
            fprintf(f, "--%s: %s\n", a->given[i]->name, a->value[i] ? a->value[i] : "");
    if (fclose(f) == 0) return text;
    free(text);
    return NULL;
}

static tg_status
make_identity(const arguments *a, const tg_study *study, char **out)
{
    static const tg_column none = { "none", "", "", false };
    tg_table              *settings = NULL;

    TG_TRY(tg_table_create(&none, 1, &settings));
    const tg_status status = tg_study_note(study, settings);
    if (status == TG_OK) *out = identity_of(a, settings);
    tg_table_free(settings);
    if (status == TG_OK && !*out) return tg_fail(TG_ENOMEM, "out of memory");
    return status;
}

/* ---- shares ---------------------------------------------------------------------------- */

static tg_status
read_shard(const char *text, tg_share *out)
{
    enum { MOST = 1000000 };
    const char *slash = strchr(text, '/');
    char       *end_part = NULL, *end_parts = NULL;
    const long  part = strtol(text, &end_part, 10),
               of = slash ? strtol(slash + 1, &end_parts, 10) : 0;

    if (!slash || end_part != slash || end_parts == slash + 1 || *end_parts || part < 1 ||
        part > of || of > MOST)
        return tg_fail(TG_EINPUT,
                       "--shard: expected I/N, the I-th of N parts, I from 1 to N and N at "
                       "most %d, got \"%.40s\"",
                       MOST, text);
    *out = (tg_share){ (size_t)part - 1, (size_t)of };
    return TG_OK;
}

/* ---- beginning ------------------------------------------------------------------------- */

static tg_status
open_records(parts *p, const char *path, const char *identity)
{
    const arguments    *a = p->arguments;
    char               *note = parts_note(p->share, a->argc, a->argv);
    const tg_work      *w = &p->plan->work;
    const tg_records_of of = { identity, note, w->stages * w->each };
    const bool          go_on = given(a, "resume") && a->joins == 0;

    if (!note) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = tg_records_open(path, &of, go_on, &p->records);
    free(note);
    const bool asked = given(a, "resume") || p->partial || a->joins > 0;
    if (!asked && status != TG_OK && status != TG_ENOMEM) status = TG_OK;
    if (status == TG_OK && a->joins > 0) status = parts_join(a, identity, p->records);
    if (status == TG_OK && go_on && !given(a, "quiet"))
        fprintf(stderr, "%zu blocks were finished before\n", tg_records_count(p->records));
    return status;
}

static tg_status
check_place(const parts *p)
{
    const arguments *a = p->arguments;

    if (p->partial && !given(a, "out"))
        return tg_fail(TG_EINPUT,
                       "--shard needs --out FOLDER: what is computed is left there");
    if (ranks_size() > 1 && !a->results->path && !given(a, "out"))
        return tg_fail(TG_EINPUT,
                       "ranks need --out FOLDER: what is finished is kept beside "
                       "the results");
    if (!a->results->path && !given(a, "out") && given(a, "resume"))
        return tg_fail(TG_EINPUT, "--resume needs --out FOLDER: what is finished is kept "
                                  "beside the results");
    return TG_OK;
}

/* Rank 0 has the records; the others only need to know of what. */
static tg_status
begin_records(parts *p, const char *place, const char *identity)
{
    p->sum =
        (unsigned)crc32(0, (const unsigned char *)identity, (unsigned)strlen(identity));
    if (ranks_rank() > 0) return TG_OK;
    char *path = malloc(strlen(place) + sizeof ".records");
    if (!path) return tg_fail(TG_ENOMEM, "out of memory");
    sprintf(path, "%s.records", place);
    const tg_status status = open_records(p, path, identity);
    free(path);
    return status;
}

tg_status
parts_begin(const arguments *a, const tg_study *study, tg_plan *plan, parts *out)
{
    const char *shard = a->joins ? NULL : value_of(a, "shard"), *place = a->results->path;
    char       *identity = NULL;

    *out = (parts){ .arguments = a,
                    .plan = plan,
                    .share = { 0, 1 },
                    .partial = shard || ranks_rank() > 0 };
    if (shard) TG_TRY(read_shard(shard, &out->share));
    TG_TRY(check_place(out));
    if (!place && ranks_rank() == 0) return TG_OK;
    TG_TRY(make_identity(a, study, &identity));
    tg_status status = begin_records(out, place, identity);
    free(identity);
    if (status == TG_OK && ranks_size() > 1 && !out->partial) status = parts_compute(out);
    return status;
}

/* A file without blocks helps nobody. */
void
parts_end(parts *p, tg_status status)
{
    if (p->records)
        tg_records_close(p->records, status != TG_OK && p->arguments->joins == 0 &&
                                         tg_records_count(p->records) > 0);
    p->records = NULL;
}

/* ---- computing ------------------------------------------------------------------------- */

/* As many as were asked for, else its part of the machine. */
static size_t
threads_of_rank(void)
{
    const size_t all = tg_parallel_threads(), here = ranks_here();

    return getenv("TARDIGRAD_THREADS") || all < here ? (all < here ? 1 : all) : all / here;
}

static tg_status
check_cost(const parts *p)
{
    const tg_listener l = listener_of(p->arguments);
    const double      blocks = (double)tg_work_blocks(&p->plan->work, p->share);
    const double      threads = (double)threads_of_rank() * (double)ranks_size();

    return tg_cost_check(
        &l, &(tg_cost){ .count = blocks,
                        .seconds = tg_work_seconds(&p->plan->work, p->share) / threads,
                        .unit = "blocks of work",
                        .advice = "more shards (--shard I/N) make it less" });
}

/* The file of the records becomes the result. */
static tg_status
leave(parts *p)
{
    const arguments *a = p->arguments;
    char            *to = tg_path_join(results_folder(a), PARTS_FILE);
    char     *from = to ? malloc(strlen(a->results->path) + sizeof ".records") : NULL;
    tg_status status = from ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    if (from) sprintf(from, "%s.records", a->results->path);
    if (from && rename(from, to) != 0)
        status = tg_fail(TG_EWRITE, "%.300s cannot be moved: %s", from, strerror(errno));
    free(from);
    free(to);
    if (status == TG_OK) status = results_keep(a);
    return status;
}

static void
tell(const char *sentence, const void *context)
{
    const tg_listener l = listener_of(context);

    tg_listener_tell(&l, TG_TOPIC_MISSING, "%s", sentence);
}

static tg_status
run_work(const parts *p, tg_progress *bar)
{
    const arguments *a = p->arguments;
    ranks_task       task = { .work = &p->plan->work,
                              .share = p->share,
                              .threads = threads_of_rank(),
                              .sum = p->sum,
                              .patience = 30,
                              .progress = bar,
                              .records = p->records,
                              .tell = tell,
                              .context = a };

    TG_TRY(number_of(a, "patience", &task.patience));
    if (!(task.patience > 0))
        return tg_fail(TG_EINPUT, "--patience: expected seconds > 0, got %g",
                       task.patience);
    if (ranks_rank() > 0) return ranks_help(&task);
    if (ranks_size() > 1) return ranks_lead(&task);
    return tg_work_run(task.work, task.share, 0, bar, p->records);
}

static tg_status
compute(const parts *p)
{
    const arguments *a = p->arguments;
    const size_t     blocks = tg_work_blocks(&p->plan->work, p->share);
    tg_progress     *bar = NULL;

    TG_TRY(tg_plan_price(p->plan));
    TG_TRY(check_cost(p));
    TG_TRY(tg_progress_create(given(a, "quiet") ? NULL : stderr, &bar));
    tg_progress_stage(bar, "blocks", blocks);
    const tg_status status = run_work(p, bar);
    tg_progress_free(bar);
    if (status != TG_ESTOP || !p->records) return status;
    return tg_fail(TG_ESTOP,
                   "stopped on request; %zu of %zu blocks are finished (the same with "
                   "--resume goes on from here)",
                   tg_records_count(p->records), blocks);
}

tg_status
parts_compute(parts *p)
{
    const arguments *a = p->arguments;
    char             where[600];

    TG_TRY(compute(p));
    if (!p->partial || ranks_rank() > 0) return TG_OK;
    snprintf(where, sizeof where, "%.590s", value_of(a, "out"));
    stop_saving();
    TG_TRY(leave(p));
    if (!given(a, "quiet") && !given(a, "json"))
        printf("shard %zu/%zu: %zu blocks of %zu are in %s; join the shards with tardigrad "
               "merge\n",
               p->share.part + 1, p->share.parts, tg_work_blocks(&p->plan->work, p->share),
               p->plan->work.stages * p->plan->work.each, where);
    return TG_OK;
}
