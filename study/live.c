#include "study/live.h"

#include "core/file.h"
#include "core/parallel.h"
#include "study/cost.h"

#include <math.h>
#include <stdio.h>

/* The tables of an answer. */
typedef struct answer_tables {
    tg_table *live, *claims, *course, *staleness, *workers;
} answer_tables;

static tg_status
make_tables(const tg_ask *ask, const tg_study *study, answer_tables *t)
{
    TG_TRY(tg_ask_table(ask, study, tg_live_columns, TG_LIVE_COLUMNS, &t->live));
    TG_TRY(
        tg_ask_table(ask, study, tg_live_claim_columns, TG_LIVE_CLAIM_COLUMNS, &t->claims));
    TG_TRY(tg_ask_table(ask, study, tg_live_course_columns, TG_LIVE_COURSE_COLUMNS,
                        &t->course));
    TG_TRY(tg_ask_table(ask, study, tg_live_staleness_columns, TG_LIVE_STALENESS_COLUMNS,
                        &t->staleness));
    return tg_ask_table(ask, study, tg_live_worker_columns, TG_LIVE_WORKER_COLUMNS,
                        &t->workers);
}

static void
free_tables(answer_tables *t)
{
    tg_table_free(t->live);
    tg_table_free(t->claims);
    tg_table_free(t->course);
    tg_table_free(t->staleness);
    tg_table_free(t->workers);
}

/* ---- what is asked --------------------------------------------------------------------- */

static tg_status
read_plan(const tg_ask *ask, const tg_study *study, tg_live_plan *plan)
{
    double seconds = NAN;

    *plan = (tg_live_plan){ .horizon = study->horizon,
                            .unit = 1,
                            .points = study->points,
                            .sleep = tg_ask_given(ask, "sleep") };
    TG_TRY(tg_ask_number(ask, "unit", &plan->unit));
    TG_TRY(tg_ask_number(ask, "seconds", &seconds));
    if (!(plan->unit > 0) || isinf(plan->unit))
        return tg_fail(TG_EINPUT, "--unit: expected seconds > 0, got %g", plan->unit);
    if (tg_ask_given(ask, "seconds") && (!(seconds > 0) || isinf(seconds)))
        return tg_fail(TG_EINPUT, "--seconds: expected seconds > 0, got %g", seconds);
    if (!isnan(seconds)) plan->horizon = seconds / plan->unit;
    return TG_OK;
}

/* It takes what it takes, and that is said; losses and what it is compared with come on top. */
static tg_status
say_cost(const tg_living *l)
{
    const tg_problem *p = l->setup.problem;
    const double      runs = (double)l->study->algorithms, horizon = l->plan.horizon;
    const double      each = horizon * l->plan.unit, all = runs * each;
    double            losses = 0;
    char              after[60] = "";

    if (!p->kind->cheap_loss && p->kind->seconds)
        losses = runs * (double)l->plan.points * p->kind->seconds(p->self, true) /
                 (double)tg_parallel_threads();
    TG_TRY(tg_cost_check(NULL, &(tg_cost){ .count = all,
                                           .seconds = all + losses,
                                           .unit = "seconds of training",
                                           .advice = "--seconds or --unit shorten it" }));
    if (losses > 0)
        snprintf(after, sizeof after, "; then about %.2g s for its losses", losses);
    tg_listener_tell(
        l->ask->listener, TG_TOPIC_FOUND,
        "%zu run%s of %.4g s of real time, %zu threads%s%s%s", l->study->algorithms,
        l->study->algorithms == 1 ? "" : "s", each, p->workers,
        l->plan.sleep ? " that sleep as the study's laws say" : "", after,
        l->replicas == 0 ? "" : "; then about as long again for what it is compared with");
    return TG_OK;
}

/* ---- one algorithm --------------------------------------------------------------------- */

static tg_status
compare_with_study(tg_living *l, answer_tables *t, tg_tally *tally)
{
    tg_live_source s = { .name = "study" };
    double         of, own = 0;

    TG_TRY(tg_study_cluster(l->study, 0, &s.cluster));
    (void)tg_live_overhead(l->run, &of);
    for (size_t w = 0; w < l->run->workers; w++)
        own += of > 0 ? l->run->worker[w].asked : 0;
    s.left_out = fmax(1 - own / of, 0);
    const tg_status status = tg_live_compare(l, &s, t->claims, tally);
    tg_live_source_clear(&s);
    return status;
}

/* What cannot be predicted is said; the run is there all the same. */
static tg_status
compare_with_log(tg_living *l, tg_live_source *s, answer_tables *t, tg_tally *tally)
{
    tg_status status = tg_live_fit(l, s);

    if (status == TG_OK) status = tg_live_compare(l, s, t->claims, tally);
    if (!tg_scene_is_of_one_row(status)) return status;
    tg_listener_tell(l->ask->listener, TG_TOPIC_MISSING, "%s: no prediction: %s", l->where,
                     tg_message());
    return tg_table_note(t->claims, l->where, "no prediction: %s", tg_message());
}

static tg_status
add_run(tg_living *l, const tg_live_source *s, answer_tables *t)
{
    TG_TRY(tg_live_add(t->live, l));
    TG_TRY(tg_live_add_course(t->course, l, s));
    TG_TRY(tg_live_add_staleness(t->staleness, l, s));
    return tg_live_add_workers(t->workers, l);
}

/* Jobs whose logs can be written within the time that a stop may take. */
enum { SOON = 10000 };

static tg_status
write_files(tg_living *l)
{
    const char *log = tg_ask_value(l->ask, "log"), *events = tg_ask_value(l->ask, "events");

    if (l->algorithm > 0 || !(log || events)) return TG_OK;
    l->unlogged = tg_stop_requested() && l->run->jobs > SOON;
    if (l->unlogged) return TG_OK;
    if (l->ask->listener && l->ask->listener->saves)
        l->ask->listener->saves(l->ask->listener->context);
    if (log) TG_TRY(tg_live_write_log(l, log));
    return events ? tg_live_write_events(l, events) : TG_OK;
}

/* A run that was stopped, or whose model is not finite any more, is not compared. */
static tg_status
take_run(tg_living *l, answer_tables *t, tg_tally *tally)
{
    tg_live_source s = { .name = "log" };
    const bool     compares = l->replicas > 0 && !tg_stop_requested() &&
                          isinf(l->run->diverged) && l->run->points > 1;

    TG_TRY(write_files(l));
    tg_live_say(l);
    tg_status status = TG_OK;
    if (compares) status = compare_with_log(l, &s, t, tally);
    if (compares && status == TG_OK && l->plan.sleep)
        status = compare_with_study(l, t, tally);
    if (status == TG_OK && s.why[0])
        status = tg_table_note(t->claims, l->where, "theory: %s", s.why);
    if (status == TG_ESTOP) status = TG_OK;
    if (status == TG_OK) status = add_run(l, tg_stop_requested() ? NULL : &s, t);
    tg_live_source_clear(&s);
    return status;
}

static tg_status
run_algorithm(tg_living *l, answer_tables *t, tg_tally *tally)
{
    tg_live *run = NULL;

    l->setup = tg_study_setup(l->study, l->algorithm, l->scene->problem, l->scene->cluster);
    snprintf(l->where, sizeof l->where, "%s P=%zu", l->study->algorithm[l->algorithm].label,
             l->scene->cluster->workers);
    tg_progress_stage(l->plan.progress, l->where, l->plan.points);
    TG_TRY(tg_live_run(&l->setup, &l->plan, &run));
    l->run = run;
    const tg_status status = take_run(l, t, tally);
    tg_live_free(run);
    return status;
}

/* Whether a file can be written, before the hours of which it will tell. */
static tg_status
check_file(const tg_ask *ask, const char *option)
{
    const char *path = tg_ask_value(ask, option);

    return path ? tg_file_check(path) : TG_OK;
}

/* All that it will be refused for, before it begins. */
static tg_status
check_all(tg_living *l)
{
    for (size_t k = 0; k < l->study->algorithms; k++) {
        l->setup = tg_study_setup(l->study, k, l->scene->problem, l->scene->cluster);
        TG_TRY(tg_live_check(&l->setup, &l->plan));
    }
    TG_TRY(check_file(l->ask, "log"));
    TG_TRY(check_file(l->ask, "events"));
    return say_cost(l);
}

static tg_status
run_all(tg_living *l, answer_tables *t, tg_answer *out)
{
    FILE *bar = l->ask->listener ? l->ask->listener->bar : NULL;

    TG_TRY(check_all(l));
    TG_TRY(tg_progress_create(bar, &l->plan.progress));
    tg_status status = TG_OK;
    for (; l->algorithm < l->study->algorithms && status == TG_OK; l->algorithm++) {
        status = run_algorithm(l, t, &out->tally);
        if (status == TG_OK && tg_stop_requested()) {
            tg_answer_end(out, TG_ESTOP,
                          l->unlogged ? "stopped on request; the tables of what was done "
                                        "are kept, its logs would have been too long"
                                      : "stopped on request; what was done is kept");
            break;
        }
    }
    tg_progress_free(l->plan.progress);
    return status;
}

static tg_status
answer(const tg_ask *ask, const tg_study *study, tg_answer *out)
{
    tg_living     l = { .ask = ask, .study = study, .replicas = SIZE_MAX };
    answer_tables t = { 0 };
    tg_scene      scene;
    char          text[80];

    TG_TRY(read_plan(ask, study, &l.plan));
    if (tg_ask_given(ask, "replicas")) {
        l.replicas = 0;
        TG_TRY(tg_ask_whole(ask, "replicas", &l.replicas));
    }
    TG_TRY(tg_scene_open(study, 0, &scene));
    l.scene = &scene;
    tg_status status = make_tables(ask, study, &t);
    if (status == TG_OK) status = run_all(&l, &t, out);
    tg_scene_close(&scene);
    if (status != TG_OK) {
        free_tables(&t);
        return status;
    }
    tg_tally_text(&out->tally, text);
    if (l.replicas > 0) tg_listener_tell(ask->listener, TG_TOPIC_FOUND, "claims: %s", text);
    tg_answer_add(out, "live", t.live);
    tg_answer_add(out, "claims", t.claims);
    tg_answer_add(out, "course", t.course);
    tg_answer_add(out, "staleness", t.staleness);
    tg_answer_add(out, "workers", t.workers);
    return TG_OK;
}

static const tg_option options[] = {
    { "seconds", "SECONDS", "of each run (default: the study's horizon times the unit)" },
    { "unit", "SECONDS", "of one unit of the study's time (default 1)" },
    { "sleep", NULL,
      "each worker sleeps, when it has computed, as long as its law in the study says" },
    { "replicas", "COUNT",
      "simulations to compare with; 0: none (default: as many as take about as long)" },
    { "log", "FILE",
      "also write the jobs of the first algorithm, which tardigrad fit reads" },
    { "events", "FILE", "the same as a table of events, which replays" },
    { 0 }
};

const tg_answerer tg_answer_live = {
    .is = { .name = "live",
            .operands = "STUDY",
            .summary = "train for real, by threads of this machine, and compare",
            .doc =
                "Train a study's objective asynchronously and in real time: every worker "
                "is a "
                "thread that\n"
                "computes real gradients, and the server is the memory that they share. "
                "Each "
                "algorithm of the\n"
                "study runs with the study's workers, for its horizon. By itself a worker "
                "takes as long as\n"
                "computing takes it; --sleep adds the study's law as extra sleep, --unit "
                "says "
                "how long a unit\n"
                "of time is. The run is compared with what simulator and theory say of "
                "workers "
                "as fitted to its\n"
                "first half, and with --sleep also of the study's own. Two runs differ, "
                "since "
                "their clock is real.",
            .options = options },
    .tables = { { "live", tg_live_columns, TG_LIVE_COLUMNS },
                { "claims", tg_live_claim_columns, TG_LIVE_CLAIM_COLUMNS },
                { "course", tg_live_course_columns, TG_LIVE_COURSE_COLUMNS },
                { "staleness", tg_live_staleness_columns, TG_LIVE_STALENESS_COLUMNS },
                { "workers", tg_live_worker_columns, TG_LIVE_WORKER_COLUMNS } },
    .study = true,
    .answer = answer
};
