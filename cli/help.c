/* help: the help text, made from the commands, the schema and the laws */
#include "cli/command.h"

#include "cli/keys.h"
#include "core/delay.h"
#include "core/version.h"
#include "study/schema.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Those that the command (NULL: any) does not refuse. */
static void
print_options(const command *c, const tg_option *o, const char *form)
{
    char flag[80];

    for (; o && o->name; o++) {
        if (c && !applies(c, o->name)) continue;
        snprintf(flag, sizeof flag, "--%s%s%s", o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        printf(form, flag, o->doc);
    }
}

/* The entries of a registry with their parameters. */
static void
print_kinds(const char *title, const tg_kind *const *registry)
{
    printf("\n%s:\n", title);
    for (; *registry; registry++) {
        printf("  %-18s %s%s%s%s\n", (*registry)->name, (*registry)->doc,
               *(*registry)->source ? " (" : "", (*registry)->source,
               *(*registry)->source ? ")" : "");
        for (const tg_param *p = (*registry)->param; p && p->name; p++) {
            if (isnan(p->fallback))
                printf("    %-16s %s, needed\n", p->name, p->doc);
            else
                printf("    %-16s %s (default %g)\n", p->name, p->doc, p->fallback);
        }
    }
}

void
print_schema_help(void)
{
    char remark[128];

    printf("\nkeys of a study:\n");
    for (const tg_key *k = tg_schema; k->path; k++) {
        key_remark(k, remark, sizeof remark);
        printf("  %-38s %-10s %s%s\n", k->path, key_type(k), k->doc, remark);
    }
    for (const named_registry *r = named_registries; r->title; r++)
        print_kinds(r->title, r->registry);
}

void
print_law_help(void)
{
    printf("laws of delay, as {law: NAME, key: value, ...}:\n");
    for (const tg_delay_kind *const *k = tg_delay_kinds; *k; k++) {
        size_t                n;
        const tg_delay_param *p = tg_delay_kind_params(*k, &n);
        printf("  %-20s %s\n", tg_delay_kind_name(*k), tg_delay_kind_doc(*k));
        for (size_t i = 0; i < n; i++)
            printf("  %-20s   %s%s%s%s: %s\n", "", p[i].name, *p[i].unit ? " [" : "",
                   p[i].unit, *p[i].unit ? "]" : "", p[i].doc);
    }
    printf("  {sum: [LAW, ...]}    independent parts one after the other\n"
           "  {mixture: [{weight: W, law: ...}, ...]}    one of several\n"
           "  {law: empirical, file: log.csv, column: seconds}    a trace\n"
           "  {law: ..., at_most: theta}    given that it is at most theta\n");
}

static void
print_program_help(void)
{
    printf("tardigrad %s: what staleness will do to asynchronous training\n\n", TG_VERSION);
    printf("usage: tardigrad COMMAND [options]\n\ncommands:\n");
    for (const command *const *c = commands; *c; c++)
        printf("  %-10s %s\n", manual_of(*c).name, manual_of(*c).summary);
    printf("\noptions of every command:\n");
    print_options(NULL, common_options, "  %-20s %s\n");
    printf(
        "\ntardigrad COMMAND --help tells more; tardigrad help study lists the keys of a "
        "study,\ntardigrad help laws the laws of delay; help schema is a JSON Schema of "
        "studies for editors,\nhelp completion a script for bash.\n");
}

void
print_help(const command *c)
{
    if (!c) {
        print_program_help();
        return;
    }
    const tg_manual m = manual_of(c);
    printf("usage: tardigrad %s%s%s [options]\n\n%s\n", m.name, *m.operands ? " " : "",
           m.operands, m.doc);
    printf("\noptions:\n");
    print_options(c, m.options, "  %-24s %s\n");
    print_options(c, c->options, "  %-24s %s\n");
    print_options(c, common_options, "  %-24s %s\n");
    if (c == &cmd_study) print_schema_help();
}
