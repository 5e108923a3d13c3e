/* The gain at which few workers lose the mean square, of laws that are not of phase type: theory fits its
 * constants to such limits (THEORY 3.6), so these are of other laws. Measured by cloning: copies of a mode
 * without noise, which every half job are drawn again in proportion to their squares and scaled back, so that
 * the few that carry E x^2 are many; its growth is the mean of the logarithm of what they had grown by
 * (Grassberger 2002). The zero over the gain is a straight line's through eight gains around it.
 * Negative control: the threshold of very many workers, with the same stated error, must fail. */
#include "validation/versus/versus.h"

#include "core/rng.h"

enum { MOST = 4, COPIES = 4000, HALVES = 240, GAINS = 8 };

typedef struct cell {
    const char *law;
    size_t      workers;
    double      limit, error; /* as measured */
} cell;

/* A server and its workers: what each has read, and how long it still takes. */
typedef struct copy {
    double x, read[MOST], left[MOST];
} copy;

typedef struct herd {
    const tg_delay *law;
    size_t          workers;
    double          step;
    tg_rng          draw;
    copy           *now, *next; /* (COPIES) */
    double         *square;     /* (COPIES) */
} herd;

/* Staggered: at a time between twenty and forty jobs after all have begun. */
static void
begin(herd *h)
{
    const double mean = tg_delay_mean(h->law);

    for (size_t i = 0; i < COPIES; i++) {
        h->now[i].x = 1;
        for (size_t w = 0; w < h->workers; w++) {
            double t = -mean * 20 * (1 + tg_rng_uniform(&h->draw));
            while (t <= 0) t += tg_delay_sample(h->law, &h->draw);
            h->now[i].read[w] = 1;
            h->now[i].left[w] = t;
        }
    }
}

static void
move(herd *h, copy *c, double time)
{
    for (;;) {
        size_t first = 0;
        for (size_t w = 1; w < h->workers; w++)
            if (c->left[w] < c->left[first]) first = w;
        if (c->left[first] > time) break;
        c->x -= h->step * c->read[first];
        c->read[first] = c->x;
        c->left[first] += tg_delay_sample(h->law, &h->draw);
    }
    for (size_t w = 0; w < h->workers; w++) c->left[w] -= time;
}

static double
square_of(const herd *h, const copy *c)
{
    double sum = c->x * c->x;

    for (size_t w = 0; w < h->workers; w++)
        sum += c->read[w] * c->read[w] / (double)h->workers;
    return sum;
}

/* As many copies of each as its share of all squares, each scaled back to a square of 1. */
static void
draw_again(herd *h, double all)
{
    const double start = tg_rng_uniform(&h->draw);
    double       before = 0;
    size_t       i = 0;

    for (size_t k = 0; k < COPIES; k++) {
        const double at = (start + (double)k) / COPIES * all;
        while (i + 1 < COPIES && before + h->square[i] < at) before += h->square[i++];
        const double scale = 1 / sqrt(h->square[i]);
        h->next[k] = h->now[i];
        h->next[k].x *= scale;
        for (size_t w = 0; w < h->workers; w++) h->next[k].read[w] *= scale;
    }
    copy *const last = h->now;
    h->now = h->next;
    h->next = last;
}

/* Of E x^2, per job. */
static double
growth(herd *h, double gain, uint64_t seed)
{
    const double half = tg_delay_mean(h->law) / 2;
    double       sum = 0;
    size_t       used = 0;

    h->step = gain / (double)h->workers;
    h->draw = tg_rng_stream(seed, TG_PURPOSE_TEST, 0);
    begin(h);
    for (size_t k = 0; k < HALVES; k++) {
        double all = 0;
        for (size_t i = 0; i < COPIES; i++) {
            move(h, &h->now[i], half);
            all += h->square[i] = square_of(h, &h->now[i]);
        }
        if (k >= HALVES / 4) {
            sum += log(all / COPIES);
            used++;
        }
        draw_again(h, all);
    }
    return 2 * sum / (double)used;
}

/* From gains within `wide` of the guess; *error: by what the line leaves. */
static double
zero_near(herd *h, double guess, double wide, double *error)
{
    double x[GAINS], y[GAINS], sx = 0, sy = 0, sxx = 0, sxy = 0, left = 0;

    for (int i = 0; i < GAINS; i++) {
        x[i] = wide * (2. * i / (GAINS - 1) - 1);
        y[i] = growth(h, guess * (1 + x[i]), (uint64_t)i + 1);
        sx += x[i];
        sy += y[i];
        sxx += x[i] * x[i];
        sxy += x[i] * y[i];
    }
    const double slope = (GAINS * sxy - sx * sy) / (GAINS * sxx - sx * sx);
    const double level = (sy - slope * sx) / GAINS;
    for (int i = 0; i < GAINS; i++) left += pow(y[i] - level - slope * x[i], 2);
    *error = guess * sqrt(left / (GAINS - 2) / GAINS) / slope;
    return guess * (1 - level / slope);
}

static tg_status
measure(size_t index, size_t thread, void *context)
{
    cell     *c = (cell *)context + index;
    tg_delay *law;
    herd      h = { .workers = c->workers,
                    .now = calloc(COPIES, sizeof *h.now),
                    .next = calloc(COPIES, sizeof *h.next),
                    .square = calloc(COPIES, sizeof *h.square) };

    (void)thread;
    must(tg_delay_parse(c->law, &law));
    h.law = law;
    c->limit = zero_near(&h, 2.5, 0.25, &c->error);
    c->limit = zero_near(&h, c->limit, 0.06, &c->error);
    tg_delay_free(law);
    free(h.now);
    free(h.next);
    free(h.square);
    return TG_OK;
}

/* What is predicted of the cell's workers and of very many. */
static void
predict(const cell *c, double *limit, double *stated, double *many)
{
    double         h = 1, zero = 0, one = 1;
    const tg_modes m = {
        .count = 1, .h = &h, .start = &zero, .sigma2 = &one, .shift = &zero, .spread = &zero
    };
    const tg_predict_plan plan = { .target = NAN };
    tg_cluster           *cluster = cluster_of(c->law, c->workers);
    tg_prediction        *p = NULL;

    must(tg_predict(&m, cluster, &tg_asgd, 0.5 / (double)c->workers, &plan, &p));
    *limit = p->threshold_square;
    *stated = p->threshold_error;
    *many = p->threshold;
    tg_prediction_free(p);
    tg_cluster_free(cluster);
}

static bool
fails(const cell *c, double value, double stated)
{
    tg_claim claim = {
        .predicted = value, .simulated = c->limit, .error = c->error, .model_error = stated
    };

    tg_claim_judge(&claim);
    return claim.judgement == TG_FAILS;
}

int
main(void)
{
    static const char *const law[] = { "{law: gamma, shape: 3.3, mean: 1}",
                                       "{law: lognormal, mean: 1, cv: 0.7}",
                                       "{law: weibull, shape: 1.3, mean: 1}",
                                       "{law: uniform, min: 0.3, max: 1.7}" };
    enum { LAWS = 4, COUNTS = 3, CELLS = LAWS * COUNTS };
    cell cells[CELLS];
    int  bad = 0, controls = 0;

    for (int i = 0; i < CELLS; i++)
        cells[i] = (cell){ law[i / COUNTS], (size_t)(i % COUNTS) + 2, NAN, NAN };
    must(tg_parallel_run(CELLS, 0, measure, cells, NULL));
    claims_header();
    for (int i = 0; i < CELLS; i++) {
        const cell *c = &cells[i];
        double      limit, stated, many;
        char        where[80];
        predict(c, &limit, &stated, &many);
        snprintf(where, sizeof where, "%zu workers, %s", c->workers, c->law);
        bad |= claim_row("limit of the mean square", where, limit, stated, c->limit,
                         c->error, "renewal");
        controls += fails(c, many, stated);
    }
    printf("the threshold of very many workers fails %d times of %d\n", controls, CELLS);
    return bad || controls < CELLS / 2;
}
