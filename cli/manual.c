/* manual: man pages, made from the commands, the schema and the laws */
#include "cli/command.h"
#include "cli/keys.h"

#include "core/delay.h"
#include "core/version.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>

/* Text as roff shows it: its backslashes, its hyphens, and dots and quotes that begin a
 * line. */
static void
put(const char *text)
{
    bool begins = true;

    for (const char *c = text; *c; c++) {
        if (begins && (*c == '.' || *c == '\'')) fputs("\\&", stdout);
        if (*c == '\\')
            fputs("\\e", stdout);
        else if (*c == '-')
            fputs("\\-", stdout);
        else
            putchar(*c);
        begins = *c == '\n';
    }
}

static void
put_upper(const char *text)
{
    for (; *text; text++) {
        if (*text == '-') putchar('\\');
        putchar(toupper((unsigned char)*text));
    }
}

/* A line in bold, then what it is. */
static void
item(const char *name, const char *value, const char *doc)
{
    fputs(".TP\n.B ", stdout);
    put(name);
    if (value) {
        putchar(' ');
        put(value);
    }
    putchar('\n');
    put(doc);
    putchar('\n');
}

static void
put_options(const tg_option *o)
{
    char flag[80];

    for (; o && o->name; o++) {
        snprintf(flag, sizeof flag, "--%s", o->name);
        item(flag, o->value, o->doc);
    }
}

static void
head(const char *name, int section, const char *summary)
{
    fputs(".TH ", stdout);
    put_upper(name);
    printf(" %d \"\" \"tardigrad %s\" \"Tardigrad\"\n.SH NAME\n", section, TG_VERSION);
    put(name);
    fputs(" \\- ", stdout);
    put(summary);
    putchar('\n');
}

static void
put_end(void)
{
    printf(".SH ENVIRONMENT\n");
    item("TARDIGRAD_THREADS", NULL, "threads to use");
    item("TARDIGRAD_DATA", NULL, "folder of data sets named by studies");
    printf(".SH EXIT STATUS\n0 done, 1 computation failed, 2 usage or input, "
           "130 or 143 stopped by a signal\n");
}

/* ---- commands ------------------------------------------------------------------------ */

/* Common options that the command refuses are left out. */
static void
put_common(const command *c)
{
    for (const tg_option *o = common_options; o->name; o++) {
        char flag[80];
        if (!applies(c, o->name)) continue;
        snprintf(flag, sizeof flag, "--%s", o->name);
        item(flag, o->value, o->doc);
    }
}

static void
put_command(const command *c)
{
    const tg_manual m = manual_of(c);
    char            name[40];

    snprintf(name, sizeof name, "tardigrad-%s", m.name);
    head(name, 1, m.summary);
    printf(".SH SYNOPSIS\n.B tardigrad %s\n", m.name);
    if (*m.operands) printf(".I %s\n", m.operands);
    printf("[options]\n.SH DESCRIPTION\n");
    put(m.doc);
    printf("\n.SH OPTIONS\n");
    put_options(m.options);
    put_options(c->options);
    put_common(c);
    put_end();
    printf(".SH SEE ALSO\n.BR tardigrad (1),\n.BR tardigrad\\-study (5)\n");
}

static void
put_program(void)
{
    head("tardigrad", 1, "what staleness will do to asynchronous training");
    printf(".SH SYNOPSIS\n.B tardigrad\n.I COMMAND\n[options]\n.br\n.B tardigrad help\n"
           "[\n.I COMMAND\n| laws | schema | completion ]\n.SH DESCRIPTION\n");
    put("Tardigrad tells people who train with asynchronous workers what staleness will do "
        "to "
        "them\nbefore they pay for it: whether training converges, how fast, to what "
        "floor, "
        "with how many\nworkers, at which learning rate, and how long it takes to reach a "
        "target.");
    printf("\n.SH COMMANDS\nEach has a page of its own, tardigrad\\-COMMAND(1).\n");
    for (const command *const *c = commands; *c; c++)
        item(manual_of(*c).name, manual_of(*c).operands, manual_of(*c).summary);
    printf(".SH OPTIONS\nOf every command, but where it says otherwise:\n");
    put_options(common_options);
    put_end();
    printf(".SH SEE ALSO\n");
    for (const command *const *c = commands; *c; c++)
        printf(".BR tardigrad\\-%s (1),\n", manual_of(*c).name);
    printf(".BR tardigrad\\-study (5)\n");
}

void
print_man_page(const command *c)
{
    if (c)
        put_command(c);
    else
        put_program();
}

/* ---- study files --------------------------------------------------------------------- */

static void
put_kinds(const char *title, const tg_kind *const *registry)
{
    fputs(".SS ", stdout);
    put(title);
    putchar('\n');
    for (; *registry; registry++) {
        item((*registry)->name, NULL, (*registry)->doc);
        for (const tg_param *p = (*registry)->param; p && p->name; p++) {
            printf(".br\n\\fI%s\\fR: ", p->name);
            put(p->doc);
            if (isnan(p->fallback))
                printf(", needed\n");
            else
                printf(" (default %g)\n", p->fallback);
        }
    }
}

static void
put_key(const tg_key *k)
{
    char remark[128];

    key_remark(k, remark, sizeof remark);
    fputs(".TP\n.B ", stdout);
    put(k->path);
    printf("\n%s: ", key_type(k));
    put(k->doc);
    put(remark);
    putchar('\n');
}

void
print_study_page(void)
{
    head("tardigrad-study", 5, "studies, the files that say what is asked of tardigrad");
    printf(
        ".SH DESCRIPTION\nA study is a YAML file with the keys below; \"[]\" stands for an "
        "item of a list.\nOn the command line \\-\\-set PATH=VALUE overrides one, "
        "workers[0].count=64.\n.SH KEYS\n");
    for (const tg_key *k = tg_schema; k->path; k++) put_key(k);
    printf(".SH WHAT A STUDY MAY NAME\n");
    for (const named_registry *r = named_registries; r->title; r++)
        put_kinds(r->title, r->registry);
    printf(".SH LAWS OF DELAY\nAs {law: NAME, key: value, ...}; a limit at_most goes with "
           "any.\n");
    for (const tg_delay_kind *const *k = tg_delay_kinds; *k; k++)
        item(tg_delay_kind_name(*k), NULL, tg_delay_kind_doc(*k));
    printf(".SH SEE ALSO\n.BR tardigrad (1),\n.BR tardigrad\\-study (1)\n");
}
