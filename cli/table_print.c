/* table_print: a table on the terminal, no wider than it
 *
 * One row goes down the page, a column a line with its unit and meaning. Of several rows, what is the
 * same in all is said first; the other columns stand in as many blocks as are needed, each with the
 * columns that tell the rows apart. Heads are the columns' names as words, with units beneath.
 */
#define _DEFAULT_SOURCE /* TIOCGWINSZ */
#include "cli/output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST = 64, GAP = 2, CELL = 400, ON_SCREEN = 60 /* rows */ };

typedef struct sheet {
    const tg_table *table;
    size_t          columns, keys, key[4]; /* keys: columns that tell the rows apart */
    int             width[MOST];
    bool            empty[MOST], same[MOST]; /* nothing in all rows; one value in all */
} sheet;

/* Six digits of the numbers in a law; the files have all of them. */
static void
shorten(char *text)
{
    for (char *at = strchr(text, ' '); at; at = strchr(at + 1, ' ')) {
        char        *end, number[32];
        const double x = strtod(at + 1, &end);
        if (end == at + 1 || !strchr(",}]", *end)) continue;
        const size_t wide = (size_t)snprintf(number, sizeof number, "%.6g", x);
        if (wide >= (size_t)(end - at - 1)) continue;
        memcpy(at + 1, number, wide);
        memmove(at + 1 + wide, end, strlen(end) + 1);
    }
}

static void
cell_text(const sheet *s, size_t row, size_t column, char out[CELL])
{
    const tg_cell cell = tg_table_cell(s->table, row, column);

    if (!cell.text)
        snprintf(out, CELL, "%.6g", isnan(cell.number) ? fabs(cell.number) : cell.number);
    else
        snprintf(out, CELL, "%s", cell.text);
    if (*out == '{') shorten(out);
}

/* "delay_mean" as words. */
static const char *
head_of(const sheet *s, size_t column, char out[CELL])
{
    snprintf(out, CELL, "%s", tg_table_column(s->table, column)->name);
    for (char *c = out; *c; c++)
        if (*c == '_') *c = ' ';
    return out;
}

/* "[time]"; nothing where there is none. */
static const char *
unit_of(const sheet *s, size_t column, char out[CELL])
{
    const char *unit = tg_table_column(s->table, column)->unit;

    snprintf(out, CELL, "%s%s%s", *unit ? "[" : "", unit, *unit ? "]" : "");
    return out;
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
    static const char *const name[] = { "workers", "step",  "x",    "y",    "worker",
                                        "mode",    "group", "rank", "curve" };

    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (!strcmp(c->name, name[i])) return true;
    return c->text;
}

static void
widen(sheet *s, size_t c, const char *text)
{
    if ((int)strlen(text) > s->width[c]) s->width[c] = (int)strlen(text);
}

static void
look_at(sheet *s, size_t c)
{
    const size_t rows = tg_table_rows(s->table);
    char         text[CELL], first[CELL] = "";

    widen(s, c, head_of(s, c, text));
    widen(s, c, unit_of(s, c, text));
    s->empty[c] = s->same[c] = rows > 0;
    for (size_t r = 0; r < rows; r++) {
        const tg_cell cell = tg_table_cell(s->table, r, c);
        cell_text(s, r, c, text);
        if (r == 0) memcpy(first, text, sizeof text);
        widen(s, c, text);
        s->same[c] = s->same[c] && !strcmp(text, first);
        s->empty[c] = s->empty[c] && (cell.text ? !*cell.text : isnan(cell.number));
    }
}

/* The columns that tell the rows apart: the first of those that differ, half a line of them. */
static void
find_keys(sheet *s, int width)
{
    int wide = 0;

    for (size_t c = 0; c < s->columns && s->keys < 4; c++) {
        if (s->same[c] || s->empty[c]) continue;
        wide += s->width[c] + GAP;
        if (s->keys > 0 && !is_key(tg_table_column(s->table, c))) return;
        if (2 * wide > width) return;
        s->key[s->keys++] = c;
    }
}

/* Text stands left, numbers right; *blanks wait until there is something behind them. */
static void
print_cell(const sheet *s, size_t c, const char *text, int *blanks)
{
    const int  pad = s->width[c] - (int)strlen(text);
    const bool left = tg_table_column(s->table, c)->text;

    if (!*text) {
        *blanks += s->width[c] + GAP;
        return;
    }
    printf("%*s%s", *blanks + (left ? 0 : pad), "", text);
    *blanks = GAP + (left ? pad : 0);
}

static void
print_heads(const sheet *s, const size_t *chosen, size_t n)
{
    char text[CELL];
    bool units = false;
    int  blanks = 0;

    for (size_t i = 0; i < n; i++) {
        print_cell(s, chosen[i], head_of(s, chosen[i], text), &blanks);
        units |= *unit_of(s, chosen[i], text) != '\0';
    }
    if (!units) return;
    putchar('\n');
    blanks = 0;
    for (size_t i = 0; i < n; i++)
        print_cell(s, chosen[i], unit_of(s, chosen[i], text), &blanks);
}

/* The columns of `chosen`, rows beneath each other. */
static void
print_block(const sheet *s, const size_t *chosen, size_t n)
{
    char         text[CELL];
    const size_t rows = tg_table_rows(s->table),
                 shown = rows > ON_SCREEN && isatty(STDOUT_FILENO) ? ON_SCREEN : rows;

    print_heads(s, chosen, n);
    for (size_t r = 0; r < shown; r++) {
        int blanks = 0;
        putchar('\n');
        for (size_t i = 0; i < n; i++) {
            cell_text(s, r, chosen[i], text);
            print_cell(s, chosen[i], text, &blanks);
        }
    }
    putchar('\n');
    if (shown < rows)
        printf("and %zu rows more: --out FOLDER, --json or a pipe have all\n",
               rows - shown);
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
    char text[CELL];
    int  names = 0, values = 0;

    for (size_t c = 0; c < s->columns; c++) {
        const int name = (int)strlen(tg_table_column(s->table, c)->name);
        cell_text(s, 0, c, text);
        if (name > names) names = name;
        if ((int)strlen(text) > values && strlen(text) < 24) values = (int)strlen(text);
    }
    for (size_t c = 0; c < s->columns; c++) {
        const tg_column *k = tg_table_column(s->table, c);
        if (s->empty[c]) continue;
        const int head = printf("%-*s", names, head_of(s, c, text));
        cell_text(s, 0, c, text);
        const int at = head + printf("  %-*s  ", values, text);
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
        char text[CELL], name[CELL], word[2 * CELL + 2];
        if (!which[c]) continue;
        cell_text(s, 0, c, text);
        snprintf(word, sizeof word, "%s%s%s", head_of(s, c, name), values ? " " : "",
                 values ? text : "");
        if (column == 0)
            column = printf("%s: %s", head, word);
        else if (column + 3 + (int)strlen(word) > width)
            column = printf(",\n    %s", word) - 2;
        else
            column += printf(", %s", word);
    }
    if (column > 0) putchar('\n');
}

static bool
is_chosen(const sheet *s, size_t c)
{
    for (size_t k = 0; k < s->keys; k++)
        if (s->key[k] == c) return true;
    return false;
}

static void
print_blocks(const sheet *s, int width)
{
    size_t chosen[MOST];
    bool   begun = false;
    int    wide = -GAP;

    for (size_t k = 0; k < s->keys; k++) {
        chosen[k] = s->key[k];
        wide += s->width[s->key[k]] + GAP;
    }
    for (size_t c = 0; c < s->columns;) {
        size_t n = s->keys;
        int    used = wide;
        for (; c < s->columns; c++) {
            if (s->empty[c] || s->same[c] || is_chosen(s, c)) continue;
            if (n > s->keys && used + GAP + s->width[c] > width) break;
            used += GAP + s->width[c];
            chosen[n++] = c;
        }
        if (n == s->keys && begun) return;
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
    find_keys(&s, width);
    print_list(&s, "the same in all rows", s.same, true, width);
    print_list(&s, "not known, or not asked for", s.empty, false, width);
    putchar('\n');
    print_blocks(&s, width);
}
