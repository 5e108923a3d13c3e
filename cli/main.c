#include "cli/command.h"

#include "cli/output.h"
#include "cli/parts.h"
#include "cli/ranks_run.h"
#include "cli/stop.h"
#include "core/node.h"
#include "core/parallel.h"
#include "core/quote.h"
#include "core/version.h"
#include "study/schema_json.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const command *const commands[] = {
    &cmd_study,     &cmd_predict,  &cmd_explain,  &cmd_roots,    &cmd_region, &cmd_schedule,
    &cmd_integrate, &cmd_simulate, &cmd_validate, &cmd_slowdown, &cmd_live,   &cmd_fit,
    &cmd_calibrate, &cmd_spectrum, &cmd_plot,     &cmd_merge,    &cmd_jobs,   NULL
};

enum { DONE = 0, FAILED = 1, MISUSED = 2 };

static int
exit_status(tg_status status)
{
    switch (status) {
    case TG_OK:
        return DONE;
    case TG_EDOMAIN:
    case TG_EINPUT:
    case TG_EIO:
        return MISUSED;
    case TG_ESTOP:
        return stop_status() ? stop_status() : FAILED;
    default:
        return FAILED;
    }
}

static const command *
find(const char *name)
{
    for (const command *const *c = commands; *c; c++)
        if (!strcmp(manual_of(*c).name, name)) return *c;
    return NULL;
}

/* At once: the end of a program that is told twice to stop cuts no sentence. */
static int
complain(const char *what)
{
    char  *text = NULL;
    size_t size;
    FILE  *f = open_memstream(&text, &size);

    if (!f) return MISUSED;
    fputs("tardigrad: ", f);
    tg_quote_text(f, what);
    fputc('\n', f);
    if (fclose(f) == 0) fputs(text, stderr);
    free(text);
    return MISUSED;
}

static int
print_schema(void)
{
    char *text = NULL;

    if (tg_schema_json(&text) != TG_OK) return complain(tg_message());
    fputs(text, stdout);
    free(text);
    return DONE;
}

static void
print_commands(void)
{
    for (const command *const *c = commands; *c; c++) puts(manual_of(*c).name);
}

/* tardigrad help man [COMMAND | study-file] */
static int
man(const char *page)
{
    if (page && !strcmp(page, "study-file"))
        print_study_page();
    else if (!page || find(page))
        print_man_page(page ? find(page) : NULL);
    else
        return complain("no man page of that; try tardigrad help");
    return DONE;
}

/* tardigrad help [commands | laws | schema | completion | man | COMMAND] */
static int
help(int argc, char **argv)
{
    const char *topic = argc > 0 ? argv[0] : "";

    if (!strcmp(topic, "schema")) return print_schema();
    if (!strcmp(topic, "man")) return man(argc > 1 ? argv[1] : NULL);
    if (!strcmp(topic, "laws"))
        print_law_help();
    else if (!strcmp(topic, "commands"))
        print_commands();
    else if (!strcmp(topic, "completion"))
        print_completion();
    else if (!*topic || find(topic))
        print_help(find(topic));
    else
        return complain("no help on that; try tardigrad help");
    return DONE;
}

/* The command line as it could be typed again, but for what changes no number. */
static void
put_line(FILE *f, int argc, char **argv)
{
    fputs("tardigrad", f);
    for (int i = 0, n; i < argc; i += n ? n : 1) {
        if ((n = parts_aside(argv[i])) > 0) continue;
        fputc(' ', f);
        tg_quote_word(f, argv[i]);
    }
}

/* The same on one line of UTF-8. Caller frees; NULL when out of memory. */
static char *
join(int argc, char **argv)
{
    char  *raw = NULL, *line = NULL;
    size_t size;
    FILE  *f = open_memstream(&raw, &size);

    if (f) put_line(f, argc, argv);
    if (f && fclose(f) == 0 && (f = open_memstream(&line, &size))) {
        tg_quote_text(f, raw);
        fclose(f);
    }
    free(raw);
    return line;
}

/* A common option that means nothing to this command is refused, not ignored. */
static tg_status
check_options(const command *c, const arguments *a)
{
    if (a->sets > 0 && !applies(c, "set"))
        return tg_fail(TG_EINPUT, "--set does not apply to tardigrad %s",
                       manual_of(c).name);
    for (size_t i = 0; i < a->count; i++)
        if (!applies(c, a->given[i]->name))
            return tg_fail(TG_EINPUT, "--%s does not apply to tardigrad %s",
                           a->given[i]->name, manual_of(c).name);
    return TG_OK;
}

/* The option has precedence over the environment; both are checked. */
static tg_status
set_threads(const arguments *a)
{
    const char *wish = getenv("TARDIGRAD_THREADS"), *asked = value_of(a, "threads");
    size_t      threads = 0;
    char        number[32];

    if (wish) TG_TRY(threads_of("TARDIGRAD_THREADS", wish, &threads));
    if (asked) TG_TRY(threads_of("--threads", asked, &threads));
    snprintf(number, sizeof number, "%zu", threads);
    if (threads > 0)
        setenv("TARDIGRAD_THREADS", number, 1);
    else
        unsetenv("TARDIGRAD_THREADS");
    return TG_OK;
}

/* Results that were not completed leave nothing behind. */
static tg_status
run(arguments *a)
{
    tg_folder   results = { 0 };
    const char *out = value_of(a, "out");

    TG_TRY(check_options(a->command, a));
    TG_TRY(set_threads(a));
    a->results = &results;
    if (out) TG_TRY(results_begin(a, out));
    tg_status status = a->command->run(a);
    stop_guard(NULL);
    return results.draft ? tg_folder_end(&results, status) : status;
}

static int
unknown(const char *name)
{
    const char *known[32];
    char        words[160];
    size_t      n = 0;

    while (n < 32 && commands[n]) {
        known[n] = manual_of(commands[n]).name;
        n++;
    }
    const char *near = tg_nearest(name, known, n);
    snprintf(words, sizeof words, "there is no command \"%.60s\"%s%s; try tardigrad help",
             name, near ? ", did you mean " : "", near ? near : "");
    return complain(words);
}

/* From the command's name on. */
static tg_status
parse(int argc, char **argv, arguments *out, char **line)
{
    const command *c = find(argv[0]);

    *line = join(argc, argv);
    const tg_status status = arguments_parse(c, argc - 1, argv + 1, out);
    out->command = c;
    out->argc = argc;
    out->argv = argv;
    out->line = *line ? *line : "tardigrad";
    return status;
}

tg_status
command_within(const arguments *a, int argc, char **argv, char **joined)
{
    arguments within = { 0 };
    char     *line = NULL;

    if (!find(argv[0])) return tg_fail(TG_EINPUT, "there is no command \"%.60s\"", argv[0]);
    tg_status status = parse(argc, argv, &within, &line);
    within.results = a->results;
    within.joined = joined;
    within.joins = a->files;
    if (status == TG_OK) status = check_options(within.command, &within);
    if (status == TG_OK) status = within.command->run(&within);
    arguments_free(&within);
    free(line);
    return status;
}

/* Those of mpirun share the blocks of a command that has such a list; rank 0 alone speaks. */
static tg_status
begin_ranks(const command *c, arguments *a)
{
    TG_TRY(ranks_begin());
    if (ranks_rank() > 0 && a->count < TG_MOST_OPTIONS) {
        a->value[a->count] = NULL;
        for (const tg_option *o = common_options; o->name; o++)
            if (!strcmp(o->name, "quiet")) a->given[a->count] = o;
        a->count++;
    }
    if (ranks_size() == 1 || has_option(c, "shard")) return TG_OK;
    return tg_fail(TG_EINPUT, "tardigrad %s has nothing to share among ranks: run it alone",
                   manual_of(c).name);
}

/* The last words to and of the other ranks; what this one ends with. */
static tg_status
end_ranks(tg_status status)
{
    if (ranks_rank() > 0 && tg_stop_requested()) return status;
    if (ranks_rank() > 0)
        ranks_await_end(status == TG_OK ? NULL : tg_message());
    else
        ranks_dismiss();
    if (ranks_rank() == 0) fflush(stdout);
    ranks_end();
    return ranks_rank() > 0 ? TG_OK : status;
}

static int
run_command(int argc, char **argv)
{
    arguments a = { 0 };
    char     *line = NULL;

    if (!find(argv[0])) return unknown(argv[0]);
    stop_listen();
    tg_status status = begin_ranks(find(argv[0]), &a);
    if (status == TG_OK) status = parse(argc, argv, &a, &line);
    if (status == TG_OK && given(&a, "help"))
        print_help(a.command);
    else if (status == TG_OK)
        status = run(&a);
    arguments_free(&a);
    free(line);
    if (status != TG_OK && ranks_rank() == 0) complain(tg_message());
    return exit_status(end_ranks(status));
}

int
main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    int         status = DONE;

    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, and said; */
    signal(SIGXFSZ, SIG_IGN); /* so is a file that grows too large */
    if (!strcmp(name, "--version"))
        printf("tardigrad %s\n", TG_VERSION);
    else if (!strcmp(name, "help"))
        status = help(argc - 2, argv + 2);
    else if (!strcmp(name, "--help") || !strcmp(name, "-h"))
        status = help(0, NULL);
    else
        status = run_command(argc - 1, argv + 1);
    const int failed = fflush(stdout) != 0 || ferror(stdout);
    if (!failed) return status;
    if (status == DONE) complain("standard output cannot be written");
    return FAILED;
}
