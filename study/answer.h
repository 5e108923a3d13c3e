/* answer: a question, the text of a study and options in; tables, or JSON text, out
 *
 * On it stand the command's --json and the bindings to other languages, so that both give
 * the same bytes. An answerer is a described function in a registry; a new one is a line
 * in study/answer.c.
 */
#ifndef TG_STUDY_ANSWER_H
#define TG_STUDY_ANSWER_H

#include "asgd/theory/compare.h"
#include "study/plan.h"

enum { TG_MOST_TABLES = 6 }; /* with the end of a list of them */

/* What came out: tables by name, the first of which carries the provenance. */
typedef struct tg_answer {
    const char *name[TG_MOST_TABLES];
    tg_table   *table[TG_MOST_TABLES];
    size_t      tables;
    tg_tally    tally; /* of claims */
    tg_status ended; /* TG_OK; else less is here than was asked for: TG_ESTOP, TG_ENOCONV */
    char      why[200]; /* and the sentence that says so */
    char     *document; /* JSON text of it, where that is not its tables; owned */
    char     *words;    /* the sentences, where they were asked for as text; owned */
} tg_answer;

/* A table that an answer has, for the words of its columns. */
typedef struct tg_answer_table {
    const char      *name;
    const tg_column *columns;
    size_t           count;
} tg_answer_table;

typedef struct tg_answerer {
    tg_manual       is;
    tg_answer_table tables[TG_MOST_TABLES]; /* in their order; ends with name NULL */
    bool            study;                  /* needs one ... */
    bool            untuned; /* ... with the steps left open that it leaves open */
    bool            perhaps; /* takes a study, or does without */
    const char     *with;    /* the option with which its file is a study; NULL: none */
    /* Fill an empty answer; study is NULL where none is given. */
    tg_status (*answer)(const tg_ask *ask, const tg_study *study, tg_answer *out);
    /* What is many in it, of which ask->records may have some; NULL: nothing. */
    tg_status (*plan)(const tg_ask *ask, const tg_study *study, tg_plan *out);
} tg_answerer;

extern const tg_answerer tg_answer_predict, tg_answer_simulate, tg_answer_validate,
    tg_answer_explain, tg_answer_roots, tg_answer_region, tg_answer_schedule,
    tg_answer_integrate, tg_answer_slowdown, tg_answer_live, tg_answer_fit,
    tg_answer_calibrate, tg_answer_spectrum;
extern const tg_answerer *const tg_answerers[]; /* NULL-terminated */

/* The answerer of that name. Errors: TG_EINPUT there is none, with the nearest. */
TG_CHECKED tg_status tg_answerer_find(const char *name, const tg_answerer **out);

/* Answer; ask->line NULL: it is made from the question. Owner of the tables: the caller,
 * tg_answer_free(). Errors: those of the answerer; what is less than was asked for is not
 * lost: TG_OK, and out->ended says why. */
TG_CHECKED tg_status tg_answer_ask(const tg_answerer *of, tg_ask ask, const tg_study *study,
                                   tg_answer *out);
void                 tg_answer_free(tg_answer *a);

/* Whether what this question reads is a study. */
bool tg_answerer_reads_study(const tg_answerer *of, const tg_ask *ask);

/* Add a table to an answer; takes it. */
void tg_answer_add(tg_answer *a, const char *name, tg_table *table);

/* Say why less is here than was asked for. */
void tg_answer_end(tg_answer *a, tg_status ended, const char *format, ...) TG_FORMAT(3, 4);

/* The answer as JSON text: its document, or {"provenance": {...}, NAME: [{column: value,
 * ...}, ...], ...}, with a line end; numbers as study/json.h says: null is not known,
 * "Infinity" never or without limit. Owner of *out: the caller, free() or tg_answer_text_free(). Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_answer_json(const tg_answer *a, char **out);

/* All in one call, for bindings.
 *   command   name of an answerer, "predict"
 *   study     YAML or JSON text; NULL: `operand` is the file to read, or none is needed
 *   operand   its name in complaints and provenance, files named in it are relative to
 *             it; a path for fit and spectrum; NULL: "study"
 *   option    (options) "file=b.csv", one more file to read, for fit; "level=sde", "single-run", "set=horizon=10"; "words": the
 *             sentences of the terminal too, as a text "words" of the document
 *   listener  hears what is to be said beside it; NULL: nobody
 *   json      receives the text; unchanged on failure. Owner: the caller,
 *             tg_answer_text_free()
 * Errors: those of the answerer, of the study and of the options, with the sentence that
 * the command says (tg_message()); out->ended, where less is there than was asked for. */
TG_CHECKED tg_status tg_answer_text(const char *command, const char *study,
                                    const char *operand, const char *const *option,
                                    size_t options, const tg_listener *listener,
                                    char **json);
void                 tg_answer_text_free(char *text);

/* What can be asked, as JSON text: a list of {"name", "operands", "summary", "doc",
 * "study": true where it takes one, "perhaps": true where it does without too, "with": the option
 * with which its file is one, "options": [{"name", "value", "doc"}], "tables":
 * {NAME: [{"name", "unit", "doc"}]}}. Owner of *out: the caller, tg_answer_text_free().
 * Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_answer_manuals(char **out);

#endif
