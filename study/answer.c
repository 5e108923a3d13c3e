#include "study/answer.h"

#include "core/node.h"
#include "study/json.h"
#include "study/open.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const tg_answerer *const tg_answerers[] = { &tg_answer_predict,  &tg_answer_explain,
                                            &tg_answer_roots,    &tg_answer_region,
                                            &tg_answer_schedule, &tg_answer_integrate,
                                            &tg_answer_simulate, &tg_answer_validate,
                                            &tg_answer_slowdown, &tg_answer_live,
                                            &tg_answer_fit,      &tg_answer_calibrate,
                                            &tg_answer_spectrum, NULL };

tg_status
tg_answerer_find(const char *name, const tg_answerer **out)
{
    const char *known[sizeof tg_answerers / sizeof *tg_answerers];
    size_t      n = 0;

    for (const tg_answerer *const *a = tg_answerers; *a; a++) {
        known[n++] = (*a)->is.name;
        if (strcmp((*a)->is.name, name) != 0) continue;
        *out = *a;
        return TG_OK;
    }
    const char *near = tg_nearest(name, known, n);
    return tg_fail(TG_EINPUT, "there is no answer to \"%.60s\"%s%s", name,
                   near ? ", did you mean " : "", near ? near : "");
}

bool
tg_answerer_reads_study(const tg_answerer *of, const tg_ask *ask)
{
    return of->study || (of->perhaps && ask->operand) ||
           (of->with && tg_ask_given(ask, of->with));
}

void
tg_answer_add(tg_answer *a, const char *name, tg_table *table)
{
    a->name[a->tables] = name;
    a->table[a->tables++] = table;
}

void
tg_answer_end(tg_answer *a, tg_status ended, const char *format, ...)
{
    va_list args;

    a->ended = ended;
    va_start(args, format);
    vsnprintf(a->why, sizeof a->why, format, args);
    va_end(args);
}

void
tg_answer_free(tg_answer *a)
{
    for (size_t i = 0; i < a->tables; i++) tg_table_free(a->table[i]);
    free(a->document);
    free(a->words);
    *a = (tg_answer){ 0 };
}

tg_status
tg_answer_ask(const tg_answerer *of, tg_ask ask, const tg_study *study, tg_answer *out)
{
    tg_answer answer = { 0 };
    char     *line = ask.line ? NULL : tg_ask_line(&ask);

    if (!ask.line && !line) return tg_fail(TG_ENOMEM, "out of memory");
    if (line) ask.line = line;
    const tg_status status = of->answer(&ask, study, &answer);
    free(line);
    if (status == TG_OK)
        *out = answer;
    else
        tg_answer_free(&answer);
    return status;
}

tg_status
tg_answer_json(const tg_answer *a, char **out)
{
    json_t *document = a->document ? json_loads(a->document, 0, NULL) : json_object();
    int     failed = document ? 0 : 1;

    if (!a->document && a->tables > 0)
        failed |= json_object_set_new(document, "provenance", tg_json_notes(a->table[0]));
    for (size_t i = 0; i < a->tables && !a->document; i++)
        failed |= json_object_set_new(document, a->name[i], tg_json_rows(a->table[i]));
    if (a->words) failed |= json_object_set_new(document, "words", json_string(a->words));
    if (failed) {
        json_decref(document);
        document = NULL;
    }
    return tg_json_dump(document, out);
}

/* The study of a question that needs one. */
static tg_status
open_study(const tg_answerer *of, const tg_ask *ask, const char *text, tg_study **out)
{
    const char *name = ask->operand;

    if (!name) return tg_fail(TG_EINPUT, "expected a study, got none");
    if (of->untuned && text)
        return tg_study_parse_with(text, name, ask->set, ask->sets, out);
    if (of->untuned) return tg_study_read(name, ask->set, ask->sets, out);
    if (text)
        return tg_study_open_text(text, name, ask->set, ask->sets, ask->listener, out);
    return tg_study_open(name, ask->set, ask->sets, ask->listener, out);
}

/* The answer with its sentences as text. */
static tg_status
answer_with_words(const tg_answerer *of, tg_ask ask, const tg_study *study, tg_answer *out)
{
    char  *words = NULL;
    size_t size;

    ask.words = (tg_page){ open_memstream(&words, &size), TG_PAGE_COLUMNS };
    if (!ask.words.stream) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = tg_answer_ask(of, ask, study, out);
    if (fclose(ask.words.stream) != 0 && status == TG_OK) {
        tg_answer_free(out);
        status = tg_fail(TG_ENOMEM, "out of memory");
    }
    if (status == TG_OK)
        out->words = words;
    else
        free(words);
    return status;
}

static tg_status
answer_text(const tg_answerer *of, const tg_ask *ask, const char *text, bool words,
            char **json)
{
    tg_study *study = NULL;
    tg_answer answer = { 0 };

    if (tg_answerer_reads_study(of, ask)) TG_TRY(open_study(of, ask, text, &study));
    tg_status status = words ? answer_with_words(of, *ask, study, &answer)
                             : tg_answer_ask(of, *ask, study, &answer);
    tg_study_free(study);
    if (status == TG_OK && answer.ended) status = tg_fail(answer.ended, "%s", answer.why);
    if (status == TG_OK) status = tg_answer_json(&answer, json);
    tg_answer_free(&answer);
    return status;
}

/* "LOG...": more than one file. */
static bool
takes_several(const tg_answerer *of)
{
    const size_t n = strlen(of->is.operands);

    return n > 3 && !strcmp(of->is.operands + n - 3, "...");
}

/* Options into the question; `more` has room for all of them. */
static tg_status
take_options(const tg_answerer *of, const char *const *option, size_t options, tg_ask *ask,
             const char **more, bool *words)
{
    ask->more = more;
    for (size_t i = 0; i < options; i++)
        if (!strcmp(option[i], "words"))
            *words = true;
        else if (!strncmp(option[i], "file=", 5))
            more[ask->mores++] = option[i] + 5;
        else
            TG_TRY(tg_ask_option(ask, option[i]));
    if (ask->mores > 0 && !takes_several(of))
        return tg_fail(TG_EINPUT, "expected one file, got %zu", ask->mores + 1);
    return TG_OK;
}

tg_status
tg_answer_text(const char *command, const char *study, const char *operand,
               const char *const *option, size_t options, const tg_listener *listener,
               char **json)
{
    const tg_answerer *of = NULL;

    TG_TRY(tg_answerer_find(command, &of));
    tg_ask       ask = { .manual = &of->is,
                         .operand = study && !operand ? "study" : operand,
                         .listener = listener };
    const bool   takes = of->study || of->perhaps || of->with;
    bool         words = false;
    const char **more = malloc((options + 1) * sizeof *more);
    if (!more) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = take_options(of, option, options, &ask, more, &words);
    if (status == TG_OK && study && (!takes || !tg_answerer_reads_study(of, &ask)))
        status = tg_fail(TG_EINPUT, "%s takes no study", of->is.name);
    if (status == TG_OK && !takes && ask.sets > 0)
        status = tg_fail(TG_EINPUT, "--set does not apply to tardigrad %s", of->is.name);
    if (status == TG_OK) status = answer_text(of, &ask, study, words, json);
    free(more);
    return status;
}

/* ---- what can be asked --------------------------------------------------------------- */

static json_t *
json_of_options(const tg_option *o)
{
    json_t *list = json_array();

    for (; o && o->name; o++)
        json_array_append_new(list, json_pack("{s:s, s:s?, s:s}", "name", o->name, "value",
                                              o->value, "doc", o->doc));
    return list;
}

static json_t *
json_of_columns(const tg_answer_table *t)
{
    json_t *list = json_array();

    for (size_t i = 0; i < t->count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", t->columns[i].name,
                                              "unit", t->columns[i].unit, "doc",
                                              t->columns[i].doc));
    return list;
}

static json_t *
json_of_answerer(const tg_answerer *a)
{
    json_t *tables = json_object();

    for (const tg_answer_table *t = a->tables; t->name; t++)
        json_object_set_new(tables, t->name, json_of_columns(t));
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s?, s:o, s:o}", "name", a->is.name,
                     "operands", a->is.operands, "summary", a->is.summary, "doc", a->is.doc,
                     "study", a->study || a->perhaps, "perhaps", a->perhaps, "with",
                     a->with, "options", json_of_options(a->is.options), "tables", tables);
}

tg_status
tg_answer_manuals(char **out)
{
    json_t *list = json_array();

    for (const tg_answerer *const *a = tg_answerers; *a; a++)
        json_array_append_new(list, json_of_answerer(*a));
    return tg_json_dump(list, out);
}

void
tg_answer_text_free(char *text)
{
    free(text);
}
