#include "study/root_rows.h"

#include "study/say.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const tg_column tg_root_columns[] = {
    { "loop", "", "which characteristic equation", true },
    { "number", "", "its number", false },
    { "value", "", "of the setting --along; nan: none is varied", false },
    { "re", "1/time", "real part", false },
    { "im", "1/time", "imaginary part", false },
    { "multiplicity", "", "", false },
    { "residual", "1/time", "size of the characteristic function there", false },
    { "left", "1/time", "left end of where roots were looked for", false },
    { "level", "",
      "exact or renewal: of these workers; sde: of very many; given: of the loop or system",
      true },
};
_Static_assert(sizeof tg_root_columns / sizeof *tg_root_columns == TG_ROOT_COLUMNS, "");

static tg_status
read_rectangle(const tg_ask *ask, tg_region *out)
{
    const char *text = tg_ask_value(ask, "inside");
    char        rest[2] = "";

    if (sscanf(text, "%lf:%lf:%lf:%lf%1s", &out->left, &out->right, &out->bottom, &out->top,
               rest) == 4)
        return TG_OK;
    return tg_fail(TG_EINPUT, "--inside: expected LEFT:RIGHT:BOTTOM:TOP, got \"%s\"", text);
}

tg_status
tg_hunt_open(const tg_ask *ask, tg_hunt *h)
{
    *h = (tg_hunt){ .ask = ask,
                    .line_given = tg_ask_given(ask, "right-of"),
                    .inside_given = tg_ask_given(ask, "inside"),
                    .prove = tg_ask_given(ask, "rigorous"),
                    .value = NAN };
    if (tg_ask_given(ask, "level"))
        TG_TRY(tg_level_find(tg_ask_value(ask, "level"), &h->level));
    if (h->line_given && h->inside_given)
        return tg_fail(TG_EINPUT, "--right-of and --inside exclude each other");
    TG_TRY(tg_ask_number(ask, "right-of", &h->line));
    if (h->inside_given) TG_TRY(read_rectangle(ask, &h->inside));
    if (tg_ask_given(ask, "along"))
        TG_TRY(tg_axis_read("along", tg_ask_value(ask, "along"), &h->along));
    TG_TRY(tg_ask_table(ask, NULL, tg_root_columns, TG_ROOT_COLUMNS, &h->table));
    h->loops = json_array();
    return h->loops ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

void
tg_hunt_close(tg_hunt *h)
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
contour_text(const tg_region *c, char *out, size_t room)
{
    if (isfinite(c->right))
        snprintf(out, room, "in [%g, %g] x [%g, %g]", c->left, c->right, c->bottom, c->top);
    else
        snprintf(out, room, "right of %g", c->left);
}

/* Roots that are on the line asked for, as far as rounding tells. */
static size_t
on_line(const tg_roots *r)
{
    const double line = r->certificate.contour.left + r->certificate.moved;
    size_t       n = 0;

    for (size_t i = 0; i < r->count; i++)
        if (fabs(creal(r->root[i].s) - line) <= 1e-14 * cabs(r->root[i].s))
            n += r->root[i].multiplicity;
    return n;
}

static void
moved_text(const tg_roots *r, char *out, size_t room)
{
    const tg_certificate *c = &r->certificate;

    if (isfinite(c->contour.right))
        snprintf(out, room, "; the rectangle's edges were moved by %.1e off a root",
                 c->moved);
    else
        snprintf(
            out, room,
            "; the line was moved by %.1e off a root: to rounding %zu of them are on it, "
            "neither right nor left",
            c->moved, on_line(r));
}

/* In a sentence. */
static void
announce(const tg_hunt *h, const char *name, const char *level, const tg_roots *r,
         const char *proof)
{
    const tg_certificate *c = &r->certificate;
    const tg_page        *page = &h->ask->words;
    char text[1000], where[120], residual[80] = "", moved[160] = "", of[40] = "";

    if (!page->stream || h->along.values.count) return;
    contour_text(&c->contour, where, sizeof where);
    if (strcmp(level, "given") != 0) snprintf(of, sizeof of, ", level %s", level);
    if (c->found)
        snprintf(residual, sizeof residual, "; largest residual %.1e, backward error %.1e",
                 c->residual, c->backward);
    if (c->moved > 0) moved_text(r, moved, sizeof moved);
    snprintf(text, sizeof text, "%s: %zu root%s %s, found and counted (%s)%s%s%s%s%s", name,
             c->found, c->found == 1 ? "" : "s", where, c->method, of, residual,
             *proof ? "; " : "", proof, moved);
    tg_say_wrapped(page, text, 2);
}

tg_status
tg_hunt_record(tg_hunt *h, const char *name, const char *level, const tg_roots *r,
               const char *proof)
{
    const tg_certificate *c = &r->certificate;

    h->number++;
    for (size_t i = 0; i < r->count; i++)
        TG_TRY(tg_table_add(
            h->table,
            (tg_cell[]){ TG_TEXT(name), TG_NUMBER((double)h->number), TG_NUMBER(h->value),
                         TG_NUMBER(creal(r->root[i].s)), TG_NUMBER(cimag(r->root[i].s)),
                         TG_NUMBER((double)r->root[i].multiplicity),
                         TG_NUMBER(r->root[i].residual), TG_NUMBER(c->contour.left),
                         TG_TEXT(level) }));
    json_t *loop = json_pack("{s:s, s:s, s:o, s:I, s:o}", "loop", name, "level", level,
                             "roots", json_of_roots(r), "count", (json_int_t)c->found,
                             "certificate", json_of_certificate(c));
    if (loop && *proof) json_object_set_new(loop, "proof", json_string(proof));
    if (loop && h->along.values.count)
        json_object_set_new(loop, "value", tg_json_number(h->value));
    if (!loop || json_array_append_new(h->loops, loop))
        return tg_fail(TG_ENOMEM, "out of memory");
    announce(h, name, level, r, proof);
    return TG_OK;
}

/* One loop is the document itself, as documented; several are a list of such. */
static tg_status
write_document(const tg_hunt *h, char **out)
{
    if (json_array_size(h->loops) == 1 && !h->along.values.count)
        return tg_json_dump(json_incref(json_array_get(h->loops, 0)), out);
    json_t *document = json_pack("{s:O}", "loops", h->loops);
    if (document && h->along.values.count)
        json_object_set_new(document, "along", json_string(h->along.path));
    return tg_json_dump(document, out);
}

static tg_status
add_axis(const tg_hunt *h, tg_answer *out)
{
    tg_table *t;

    TG_TRY(tg_ask_table(h->ask, NULL, tg_axis_columns, TG_AXIS_COLUMNS, &t));
    tg_answer_add(out, "axes", t);
    return tg_axis_add(t, "along", &h->along);
}

tg_status
tg_hunt_answer(tg_hunt *h, tg_answer *out)
{
    const bool locus = h->along.values.count > 0;

    TG_TRY(write_document(h, &out->document));
    tg_answer_add(out, locus ? "locus" : "roots", h->table);
    h->table = NULL;
    return locus ? add_axis(h, out) : TG_OK;
}
