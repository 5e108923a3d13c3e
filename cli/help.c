/* help: the help text and the man page, made from the commands, the schema and the laws */
#include "cli/command.h"

#include "asgd/links/link.h"
#include "asgd/optimisers/optimiser.h"
#include "asgd/problems/dataset.h"
#include "asgd/rules/rule.h"
#include "asgd/sim/metric.h"
#include "asgd/workers/behaviour.h"
#include "asgd/workers/pace.h"
#include "core/delay.h"
#include "core/version.h"
#include "study/schema.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void
print_options(const tg_option *o, const char *form)
{
    char flag[80];

    for (; o && o->name; o++) {
        snprintf(flag, sizeof flag, "--%s%s%s", o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        printf(form, flag, o->doc);
    }
}

static const char *
type_name(const tg_key *k)
{
    switch (k->type) {
    case TG_KEY_MAP:
        return "map";
    case TG_KEY_LIST:
        return "list";
    case TG_KEY_CHOICE:
        return "choice";
    case TG_KEY_NUMBER:
        return "number";
    case TG_KEY_STEP:
        return "number, or tune";
    case TG_KEY_WHOLE:
        return "whole";
    case TG_KEY_TRUTH:
        return "true/false";
    case TG_KEY_TEXT:
        return "word";
    case TG_KEY_LAW:
        return "law";
    case TG_KEY_NUMBERS:
        return "number(s)";
    }
    return "";
}

/* One line of remarks: unit, range, default. */
static void
describe(const tg_key *k, char *out, size_t room)
{
    size_t n = 0;

    *out = '\0';
    if (*k->unit) n += (size_t)snprintf(out + n, room - n, " [%s]", k->unit);
    if (isfinite(k->min) && k->max > k->min && isfinite(k->max))
        n += (size_t)snprintf(out + n, room - n, " in %c%g, %g]", k->open ? '(' : '[',
                              k->min, k->max);
    else if (isfinite(k->min) && k->max > k->min)
        n += (size_t)snprintf(out + n, room - n, " %s %g", k->open ? ">" : ">=", k->min);
    if (k->required) n += (size_t)snprintf(out + n, room - n, " required");
    if (k->fallback && *k->fallback)
        snprintf(out + n, room - n, " (default %s)", k->fallback);
}

/* What a study may name, and what it measures. */
static const struct {
    const char           *title;
    const tg_kind *const *registry;
} registries[] = {
    { "algorithms", tg_rules },
    { "optimisers", tg_optimisers },
    { "schedules of the step", tg_schedules },
    { "behaviours of workers", tg_behaviours },
    { "speeds of workers", tg_paces },
    { "links", tg_links },
    { "splits of data", tg_splits },
    { "measured of each algorithm, tables/NAME-ALGORITHM.csv", tg_metrics },
};
enum { REGISTRIES = sizeof registries / sizeof *registries };

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
        describe(k, remark, sizeof remark);
        printf("  %-38s %-10s %s%s\n", k->path, type_name(k), k->doc, remark);
    }
    for (int i = 0; i < REGISTRIES; i++)
        print_kinds(registries[i].title, registries[i].registry);
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
    print_options(common_options, "  %-20s %s\n");
    printf(
        "\ntardigrad COMMAND --help tells more; tardigrad help study lists the keys of a "
        "study,\ntardigrad help laws the laws of delay.\n");
}

void
print_help(const command *c)
{
    if (!c) {
        print_program_help();
        return;
    }
    const tg_manual m = manual_of(c);
    printf("usage: tardigrad %s %s [options]\n\n%s\n", m.name, m.operands, m.doc);
    printf("\noptions:\n");
    print_options(m.options, "  %-24s %s\n");
    print_options(c->options, "  %-24s %s\n");
    print_options(common_options, "  %-24s %s\n");
    if (c == &cmd_study) print_schema_help();
}

/* ---- man page ------------------------------------------------------------------------ */

static void
man_options(const tg_option *o)
{
    for (; o && o->name; o++)
        printf(".TP\n.B \\-\\-%s%s%s\n%s\n", o->name, o->value ? " " : "",
               o->value ? o->value : "", o->doc);
}

static void
man_kinds(const char *title, const tg_kind *const *registry)
{
    printf(".SS %s\n", title);
    for (; *registry; registry++) {
        printf(".TP\n.B %s\n%s\n", (*registry)->name, (*registry)->doc);
        for (const tg_param *p = (*registry)->param; p && p->name; p++) {
            printf(".br\n\\fI%s\\fR: %s", p->name, p->doc);
            if (isnan(p->fallback))
                printf(", needed\n");
            else
                printf(" (default %g)\n", p->fallback);
        }
    }
}

void
print_man_page(void)
{
    char remark[128];

    printf(".TH TARDIGRAD 1 \"\" \"tardigrad %s\"\n.SH NAME\ntardigrad \\- what staleness "
           "will do to asynchronous training\n.SH SYNOPSIS\n.B tardigrad\n.I COMMAND\n"
           "[options]\n.SH COMMANDS\n",
           TG_VERSION);
    for (const command *const *c = commands; *c; c++) {
        printf(".SS %s %s\n.nf\n%s\n.fi\n", (*c)->name, (*c)->operands, (*c)->doc);
        man_options((*c)->options);
    }
    printf(".SH OPTIONS\n");
    man_options(common_options);
    printf(".SH STUDY FILE\nYAML with these keys:\n");
    for (const tg_key *k = tg_schema; k->path; k++) {
        describe(k, remark, sizeof remark);
        printf(".TP\n.B %s\n%s: %s%s\n", k->path, type_name(k), k->doc, remark);
    }
    printf(".SH WHAT A STUDY MAY NAME\n");
    for (int i = 0; i < REGISTRIES; i++)
        man_kinds(registries[i].title, registries[i].registry);
    printf(".SH LAWS OF DELAY\n");
    for (const tg_delay_kind *const *k = tg_delay_kinds; *k; k++)
        printf(".TP\n.B %s\n%s\n", tg_delay_kind_name(*k), tg_delay_kind_doc(*k));
    printf(".SH ENVIRONMENT\n.TP\n.B TARDIGRAD_THREADS\nthreads to use\n.TP\n"
           ".B TARDIGRAD_DATA\nfolder of data sets named by studies\n"
           ".SH EXIT STATUS\n0 done, 1 computation failed, 2 usage or input, "
           "130 or 143 stopped by a signal\n");
}
