#include "cli/command.h"

#include "core/node.h"
#include "core/parallel.h"
#include "core/version.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const command *const commands[] = { &cmd_study,    &cmd_predict,   &cmd_roots,
                                    &cmd_region,   &cmd_integrate, &cmd_simulate,
                                    &cmd_validate, &cmd_fit,       &cmd_plot,
                                    NULL };

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
    default:
        return FAILED;
    }
}

/* The first Ctrl-C asks for a clean stop, the second one ends the program. */
static void
interrupted(int signal_number)
{
    tg_stop_request();
    signal(signal_number, SIG_DFL);
}

static const command *
find(const char *name)
{
    for (const command *const *c = commands; *c; c++)
        if (!strcmp((*c)->name, name)) return *c;
    return NULL;
}

static int
complain(const char *what)
{
    fprintf(stderr, "tardigrad: %s\n", what);
    return MISUSED;
}

/* tardigrad help [study | laws | man | COMMAND] */
static int
help(int argc, char **argv)
{
    const char *topic = argc > 0 ? argv[0] : "";

    if (!strcmp(topic, "study"))
        print_schema_help();
    else if (!strcmp(topic, "laws"))
        print_law_help();
    else if (!strcmp(topic, "man"))
        print_man_page();
    else if (!*topic || find(topic))
        print_help(find(topic));
    else
        return complain("no help on that; try tardigrad help");
    return DONE;
}

/* A word as a shell would read it back. */
static char *
put_word(char *end, const char *word)
{
    if (!strpbrk(word, " {}[]()*?$'\"\\;&|<>#~`!")) return end + sprintf(end, " %s", word);
    end += sprintf(end, " '");
    for (; *word; word++) end += sprintf(end, *word == '\'' ? "'\\''" : "%c", *word);
    return end + sprintf(end, "'");
}

/* The command line as it could be typed again, but for --threads, which changes no number.
 */
static char *
join(int argc, char **argv)
{
    size_t room = sizeof "tardigrad";
    char  *line;

    for (int i = 1; i < argc; i++) room += 4 * strlen(argv[i]) + 4;
    if (!(line = malloc(room))) return NULL;
    char *end = line + sprintf(line, "tardigrad");
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--threads"))
            i++;
        else if (strncmp(argv[i], "--threads=", 10))
            end = put_word(end, argv[i]);
    }
    return line;
}

/* A common option that means nothing to this command is refused, not ignored. */
static tg_status
check_options(const command *c, const arguments *a)
{
    if (!c->refuses) return TG_OK;
    if (a->sets > 0 && strstr(c->refuses, "set"))
        return tg_fail(TG_EINPUT, "--set does not apply to tardigrad %s", c->name);
    for (size_t i = 0; i < a->count; i++)
        if (strstr(c->refuses, a->given[i]->name))
            return tg_fail(TG_EINPUT, "--%s does not apply to tardigrad %s",
                           a->given[i]->name, c->name);
    return TG_OK;
}

static tg_status
run(const command *c, arguments *a)
{
    size_t threads = 0;

    TG_TRY(whole_of(a, "threads", &threads));
    if (threads > 1024)
        return tg_fail(TG_EINPUT, "--threads: at most 1024, got %zu", threads);
    if (threads > 0) {
        char number[32];
        snprintf(number, sizeof number, "%zu", threads);
        setenv("TARDIGRAD_THREADS", number, 1);
    }
    return c->run(a);
}

static int
unknown(const char *name)
{
    const char *known[32];
    char        words[160];
    size_t      n = 0;

    while (n < 32 && commands[n]) {
        known[n] = commands[n]->name;
        n++;
    }
    const char *near = tg_nearest(name, known, n);
    snprintf(words, sizeof words, "there is no command \"%.60s\"%s%s; try tardigrad help",
             name, near ? ", did you mean " : "", near ? near : "");
    return complain(words);
}

int
main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    arguments   a = { 0 };

    if (!strcmp(name, "--version")) return printf("tardigrad %s\n", TG_VERSION) < 0;
    if (!strcmp(name, "help")) return help(argc - 2, argv + 2);
    if (!strcmp(name, "--help")) return help(0, NULL);
    const command *c = find(name);
    if (!c) return unknown(name);
    signal(SIGINT, interrupted);
    signal(SIGTERM, interrupted);
    char     *line = join(argc, argv);
    tg_status status = arguments_parse(c, argc - 2, argv + 2, &a);
    a.line = line;
    if (status == TG_OK && given(&a, "help")) {
        print_help(c);
        free(line);
        return DONE;
    }
    if (status == TG_OK) status = check_options(c, &a);
    if (status == TG_OK) status = run(c, &a);
    free(line);
    if (fflush(stdout) != 0 && status == TG_OK)
        status = tg_fail(TG_EIO, "standard output cannot be written");
    if (status != TG_OK) complain(tg_message());
    return exit_status(status);
}
