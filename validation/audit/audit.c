/* audit: random studies, their predictions held against simulation, claim by claim
 *
 *     audit --study K     the study as YAML, and its claims
 *     audit --row K       its claims as lines for --table
 *     audit --unanswered K   its line if it gives no answer
 *     audit --table       lines on stdin to claims.md on stdout
 *     audit --failures    lines on stdin to failures by regime, with their count
 *
 * with --seed S (1), --work W (1.6e9 updates times modes + 3) and --folder DIR for traces (/tmp).
 */
#include "validation/audit/trial.h"

#include "core/version.h"

static const char *const p_bands[] = { "1", "2-5", "6-19", "20-99", "100-500" };
static const char *const cv_bands[] = { "<= 1/2", "1/2-1", "> 1" };
static const char *const distances[] = { "< 1/2", "1/2-0.8", "0.8-0.9", "> 0.9" };
enum { P_BANDS = 5, CV_BANDS = 3, DISTANCES = 4, RULES = 2, WORDS = 4, KINDS = 7 };
static const char *const words[] = { "holds", "fails", "undecided", "unanswered" };
static const char *const rules[] = { "asgd", "dude" };
static const char *const kinds[] = { "converges",      "loss at the horizon",
                                     "time to target", "floor",
                                     "fixed point",    "converges below",
                                     "converges above" };

static size_t
band(double x, const double *edge, size_t n)
{
    size_t i = 0;

    while (i < n && !(x < edge[i])) i++;
    return i;
}

/* ---- one study ----------------------------------------------------------------------- */

/* index, workers, cv, rule, gain / limit of the mean square, claim, predicted, simulated, error,
 * model_error, z, level, judgement */
static void
print_row(uint64_t index, const trial *t, const tg_claim *c, const char *word)
{
    tg_delay *delay = NULL;

    must(tg_cluster_delay(t->cluster, &delay));
    printf("%llu\t%zu\t%.4g\t%s\t%.4g\t%s\t%.6g\t%.6g\t%.3g\t%.3g\t%.3g\t%s\t%s\n",
           (unsigned long long)index, t->cluster->workers, tg_delay_cv(delay),
           t->algorithm->name,
           t->prediction ? t->prediction->gain / t->prediction->threshold_square
                         : (double)NAN,
           c->name, c->predicted, c->simulated, c->error, c->model_error, c->z,
           c->level ? c->level : "-", word);
    tg_delay_free(delay);
}

static void
print_rows(uint64_t index, const trial *t)
{
    const tg_claim none = { .name = "converges" };

    if (!t->prediction) print_row(index, t, &none, "unanswered");
    for (size_t i = 0; i < t->claims; i++)
        print_row(index, t, &t->claim[i], tg_judgement_name(t->claim[i].judgement));
}

static void
print_claims(const trial *t)
{
    printf("replicas: %zu\n", t->replicas);
    if (!t->prediction) {
        printf("no prediction: %s\n", t->failure);
        return;
    }
    printf("gain %.4g of %.4g +- %.2g, %s, level %s\n", t->prediction->gain,
           t->prediction->threshold_square, t->prediction->threshold_error,
           tg_outcome_name(t->prediction->outcome), tg_level_name(t->prediction->level));
    printf("%-22s %13s %13s %10s %10s %8s\n", "claim", "predicted", "simulated", "s.e.",
           "model", "z");
    for (size_t i = 0; i < t->claims; i++) {
        const tg_claim *c = &t->claim[i];
        printf("%-22s %13.6g %13.6g %10.2g %10.2g %8.3g  %s\n", c->name, c->predicted,
               c->simulated, c->error, c->model_error, c->z,
               tg_judgement_name(c->judgement));
    }
}

/* ---- tables -------------------------------------------------------------------------- */

typedef struct line {
    unsigned long long index;
    unsigned long      workers;
    double             cv, distance, predicted, simulated, error, model_error, z;
    char               rule[16], claim[32], level[16], word[16];
    size_t             p, c, d, r, w, k; /* bands, rule, word, kind */
} line;

static size_t
place(const char *word, const char *const *list, size_t n)
{
    size_t i = 0;

    while (i + 1 < n && strcmp(word, list[i])) i++;
    return i;
}

static bool
read_line(char *text, line *l)
{
    static const double workers[] = { 2, 6, 20, 100 }, cv[] = { 0.5, 1.0000001 },
                        far[] = { 0.5, 0.8, 0.9 };

    if (sscanf(text,
               "%llu\t%lu\t%lf\t%15[^\t]\t%lf\t%31[^\t]\t%lf\t%lf\t%lf\t%lf\t%lf\t%15[^\t]"
               "\t%15s",
               &l->index, &l->workers, &l->cv, l->rule, &l->distance, l->claim,
               &l->predicted, &l->simulated, &l->error, &l->model_error, &l->z, l->level,
               l->word) != 13)
        return false;
    l->p = band((double)l->workers, workers, 4);
    l->c = band(l->cv, cv, 2);
    l->d = band(l->distance, far, 3);
    l->r = place(l->rule, rules, RULES);
    l->w = place(l->word, words, WORDS);
    l->k = place(l->claim, kinds, KINDS);
    return true;
}

typedef struct counts {
    size_t kind[KINDS][WORDS], regime[P_BANDS][CV_BANDS][RULES][DISTANCES][WORDS];
    size_t up_to[WORDS]; /* steps up to .9 of the limit */
    size_t studies;
    line  *failed; /* (fails) */
    size_t fails;
} counts;

static void
count_lines(counts *n)
{
    char               text[512];
    unsigned long long last = ~0ull;
    line               l;

    while (fgets(text, sizeof text, stdin)) {
        if (!read_line(text, &l)) continue;
        n->studies += l.index != last;
        last = l.index;
        n->kind[l.k][l.w]++;
        n->up_to[l.w] += l.distance <= 0.9 && l.k != KINDS - 1;
        n->regime[l.p][l.c][l.r][l.d][l.w]++;
        if (l.w != TG_FAILS && l.w != WORDS - 1) continue;
        n->failed = realloc(n->failed, (n->fails + 1) * sizeof *n->failed);
        if (!n->failed) exit(1);
        n->failed[n->fails++] = l;
    }
}

static double
percent(const size_t of[WORDS], size_t word)
{
    return 100. * (double)of[word] / fmax((double)(of[0] + of[1] + of[2] + of[3]), 1);
}

static void
print_shares(const char *name, const size_t of[WORDS])
{
    printf("%s: %.2f %% fail or are unanswered, %.1f %% are undecided.\n", name,
           percent(of, TG_FAILS) + percent(of, WORDS - 1), percent(of, TG_OPEN));
}

static void
print_kinds(const counts *n)
{
    size_t all[WORDS] = { 0 };

    printf("| claim | holds | fails | undecided | unanswered |\n|---|---|---|---|---|\n");
    for (size_t k = 0; k < KINDS; k++) {
        printf("| %s |", kinds[k]);
        for (size_t w = 0; w < WORDS; w++) {
            printf(" %zu |", n->kind[k][w]);
            all[w] += n->kind[k][w];
        }
        printf("\n");
    }
    printf("| all | %zu | %zu | %zu | %zu |\n", all[0], all[1], all[2], all[3]);
    print_shares("\nOf all", all);
    print_shares("Of those for steps up to .9 of the limit of the mean square", n->up_to);
}

static void
print_regimes(const counts *n)
{
    printf("| P | CV | rule |");
    for (size_t d = 0; d < DISTANCES; d++) printf(" k/limit %s |", distances[d]);
    printf("\n|---|---|---|---|---|---|---|\n");
    for (size_t p = 0; p < P_BANDS; p++)
        for (size_t c = 0; c < CV_BANDS; c++)
            for (size_t r = 0; r < RULES; r++) {
                printf("| %s | %s | %s |", p_bands[p], cv_bands[c], rules[r]);
                for (size_t d = 0; d < DISTANCES; d++) {
                    const size_t *w = n->regime[p][c][r][d];
                    const size_t  fails = w[TG_FAILS] + w[WORDS - 1];
                    printf(fails ? " %zu/**%zu**/%zu |" : " %zu/%zu/%zu |", w[TG_HOLDS],
                           fails, w[TG_OPEN]);
                }
                printf("\n");
            }
}

static void
print_table(const counts *n, unsigned long long seed)
{
    printf(
        "# Predictions against simulation over random studies\n\n"
        "Made by `make audit`: tardigrad %s, seed %llu, %zu studies with claims drawn by "
        "`validation/audit/draw.h`.\nA claim holds, fails or is undecided as "
        "`asgd/theory/compare.h` says; unanswered: no prediction, or\nnot within the time "
        "allowed. `build/cc/validation/audit/audit --seed %llu --study K` repeats one.\n\n",
        TG_VERSION, seed, n->studies, seed);
    print_kinds(n);
    printf("\n## By regime: held / failed / undecided\n\n");
    print_regimes(n);
    printf(
        "\n## What failed\n\n| study | P | CV | rule | k/limit | claim | level | predicted "
        "| simulated | s.e. | model error | z |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < n->fails; i++) {
        const line *l = &n->failed[i];
        printf("| %llu | %lu | %.3g | %s | %.3g | %s%s | %s | %.4g | %.4g | %.2g | %.2g | "
               "%.3g |\n",
               l->index, l->workers, l->cv, l->rule, l->distance, l->claim,
               l->w == TG_FAILS ? "" : ": unanswered", l->level, l->predicted, l->simulated,
               l->error, l->model_error, l->z);
    }
}

static void
print_failures(const counts *n)
{
    for (size_t p = 0; p < P_BANDS; p++)
        for (size_t c = 0; c < CV_BANDS; c++) {
            size_t fails = 0;
            for (size_t i = 0; i < n->fails; i++)
                fails += n->failed[i].p == p && n->failed[i].c == c;
            if (fails) printf("P %s, CV %s: %zu\n", p_bands[p], cv_bands[c], fails);
        }
}

/* ---- the command --------------------------------------------------------------------- */

static void
try_one(unsigned long long seed, unsigned long long index, const char *folder, double work,
        const char *mode)
{
    draw  d;
    trial t;

    check_laws();
    draw_study(&d, seed, index, folder);
    trial_open(&t, d.text, work);
    if (!strcmp(mode, "--study")) printf("%s\n", d.text);
    fflush(stdout);
    if (strcmp(mode, "--unanswered")) {
        trial_predict(&t);
        trial_run(&t);
    }
    if (!strcmp(mode, "--study"))
        print_claims(&t);
    else
        print_rows(index, &t);
    trial_close(&t);
}

int
main(int argc, char **argv)
{
    const char        *mode = "", *folder = "/tmp";
    unsigned long long seed = 1, index = 0;
    double             work = 1.6e9;
    bool               one = false;
    counts             n = { .studies = 0 };

    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(argv[i], "--seed")) seed = strtoull(value, NULL, 10);
        if (!strcmp(argv[i], "--work")) work = strtod(value, NULL);
        if (!strcmp(argv[i], "--folder")) folder = value;
        if (!strcmp(argv[i], "--study") || !strcmp(argv[i], "--row") ||
            !strcmp(argv[i], "--unanswered")) {
            one = true;
            mode = argv[i];
            index = strtoull(value, NULL, 10);
        }
        if (!strcmp(argv[i], "--table") || !strcmp(argv[i], "--failures")) mode = argv[i];
    }
    if (one) {
        try_one(seed, index, folder, work, mode);
        return 0;
    }
    count_lines(&n);
    if (!strcmp(mode, "--table"))
        print_table(&n, seed);
    else
        print_failures(&n);
    free(n.failed);
    return 0;
}
