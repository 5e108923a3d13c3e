#include "cli/command.h"

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

/* The command line as it could be typed again. */
static char *
join(int argc, char **argv)
{
    size_t room = sizeof "tardigrad";
    char  *line;

    for (int i = 1; i < argc; i++) room += strlen(argv[i]) + 3;
    if (!(line = malloc(room))) return NULL;
    char *end = line + sprintf(line, "tardigrad");
    for (int i = 1; i < argc; i++)
        end += sprintf(end, strpbrk(argv[i], " {}[]*$") ? " '%s'" : " %s", argv[i]);
    return line;
}

static tg_status
run(const command *c, arguments *a)
{
    size_t threads = 0;

    TG_TRY(whole_of(a, "threads", &threads));
    if (threads > 0) setenv("TARDIGRAD_THREADS", value_of(a, "threads"), 1);
    return c->run(a);
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
    if (!c) return complain("no such command; try tardigrad help");
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
    if (status == TG_OK) status = run(c, &a);
    free(line);
    if (fflush(stdout) != 0 && status == TG_OK)
        status = tg_fail(TG_EIO, "standard output cannot be written");
    if (status != TG_OK) complain(tg_message());
    return exit_status(status);
}
