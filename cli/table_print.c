/* table_print: a table on the terminal, no wider than it
 *
 * One row goes down the page, a column a line with its unit and meaning. Of several rows, what is the
 * same in all is said first; the other columns stand in as many blocks as are needed, each with the
 * columns that tell the rows apart.
 */
#define _DEFAULT_SOURCE /* TIOCGWINSZ */
#include "cli/output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST = 64, GAP = 2 };

typedef struct sheet {
    const tg_table *table;
    size_t          columns, keys; /* the first `keys` columns tell the rows apart */
    int             width[MOST];
    bool            empty[MOST], same[MOST]; /* NaN in all rows; one value in all */
} sheet;

static void
cell_text(const sheet *s, size_t row, size_t column, char *out, size_t room)
{
    const tg_cell cell = tg_table_cell(s->table, row, column);

    if (cell.text)
        snprintf(out, room, "%s", cell.text);
    else
        snprintf(out, room, "%.6g", isnan(cell.number) ? fabs(cell.number) : cell.number);
}

int
terminal_width(void)
{
    struct winsize w;
    const char    *columns = getenv("COLUMNS");
    const int      asked = columns ? atoi(columns) : 0;

    if (asked >= 40) return asked;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40) return w.ws_col;
    return TG_PAGE_COLUMNS;
}

static bool
is_key(const tg_column *c)
{
    static const char *const name[] = { "workers", "step", "x", "y", "worker", "mode" };

    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (!strcmp(c->name, name[i])) return true;
    return c->text;
}

static void
look_at(sheet *s, size_t c)
{
    const size_t rows = tg_table_rows(s->table);
    char         text[128], first[128] = "";

    s->width[c] = (int)strlen(tg_table_column(s->table, c)->name);
    s->empty[c] = s->same[c] = rows > 0;
    for (size_t r = 0; r < rows; r++) {
        const tg_cell cell = tg_table_cell(s->table, r, c);
        cell_text(s, r, c, text, sizeof text);
        if (r == 0) memcpy(first, text, sizeof text);
        if ((int)strlen(text) > s->width[c]) s->width[c] = (int)strlen(text);
        s->same[c] = s->same[c] && !strcmp(text, first);
        s->empty[c] = s->empty[c] && !cell.text && isnan(cell.number);
    }
}

static void
print_cell(const sheet *s, size_t c, const char *text, bool first)
{
    const int width = s->width[c];

    printf("%*s%*s", first ? 0 : GAP, "",
           tg_table_column(s->table, c)->text ? -width : width, text);
}

/* The columns of `chosen`, rows beneath each other. */
static void
print_block(const sheet *s, const size_t *chosen, size_t n)
{
    char text[128];

    for (size_t i = 0; i < n; i++)
        print_cell(s, chosen[i], tg_table_column(s->table, chosen[i])->name, i == 0);
    for (size_t r = 0; r < tg_table_rows(s->table); r++) {
        putchar('\n');
        for (size_t i = 0; i < n; i++) {
            cell_text(s, r, chosen[i], text, sizeof text);
            print_cell(s, chosen[i], text, i == 0);
        }
    }
    putchar('\n');
}

/* ---- one row --------------------------------------------------------------------------- */

/* Unit and meaning from column `at` on; further lines begin at column `indent`. */
static void
print_meaning(const tg_column *k, int at, int indent, int width)
{
    char text[256];

    snprintf(text, sizeof text, "%s%s%s", k->unit, *k->unit && *k->doc ? ": " : "", k->doc);
    for (const char *word = text; *word;) {
        const int n = (int)strcspn(word, " ");
        if (at + n > width && at > indent) {
            printf("\n%*s", indent, "");
            at = indent;
        }
        at += printf("%.*s%s", n, word, word[n] ? " " : "");
        word += n + (word[n] == ' ');
    }
    putchar('\n');
}

static void
print_down(const sheet *s, int width)
{
    char text[128];
    int  names = 0, values = 0;

    for (size_t c = 0; c < s->columns; c++) {
        const int name = (int)strlen(tg_table_column(s->table, c)->name);
        cell_text(s, 0, c, text, sizeof text);
        if (name > names) names = name;
        if ((int)strlen(text) > values && strlen(text) < 24) values = (int)strlen(text);
    }
    for (size_t c = 0; c < s->columns; c++) {
        const tg_column *k = tg_table_column(s->table, c);
        if (s->empty[c]) continue;
        cell_text(s, 0, c, text, sizeof text);
        const int at = printf("%-*s  %-*s  ", names, k->name, values, text);
        print_meaning(k, at, names + values + 4, width);
    }
}

/* ---- several rows ---------------------------------------------------------------------- */

/* "head: NAME VALUE, NAME VALUE", wrapped. */
static void
print_list(const sheet *s, const char *head, const bool *which, bool values, int width)
{
    int column = 0;

    for (size_t c = 0; c < s->columns; c++) {
        char text[128], word[200];
        if (!which[c]) continue;
        cell_text(s, 0, c, text, sizeof text);
        snprintf(word, sizeof word, "%s%s%s", tg_table_column(s->table, c)->name,
                 values ? " " : "", values ? text : "");
        if (column == 0)
            column = printf("%s: %s", head, word);
        else if (column + 3 + (int)strlen(word) > width)
            column = printf(",\n    %s", word) - 2;
        else
            column += printf(", %s", word);
    }
    if (column > 0) putchar('\n');
}

static void
print_blocks(const sheet *s, int width)
{
    size_t chosen[MOST], keys = 0;
    bool   begun = false;
    int    wide = -GAP;

    for (size_t c = 0; c < s->keys; c++) {
        if (s->same[c]) continue;
        chosen[keys++] = c;
        wide += s->width[c] + GAP;
    }
    for (size_t c = s->keys; c < s->columns;) {
        size_t n = keys;
        int    used = wide;
        for (; c < s->columns; c++) {
            if (s->empty[c] || s->same[c]) continue;
            if (n > keys && used + GAP + s->width[c] > width) break;
            used += GAP + s->width[c];
            chosen[n++] = c;
        }
        if (n == keys && begun) return;
        if (begun) putchar('\n');
        print_block(s, chosen, n);
        begun = true;
    }
}

void
table_print(const tg_table *t)
{
    sheet     s = { .table = t };
    const int width = terminal_width();
    int       whole = -GAP;
    size_t    all[MOST];

    s.columns = tg_table_columns(t) < MOST ? tg_table_columns(t) : MOST;
    for (size_t c = 0; c < s.columns; c++) {
        all[c] = c;
        look_at(&s, c);
        whole += s.width[c] + GAP;
        if (c == s.keys && c < 4 && is_key(tg_table_column(t, c))) s.keys++;
    }
    if (whole <= width || tg_table_rows(t) == 0) {
        print_block(&s, all, s.columns);
        return;
    }
    if (tg_table_rows(t) == 1) {
        print_down(&s, width);
        return;
    }
    for (size_t c = 0; c < s.columns; c++) s.same[c] = s.same[c] && !s.empty[c];
    print_list(&s, "the same in all rows", s.same, true, width);
    print_list(&s, "not known, or not asked for", s.empty, false, width);
    putchar('\n');
    print_blocks(&s, width);
}
