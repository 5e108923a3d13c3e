#include "cli/root_rows.h"

#include "cli/figures.h"
#include "cli/stop.h"

#include <math.h>
#include <stdio.h>

static const tg_column columns[] = {
    { "loop", "", "which characteristic equation", true },
    { "number", "", "its number", false },
    { "value", "", "of the setting --along; nan: none is varied", false },
    { "re", "1/time", "real part", false },
    { "im", "1/time", "imaginary part", false },
    { "multiplicity", "", "", false },
    { "residual", "1/time", "size of the characteristic function there", false },
    { "left", "1/time", "left end of where roots were looked for", false },
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static tg_status
read_rectangle(const arguments *a, tg_region *out)
{
    const char *text = value_of(a, "inside");
    char        rest[2] = "";

    if (sscanf(text, "%lf:%lf:%lf:%lf%1s", &out->left, &out->right, &out->bottom, &out->top,
               rest) == 4)
        return TG_OK;
    return tg_fail(TG_EINPUT, "--inside: expected LEFT:RIGHT:BOTTOM:TOP, got \"%s\"", text);
}

tg_status
hunt_open(const arguments *a, hunt *h)
{
    *h = (hunt){ .a = a,
                 .line_given = given(a, "right-of"),
                 .inside_given = given(a, "inside"),
                 .prove = given(a, "rigorous"),
                 .value = NAN };
    if (h->line_given && h->inside_given)
        return tg_fail(TG_EINPUT, "--right-of and --inside exclude each other");
    TG_TRY(number_of(a, "right-of", &h->line));
    if (h->inside_given) TG_TRY(read_rectangle(a, &h->inside));
    if (given(a, "along")) TG_TRY(tg_axis_read("along", value_of(a, "along"), &h->along));
    TG_TRY(table_begin(a, NULL, columns, COLUMNS, &h->table));
    h->loops = json_array();
    return h->loops ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

void
hunt_close(hunt *h)
{
    tg_table_free(h->table);
    json_decref(h->loops);
    h->table = NULL;
    h->loops = NULL;
}

static json_t *
json_of_roots(const tg_roots *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->count; i++)
        json_array_append_new(list,
                              json_pack("{s:o, s:o, s:I, s:o}", "re",
                                        tg_json_number(creal(r->root[i].s)), "im",
                                        tg_json_number(cimag(r->root[i].s)), "multiplicity",
                                        (json_int_t)r->root[i].multiplicity, "residual",
                                        tg_json_number(r->root[i].residual)));
    return list;
}

/* The sides of the contour at infinity are null. */
static json_t *
json_of_certificate(const tg_certificate *c)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:I, s:s}", "right_of",
        tg_json_number(c->contour.left), "left_of", tg_json_number(c->contour.right),
        "above", tg_json_number(c->contour.bottom), "below", tg_json_number(c->contour.top),
        "winding", (json_int_t)c->winding, "found", (json_int_t)c->found, "moved",
        tg_json_number(c->moved), "residual", tg_json_number(c->residual), "backward_error",
        tg_json_number(c->backward), "evaluations", (json_int_t)c->evaluations, "method",
        c->method);
}

static void
print_contour(const tg_region *c)
{
    if (isfinite(c->right))
        printf("in [%g, %g] x [%g, %g]", c->left, c->right, c->bottom, c->top);
    else
        printf("right of %g", c->left);
}

/* One sentence for the person at the terminal. */
static void
announce(const hunt *h, const char *name, const tg_roots *r, const char *proof)
{
    const tg_certificate *c = &r->certificate;

    if (given(h->a, "json") || given(h->a, "quiet") || h->along.values.count) return;
    printf("%s: %zu root%s ", name, c->found, c->found == 1 ? "" : "s");
    print_contour(&c->contour);
    printf(", found and counted (%s)", c->method);
    if (c->found)
        printf("; largest residual %.1e, backward error %.1e", c->residual, c->backward);
    printf("%s%s\n", *proof ? "; " : "", proof);
    if (c->moved > 0)
        printf("  the %s moved by %.1e off a root\n",
               isfinite(c->contour.right) ? "rectangle's edges were" : "line was",
               c->moved);
}

tg_status
hunt_record(hunt *h, const char *name, const tg_roots *r, double seconds, const char *proof)
{
    const tg_certificate *c = &r->certificate;

    h->number++;
    for (size_t i = 0; i < r->count; i++)
        TG_TRY(tg_table_add(
            h->table,
            (tg_cell[]){ TG_TEXT(name), TG_NUMBER((double)h->number), TG_NUMBER(h->value),
                         TG_NUMBER(creal(r->root[i].s)), TG_NUMBER(cimag(r->root[i].s)),
                         TG_NUMBER((double)r->root[i].multiplicity),
                         TG_NUMBER(r->root[i].residual), TG_NUMBER(c->contour.left) }));
    json_t *loop = json_pack("{s:s, s:o, s:I, s:o, s:o}", "loop", name, "roots",
                             json_of_roots(r), "count", (json_int_t)c->found, "certificate",
                             json_of_certificate(c), "seconds", tg_json_number(seconds));
    if (loop && *proof) json_object_set_new(loop, "proof", json_string(proof));
    if (loop && h->along.values.count)
        json_object_set_new(loop, "value", tg_json_number(h->value));
    if (!loop || json_array_append_new(h->loops, loop))
        return tg_fail(TG_ENOMEM, "out of memory");
    announce(h, name, r, proof);
    return TG_OK;
}

/* One loop is the document itself, as documented; several are a list of such. */
static tg_status
deliver_json(hunt *h)
{
    if (json_array_size(h->loops) == 1 && !h->along.values.count)
        return json_print(json_incref(json_array_get(h->loops, 0)));
    json_t *document = json_pack("{s:O}", "loops", h->loops);
    if (document && h->along.values.count)
        json_object_set_new(document, "along", json_string(h->along.path));
    return json_print(document);
}

static tg_status
deliver_axis(const hunt *h)
{
    tg_table *t;

    TG_TRY(table_begin(h->a, NULL, tg_axis_columns, TG_AXIS_COLUMNS, &t));
    const tg_status status = tg_axis_add(t, "along", &h->along);
    if (status == TG_OK) return table_write(h->a, "axes", t);
    tg_table_free(t);
    return status;
}

/* Along a setting, or of one or more loops. */
static tg_status
draw(const char *folder, size_t roots, size_t loops, const char *along)
{
    char caption[200];

    if (along)
        snprintf(caption, sizeof caption, "How %zu characteristic roots move along %.90s.",
                 roots, along);
    else
        snprintf(caption, sizeof caption, "%zu characteristic roots of %zu loop%s.", roots,
                 loops, loops == 1 ? "" : "s");
    return figure_make(folder, &(figure){ .script = along ? "locus" : "plane",
                                          .title = "Characteristic roots",
                                          .caption = caption });
}

tg_status
hunt_deliver(hunt *h)
{
    const char  *folder = results_folder(h->a);
    const size_t rows = tg_table_rows(h->table);
    const int    locus = h->along.values.count > 0;
    tg_table    *table = h->table;
    tg_status    drawn = TG_OK; /* without figures the tables are kept all the same */

    stop_saving();
    if (folder) {
        h->table = NULL;
        TG_TRY(table_write(h->a, locus ? "locus" : "roots", table));
        if (locus) TG_TRY(deliver_axis(h));
        drawn = rows ? draw(folder, rows, h->number, locus ? h->along.path : NULL) : TG_OK;
        TG_TRY(results_keep(h->a));
    } else if (!given(h->a, "json")) {
        table_print(table);
    }
    if (given(h->a, "json")) TG_TRY(deliver_json(h));
    return drawn;
}
