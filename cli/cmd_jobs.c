#include "cli/output.h"
#include "cli/parts.h"

#include "core/parallel.h"
#include "core/quote.h"
#include "core/version.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a job of the array should take [s]: about an hour, and no less than ten minutes if there is so
 * much time, for each has to wait, start and read its data. */
static const double HOUR = 3600, LEAST = 600;

typedef struct jobs {
    const arguments *arguments;
    const tg_study  *study;
    const char      *command, *operand;
    char             out[512];
    size_t           cores, threads; /* at once; of one job */
    double           hours;          /* for all of it */
    size_t           count;          /* of jobs */
    double           seconds;        /* of all blocks, one thread */
    double           longest;        /* of a job */
} jobs;

/* ---- how many -------------------------------------------------------------------------- */

static tg_status
read_options(jobs *j)
{
    const arguments *a = j->arguments;

    j->cores = 64;
    j->threads = 1;
    j->hours = 24;
    TG_TRY(whole_of(a, "cores", &j->cores));
    TG_TRY(whole_of(a, "threads-each", &j->threads));
    TG_TRY(number_of(a, "hours", &j->hours));
    if (j->threads < 1 || j->threads > 1024 || j->cores < j->threads || j->cores > 10000000)
        return tg_fail(
            TG_EINPUT,
            "expected --cores from 1 to 1e7 and --threads-each from 1 to 1024 and "
            "not above it, got %zu and %zu",
            j->cores, j->threads);
    if (!(j->hours > 0 && j->hours <= 8760))
        return tg_fail(TG_EINPUT, "--hours: expected from 0 to 8760, got %g", j->hours);
    j->command = given(a, "command") ? value_of(a, "command") : "study";
    if (strcmp(j->command, "study") && strcmp(j->command, "simulate") &&
        strcmp(j->command, "validate"))
        return tg_fail(TG_EINPUT,
                       "--command: expected study, simulate or validate, got %.40s",
                       j->command);
    snprintf(j->out, sizeof j->out, "out/%.400s", j->study->name);
    if (given(a, "into")) snprintf(j->out, sizeof j->out, "%.500s", value_of(a, "into"));
    return TG_OK;
}

/* As many as fill the cores once, or as often as jobs of an hour need. */
static size_t
count_jobs(const jobs *j, size_t blocks)
{
    const double places = floor((double)j->cores / (double)j->threads);
    const double each = (double)j->threads; /* seconds of one thread in a second of a job */
    const double hour = fmin(HOUR, j->hours * HOUR), least = fmin(LEAST, hour / 2);
    const double rounds = fmax(1, round(j->seconds / each / places / hour));
    const double most = fmin((double)blocks, fmax(1, floor(j->seconds / each / least)));

    return (size_t)fmin(rounds * places, most);
}

/* The longest job, or where there are too many to look at each, the mean and a quarter. */
static double
find_longest(const jobs *j, const tg_work *w)
{
    const double mean = j->seconds / (double)j->count;
    double       longest = 0;

    if ((double)j->count * (double)w->stages > 1e8)
        longest = 1.25 * mean;
    else
        for (size_t i = 0; i < j->count; i++)
            longest = fmax(longest, tg_work_seconds(w, (tg_share){ i, j->count }));
    return longest / (double)j->threads;
}

/* Until all are done, when the cores are ours. */
static double
hours_of(const jobs *j)
{
    const double places = floor((double)j->cores / (double)j->threads);

    return ceil((double)j->count / places) * j->longest / HOUR;
}

static tg_status
plan(jobs *j, const tg_plan *p)
{
    const size_t blocks = p->work.stages * p->work.each;

    j->seconds = tg_work_seconds(&p->work, (tg_share){ 0, 1 });
    j->count = count_jobs(j, blocks);
    j->longest = find_longest(j, &p->work);
    if (hours_of(j) <= j->hours) return TG_OK;
    return tg_fail(
        TG_EDOMAIN,
        "%.3g core-hours in %zu blocks take %.2g hours on %zu cores, --hours "
        "allows %g: take more cores (%zu jobs at once are the most that there are "
        "blocks for) or more hours",
        j->seconds / HOUR, blocks, hours_of(j), j->cores, j->hours, blocks);
}

/* ---- the script ------------------------------------------------------------------------ */

/* Twice what is expected, and ten minutes. */
static void
put_time(FILE *f, double seconds)
{
    const double minutes = ceil((2 * seconds + LEAST) / 60);

    fprintf(f, "%02.0f:%02.0f:00", floor(minutes / 60), fmod(minutes, 60));
}

static void
put_words(FILE *f, const jobs *j)
{
    const arguments *a = j->arguments;

    fprintf(f, "\"${TARDIGRAD:-tardigrad}\" %s ", j->command);
    tg_quote_word(f, j->operand);
    for (size_t i = 0; i < a->sets; i++) {
        fputs(" --set ", f);
        tg_quote_word(f, a->set[i]);
    }
}

static void
put_head(FILE *f, const jobs *j, size_t blocks)
{
    fprintf(f,
            "#!/bin/sh\n"
            "# %zu blocks, %.3g core-hours by what they take on the machine that wrote "
            "this (tardigrad "
            "%s):\n"
            "# %zu jobs of at most %.2g hours with %zu thread%s each, %.2g hours on %zu "
            "cores. Run it "
            "with sh where\n"
            "# the study is; again after a failure: what is finished is kept.\n"
            "set -e\n"
            "out=",
            blocks, j->seconds / HOUR, TG_VERSION, j->count, j->longest / HOUR, j->threads,
            j->threads > 1 ? "s" : "", hours_of(j), j->cores);
    tg_quote_word(f, j->out);
    fputs("\nexport out\nmkdir -p \"$out.parts\" \"$out.logs\"\n", f);
}

static void
put_array(FILE *f, const jobs *j)
{
    fprintf(f,
            "array=$(sbatch --parsable --requeue --job-name=tardigrad --array=1-%zu%%%zu "
            "--ntasks=1 --cpus-per-task=%zu \\\n  --time=",
            j->count, j->cores / j->threads, j->threads);
    put_time(f, j->longest);
    fputs(" --output=\"$out.logs/%a\" --export=ALL <<'END'\n#!/bin/sh\n"
          "[ -e \"$out.parts/$SLURM_ARRAY_TASK_ID/" PARTS_FILE "\" ] ||\n  exec ",
          f);
    put_words(f, j);
    fprintf(f,
            " --shard \"$SLURM_ARRAY_TASK_ID/%zu\" \\\n"
            "    --out \"$out.parts/$SLURM_ARRAY_TASK_ID\" --threads %zu --resume "
            "--quiet\nEND\n)\n",
            j->count, j->threads);
}

static void
put_merge(FILE *f, const jobs *j)
{
    fprintf(f,
            "sbatch --dependency=\"afterok:$array\" --kill-on-invalid-dep=yes "
            "--job-name=tardigrad-merge --ntasks=1 \\\n  --cpus-per-task=%zu --time=",
            j->threads);
    put_time(f, HOUR);
    fputs(" --output=\"$out.logs/merge\" --export=ALL <<'END'\n#!/bin/sh\n"
          "exec \"${TARDIGRAD:-tardigrad}\" merge \"$out.parts\"/* --out \"$out\"\nEND\n",
          f);
}

static tg_status
write_script(const jobs *j, const tg_plan *p)
{
    put_head(stdout, j, p->work.stages * p->work.each);
    put_array(stdout, j);
    put_merge(stdout, j);
    return ferror(stdout) ? tg_fail(TG_EWRITE, "standard output cannot be written") : TG_OK;
}

static tg_status
run(const arguments *a)
{
    tg_study *study = NULL;
    tg_plan   p = { 0 };
    jobs      j = { .arguments = a };

    TG_TRY(only_file(a, &j.operand));
    TG_TRY(study_open(a, j.operand, &study));
    j.study = study;
    tg_status status = read_options(&j);
    if (status == TG_OK)
        status = tg_plan_simulations(
            study, strcmp(j.command, "study") ? NULL : tg_study_metrics(study), &p);
    if (status == TG_OK) status = tg_plan_measure(study, &p);
    if (status == TG_OK) status = plan(&j, &p);
    if (status == TG_OK) status = write_script(&j, &p);
    tg_plan_close(&p);
    tg_study_free(study);
    return status;
}

static const tg_option options[] = {
    { "cores", "N", "cores at once (default 64)" },
    { "hours", "H", "in which all should be done (default 24)" },
    { "threads-each", "N", "threads of a job (default 1)" },
    { "into", "FOLDER", "of the result (default out/NAME)" },
    { "command", "NAME", "study (default), simulate or validate" },
    { 0 }
};

const command cmd_jobs = {
    .name = "jobs",
    .operands = "STUDY",
    .summary = "a script that runs a study on a cluster, as an array of Slurm jobs",
    .doc =
        "Measure for some seconds what the simulations of a study take, and print a script "
        "that submits\n"
        "them to Slurm: an array of shards of about an hour, and the merge of them, which "
        "waits for all.\n"
        "--into names the folder of the result (out/NAME), beside which the shards and "
        "logs "
        "lie. For GNU\n"
        "parallel, HTCondor and Snakemake see examples/cluster/README.md.",
    .refuses = "json out threads",
    .options = options,
    .run = run
};
