/* command: what `tardigrad NAME` is made of
 *
 * A command is a described value; the help, the man page and the parser of its options are
 * made from it.
 */
#ifndef TG_CLI_COMMAND_H
#define TG_CLI_COMMAND_H

#include "core/folder.h"
#include "core/status.h"
#include "study/answer.h"

#include <stdbool.h>
#include <stddef.h>

/* A parsed command line. Values are borrowed from argv. */
typedef struct arguments {
    const struct command *command;
    const char           *line; /* the whole command line, for provenance */
    char                **argv; /* (argc) the same as words, from the command's name on */
    int                   argc;
    char                **file; /* words that are no options; owned */
    size_t                files;
    const char           *set[TG_MOST_SETS]; /* --set PATH=VALUE */
    size_t                sets;
    const tg_option      *given[TG_MOST_OPTIONS];
    const char           *value[TG_MOST_OPTIONS];
    size_t                count;
    tg_folder *results; /* the folder that --out names, while it is being written */
    char     **joined;  /* (joins) records that merge has for it; else none */
    size_t     joins;
} arguments;

typedef struct command {
    const tg_answerer
               *answers; /* the library's part, which describes it; NULL: none, then: */
    const char *name, *operands, *summary, *doc;
    const char *refuses; /* common options that do not apply, as words; NULL: none */
    const tg_option
        *options; /* of its own beside the library's; ends with name NULL; NULL: none */
    tg_status (*run)(const arguments *a);
} command;

/* Name, operands and words of a command, with the options that the library takes (NULL: none). */
tg_manual manual_of(const command *c);

/* Whether a common option, or one of its own, means something to the command. */
bool applies(const command *c, const char *name);

/* Whether it takes an option of this name. */
bool has_option(const command *c, const char *name);

extern const command *const commands[]; /* NULL-terminated */
extern const tg_option      common_options[];

/* Parse what follows the command's name. Release with arguments_free() also after failure. Errors:
 * TG_EINPUT, TG_ENOMEM. */
TG_CHECKED tg_status arguments_parse(const command *c, int argc, char **argv,
                                     arguments *out);
void                 arguments_free(arguments *a);

/* The command of these words, with the results of `a` and records (as many as it has files) that have
 * its blocks. Errors: those of that command; TG_EINPUT there is none. */
TG_CHECKED tg_status command_within(const arguments *a, int argc, char **argv,
                                    char **joined);

bool        given(const arguments *a, const char *name);
const char *value_of(const arguments *a, const char *name); /* NULL if not given */
/* Strict numbers; *out is left alone if the option is absent. Errors: TG_EINPUT. */
TG_CHECKED tg_status number_of(const arguments *a, const char *name, double *out);
TG_CHECKED tg_status whole_of(const arguments *a, const char *name, size_t *out);
/* The number of threads that `text` from `source` asks for, 0: as many as there are
 * processors. Errors: TG_EINPUT no whole number, or more than 1024. */
TG_CHECKED tg_status threads_of(const char *source, const char *text, size_t *out);
/* The one file operand. Errors: TG_EINPUT none or several. */
TG_CHECKED tg_status only_file(const arguments *a, const char **out);

void print_help(const command *c); /* NULL: of the whole program */
void print_schema_help(void);
void print_law_help(void);

/* The man page of a command; of the whole program (NULL); of study files, tardigrad-study(5). */
void print_man_page(const command *c);
void print_study_page(void);

/* A script with which bash completes commands, options, and keys of a study. */
void print_completion(void);

extern const command cmd_study, cmd_predict, cmd_explain, cmd_roots, cmd_region,
    cmd_schedule, cmd_integrate, cmd_simulate, cmd_validate, cmd_slowdown, cmd_fit,
    cmd_spectrum, cmd_live, cmd_plot, cmd_merge, cmd_jobs, cmd_calibrate;

#endif
