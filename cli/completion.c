/* completion: what bash needs to complete commands, options, and keys of a study */
#include "cli/command.h"

#include "asgd/rules/rule.h"
#include "asgd/theory/predict.h"
#include "core/loop.h"
#include "study/schema.h"

#include <stdio.h>

static void
put_flags(const tg_option *o)
{
    for (; o && o->name; o++) printf(" --%s", o->name);
}

static void
put_common(const command *c)
{
    for (const tg_option *o = common_options; o->name; o++)
        if (applies(c, o->name)) printf(" --%s", o->name);
}

static void
put_commands(void)
{
    printf("    local commands='help");
    for (const command *const *c = commands; *c; c++) printf(" %s", manual_of(*c).name);
    printf("'\n    case $command in\n");
    for (const command *const *c = commands; *c; c++) {
        printf("    %s) options='", manual_of(*c).name);
        put_flags(manual_of(*c).options);
        put_flags((*c)->options);
        put_common(*c);
        printf(" ' ;;\n");
    }
    printf("    help) options=\"$commands laws schema man completion\" ;;\n    esac\n");
}

/* The keys that have values, as they are given to --set: the first item of a list. */
static void
put_keys(void)
{
    printf("    local keys='");
    for (const tg_key *k = tg_schema; k->path; k++) {
        if (k->type == TG_KEY_MAP || k->type == TG_KEY_LIST) continue;
        for (const char *c = k->path; *c; c++) {
            putchar(*c);
            if (*c == '[') putchar('0');
        }
        printf("= ");
    }
    printf("'\n");
}

/* A line that offers words after one option, of the commands that match. */
static void
put_words(const char *option, const char *words)
{
    printf("    '%s')\n"
           "        mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\") ;;\n",
           option, words);
}

static void
put_names(void)
{
    char   words[1000];
    size_t n = 0;

    for (const tg_kind *const *r = tg_rules; *r && n < sizeof words; r++)
        n += (size_t)snprintf(words + n, sizeof words - n, "%s ", (*r)->name);
    put_words("explain --rule", words);
    n = 0;
    for (const tg_filter *const *f = tg_filters; *f && n < sizeof words; f++)
        n += (size_t)snprintf(words + n, sizeof words - n, "%s ", (*f)->name);
    put_words("roots --filter", words);
    put_words("plot --format", "svg pdf png tex");
    put_words("fit --unit", "s ms us ns min h d");
    put_words("integrate --meaning", "path step arrival distributed");
    put_words("jobs --command", "study simulate validate");
}

void
print_completion(void)
{
    printf("# bash completion of tardigrad, made by: tardigrad help completion\n"
           "_tardigrad() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local command=${COMP_WORDS[1]} options=\n"
           "    COMPREPLY=()\n");
    put_commands();
    put_keys();
    printf("    if [ \"$COMP_CWORD\" = 1 ]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$cur\")\n"
           "    elif [ \"$command\" = help ]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
           "    else case \"$command $prev\" in\n"
           "    *' --set')\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$keys\" -- \"$cur\")\n"
           "        compopt -o nospace 2> /dev/null ;;\n"
           "    *' --level')\n"
           "        mapfile -t COMPREPLY < <(compgen -W 'best sde jump' -- \"$cur\") ;;\n"
           "    *' --out' | *' --into')\n"
           "        mapfile -t COMPREPLY < <(compgen -d -- \"$cur\") ;;\n");
    put_names();
    printf("    *)\n"
           "        case $cur in\n"
           "        -*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\") ;;\n"
           "        *) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
           "           compopt -o filenames 2> /dev/null ;;\n"
           "        esac ;;\n"
           "    esac fi\n"
           "}\n"
           "complete -F _tardigrad tardigrad\n");
}
