/* ensemble_figures: paths in time and hitting times of integrate; eigenvalues of spectrum */
#include "cli/answer_figures.h"
#include "cli/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- integrate ------------------------------------------------------------------------- */

static const char *
note(const tg_table *t, const char *key)
{
    const char *text = tg_table_find_note(t, key);

    return text ? text : "";
}

/* Columns of hitting.csv. */
enum { TIME, SHARE };

/* The first of its times by which half are there; NaN: never. */
static double
median_of(const tg_table *t)
{
    for (size_t i = 0; i < tg_table_rows(t); i++)
        if (tg_table_number(t, i, SHARE) >= 0.5 - 1e-9) return tg_table_number(t, i, TIME);
    return NAN;
}

static tg_status
draw_hitting(const arguments *a, const tg_table *t)
{
    const double median = median_of(t);
    char         caption[500], half[60] = "";

    if (isfinite(median)) snprintf(half, sizeof half, "; half have by t = %.4g", median);
    snprintf(
        caption, sizeof caption,
        "Share of the paths that %s the level of %.6g by t: %.250s%s; the band is that "
        "of 95 %%.",
        given(a, "settle") ? "stay at" : "have reached", strtod(note(t, "level"), NULL),
        note(t, "summary"), half);
    return figure_make(results_folder(a), &(figure){ .script = "hitting",
                                                     .title = "When the level is reached",
                                                     .caption = caption });
}

/* Columns of ensemble.csv. */
enum { MEAN = 1, MEAN_ERROR, PREDICTED_MEAN = 9 };

static tg_status
draw_paths(const arguments *a, const tg_table *t)
{
    const size_t last = tg_table_rows(t) - 1;
    const bool   predicted = tg_table_columns(t) > PREDICTED_MEAN &&
                           isfinite(tg_table_number(t, last, PREDICTED_MEAN));
    const bool loss = !strcmp(note(t, "shown"), "loss");
    char       caption[500], line[80] = "";

    if (predicted)
        snprintf(line, sizeof line, " (the equation's own: %.3g, line)",
                 tg_table_number(t, last, PREDICTED_MEAN));
    snprintf(caption, sizeof caption,
             "%s of %.20s paths: the mean (dots, with two standard errors) ends at %.3g ± "
             "%.2g%s; half of the paths lie in the dark band, nine tenths in the pale one.",
             loss ? "Excess loss" : "X", note(t, "paths"), tg_table_number(t, last, MEAN),
             2 * tg_table_number(t, last, MEAN_ERROR), line);
    return figure_make(results_folder(a),
                       &(figure){ .script = "ensemble",
                                  .labels = loss ? predicted ? "loss predicted" : "loss"
                                            : predicted ? "X predicted"
                                                        : "X",
                                  .title = "Paths of the delay equation",
                                  .caption = caption });
}

tg_status
draw_ensemble(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    const tg_table *t = answer->table[0];

    (void)study;
    if (tg_table_rows(t) == 0) return figure_none(results_folder(a), note(t, "summary"));
    return given(a, "hit") ? draw_hitting(a, t) : draw_paths(a, t);
}

/* ---- spectrum -------------------------------------------------------------------------- */

/* Columns of spectrum.csv. */
enum { STEP, EIGENVALUES, LARGEST, LEAST, NEGATIVE, STEP_LIMIT = 6, OWN = 8 };

static tg_status
draw_sharpness(const arguments *a, const tg_table *t)
{
    const size_t last = tg_table_rows(t) - 1;
    const double own = tg_table_number(t, last, OWN);
    char         caption[400], beside[80] = "";

    if (!isnan(own)) snprintf(beside, sizeof beside, "; the study's own is %.4g", own);
    snprintf(caption, sizeof caption,
             "The largest eigenvalue goes from %.4g to %.4g over %zu checkpoints, and the "
             "largest stable learning rate from %.4g to %.4g%s.",
             tg_table_number(t, 0, LARGEST), tg_table_number(t, last, LARGEST), last + 1,
             tg_table_number(t, 0, STEP_LIMIT), tg_table_number(t, last, STEP_LIMIT),
             beside);
    return figure_make(results_folder(a), &(figure){ .script = "sharpness",
                                                     .title = "Curvature in training",
                                                     .caption = caption });
}

tg_status
draw_spectrum(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    const tg_table *t = answer->table[0];
    const size_t    last = tg_table_rows(t) - 1;
    const bool      density = !strcmp(note(t, "kind"), "density");
    const bool      ends = !strcmp(note(t, "kind"), "ends");
    char            caption[400], negative[80] = ", from both ends of the spectrum";

    if (!ends)
        snprintf(negative, sizeof negative, "; %.3g %% are negative%s",
                 100 * tg_table_number(t, last, NEGATIVE), density ? "" : " (crosses)");
    (void)study;
    if (!(tg_table_number(t, last, LARGEST) > 0))
        return figure_none(
            results_folder(a),
            "No eigenvalue is positive: no step is unstable, and nothing settles.");
    snprintf(caption, sizeof caption, "%g %s%s, from %.4g down to %.4g%s.",
             tg_table_number(t, last, EIGENVALUES),
             density ? "nodes of the density of eigenvalues" : "eigenvalues",
             last ? " at the last checkpoint (faint: the first)" : "",
             tg_table_number(t, last, LARGEST), tg_table_number(t, last, LEAST), negative);
    TG_TRY(figure_make(results_folder(a),
                       &(figure){ .script = "spectrum",
                                  .labels = density ? "density" : "eigenvalues",
                                  .title = "Eigenvalues of the Hessian",
                                  .caption = caption }));
    return last > 0 ? draw_sharpness(a, t) : TG_OK;
}
