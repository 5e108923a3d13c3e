/* Rules as matrices against the rules themselves, run as algorithms over every order in which
 * exponential workers can deliver (theory 3.3). */
#include "validation/unit/check.h"

#include "core/loop.h"
#include "solver/exponential_flow.h"

enum { STEPS = 10, MOST = 3 };

/* What is known of each rule by its definition, with its own number. */
typedef enum way {
    ASGD,
    DUDE,
    BALL,
    AHEAD,
    BUFFER,
    ROUNDS,
    ADAPTIVE,
    POLYNOMIAL,
    KOLOSKOVA,
    DROP
} way;

static const struct {
    const char *name;
    way         way;
    double      number;
} rule[] = { { "asgd", ASGD, 0 },
             { "dude", DUDE, 0 },
             { "heavy_ball", BALL, .7 },
             { "nesterov", AHEAD, .7 },
             { "fedbuff", BUFFER, 1 },
             { "fedbuff", BUFFER, 2 },
             { "fedbuff", BUFFER, 3 },
             { "k_batch_sync", ROUNDS, 1 },
             { "k_batch_sync", ROUNDS, 4 },
             { "delay_adaptive", ADAPTIVE, 0 },
             { "staleness_aware", POLYNOMIAL, 1 },
             { "polynomial", POLYNOMIAL, .6 },
             { "koloskova", KOLOSKOVA, .4 },
             { "drop", DROP, 1 },
             { "drop", DROP, 2 },
             { "drop", DROP, 5 } };
enum { RULES = sizeof rule / sizeof *rule };

/* A number as start, and each gradient's noise, make it: x = v[0] x0 + sum_k v[k] xi_k. */
typedef struct number {
    double v[2 * STEPS + MOST + 1];
} number;
enum { TERMS = 2 * STEPS + MOST + 1 };

static void
move(number *x, double by, const number *g)
{
    for (int i = 0; i < TERMS; i++) x->v[i] += by * g->v[i];
}

/* One run of the rule, as its definition says. */
typedef struct run {
    way    way;
    int    workers, noises, version, waiting;
    double eta, h, own;
    number x, held[MOST], slot[MOST], sum;
    int    read[MOST]; /* version */
} run;

static void
begin(run *r, way w, int workers, double eta, double h, double own)
{
    memset(r, 0, sizeof *r);
    r->way = w, r->workers = workers, r->eta = eta, r->h = h, r->own = own;
    r->x.v[0] = 1;
    for (int i = 0; i < workers; i++) {
        r->held[i] = r->x;
        move(&r->slot[i], h, &r->x);
        r->slot[i].v[++r->noises] = 1; /* slots hold gradients at the start */
    }
}

static void
deliver(run *r, int j)
{
    const int stale = r->version - r->read[j];
    number    g = { { 0 } };

    move(&g, r->h, &r->held[j]);
    g.v[++r->noises] = 1;
    switch (r->way) {
    case ASGD:
        move(&r->x, -r->eta, &g);
        break;
    case DUDE:
        r->slot[j] = g;
        for (int i = 0; i < r->workers; i++) move(&r->x, -r->eta / r->workers, &r->slot[i]);
        break;
    case BALL:
    case AHEAD: {
        number v = g;
        move(&v, r->own, &r->sum);
        r->sum = v;
        move(&r->x, -r->eta * (r->way == AHEAD ? r->own : 1), &v);
        if (r->way == AHEAD) move(&r->x, -r->eta, &g);
        break;
    }
    case BUFFER:
    case ROUNDS:
        move(&r->sum, 1 / r->own, &g);
        if (++r->waiting < r->own) {
            if (r->way == BUFFER) r->held[j] = r->x;
            return;
        }
        move(&r->x, -r->eta, &r->sum);
        r->sum = (number){ { 0 } };
        r->waiting = 0;
        for (int i = 0; i < r->workers && r->way == ROUNDS; i++) r->held[i] = r->x;
        break;
    case ADAPTIVE:
        move(&r->x, -r->eta * r->workers / (stale > r->workers ? stale : r->workers), &g);
        break;
    case POLYNOMIAL:
        move(&r->x, -r->eta * pow(1 + stale, -r->own), &g);
        break;
    case KOLOSKOVA:
        move(&r->x, -(stale > r->workers ? fmin(r->eta, .25 / (r->own * stale)) : r->eta),
             &g);
        break;
    case DROP:
        if (stale <= r->own) move(&r->x, -r->eta, &g);
        r->version -= stale > r->own;
        break;
    }
    r->version++;
    r->held[j] = r->x;
    r->read[j] = r->version;
}

/* Means over all orders of deliveries, by depth. */
static void
enumerate(const run *r, int depth, double chance, double sigma, double *mean,
          double *second)
{
    double square = r->x.v[0] * r->x.v[0];

    for (int i = 1; i < TERMS; i++) square += sigma * sigma * r->x.v[i] * r->x.v[i];
    mean[depth] += chance * r->x.v[0];
    second[depth] += chance * square;
    if (depth == STEPS) return;
    for (int j = 0; j < r->workers; j++) {
        run next = *r;
        deliver(&next, j);
        enumerate(&next, depth + 1, chance / r->workers, sigma, mean, second);
    }
}

/* E x^2 of the mean's square and of the rest, delivery by delivery, from the public call: deliveries
 * are Poisson, so at a time t they are mixed. */
static void
mixed(const double *step, double mu, double *out)
{
    *out = 0;
    for (int j = 0; j <= STEPS; j++)
        *out += step[j] * exp(j * log(mu) - mu - lgamma(j + 1.));
}

static void
test_every_order_of_deliveries(void **state)
{
    const double sigma = .6, one = 1, eta = .3, h = 1.2;

    (void)state;
    for (int i = 0; i < RULES; i++)
        for (int workers = 1; workers <= MOST; workers++) {
            double mean[STEPS + 1] = { 0 }, second[STEPS + 1] = { 0 }, at[2], squares[2];
            const double   P = workers, mu = .02, sure = 1e-11;
            tg_linear_rule made;
            run            r;
            assert_ok(tg_linear_make(rule[i].name, eta, h, P, rule[i].number, &made));
            begin(&r, rule[i].way, workers, eta, h, rule[i].number);
            enumerate(&r, 0, 1, sigma, mean, second);
            const tg_exponential e = { made, 1, &P, &one, NULL, sigma };
            assert_ok(tg_exponential_transient(&e, 1, mu / P, 2, at, squares));
            double m, s;
            mixed(mean, mu, &m);
            mixed(second, mu, &s);
            assert_near(at[1], m, sure);
            assert_near(squares[1], s, sure);
            if (made.cycle == 0 && made.weights.power == 0 && made.limit == 0) continue;
            double *step = calloc(2 * (STEPS + 1), sizeof *step),
                   *square = step + STEPS + 1;
            assert_ok((made.limit > 0 ? tg_exponential_drop_steps
                       : made.weights.power > 0
                           ? tg_exponential_aged_steps
                           : tg_exponential_cycle_steps)(&e, 1, STEPS + 1, step, square));
            for (int t = 0; t <= STEPS; t++) {
                assert_near(step[t], mean[t], 1e-12);
                assert_near(square[t], second[t], 2e-12);
            }
            free(step);
        }
}

static void
at_rest(const char *name, double own, double P, double eta, double sigma, double *second,
        double *square, double *mean)
{
    const double   one = 1;
    tg_linear_rule r;

    assert_ok(tg_linear_make(name, eta, 1, P, own, &r));
    const tg_exponential e = { r, 1, &P, &one, NULL, sigma };
    assert_ok(tg_exponential_stationary(&e, NULL, second, square, mean));
}

/* Where a long transient goes is where the stationary solve says, with the mean's and the mean
 * square's own speeds. */
static void
test_transient_comes_to_rest(void **state)
{
    const double one = 1;

    (void)state;
    for (int i = 0; i < RULES; i++)
        for (double P = 1; P < 7; P += 2) {
            double         second, square, speed, mean[41], squares[41], still[41], y[41];
            tg_linear_rule r;
            if (P == 5 && rule[i].way == DROP && rule[i].number == 5) continue;
            assert_ok(tg_linear_make(rule[i].name, .1, 1, P, rule[i].number, &r));
            tg_exponential e = { r, 1, &P, &one, NULL, .6 };
            assert_ok(tg_exponential_stationary(&e, NULL, &second, &square, &speed));
            assert_true(square < 0 && speed < 0);
            assert_ok(tg_exponential_transient(&e, 1, 40 / -square, 41, mean, squares));
            assert_near(mean[40], 0, 1e-7);
            assert_near(squares[40], second, 1e-10 * second);
            e.sigma = 0;
            assert_ok(tg_exponential_transient(&e, 1, 40 / -square, 41, y, still));
            assert_near(log(still[20] / still[25]), 5, .1);
        }
}

/* The covariance of x, the buffer and what every worker holds, labelled, round after round. */
enum { MEMBERS = 10, ALL = MEMBERS + 2 };

static void
labelled(double S[ALL][ALL], int n, double eta, double K, bool last)
{
    double next[ALL][ALL] = { { 0 } };

    for (int j = 0; j < n; j++) {
        double T[ALL][ALL], U[ALL][ALL];
        double b[ALL] = { [1] = 1 };
        memcpy(T, S, sizeof T);
        for (int i = 0; i < ALL; i++) T[1][i] += S[2 + j][i]; /* rows, then columns */
        for (int i = 0; i < ALL && last; i++) T[0][i] -= eta / K * T[1][i], T[1][i] = 0;
        if (last) b[0] = -eta / K, b[1] = 0;
        for (int i = 0; i < ALL; i++) T[2 + j][i] = T[0][i];
        b[2 + j] = b[0];
        memcpy(U, T, sizeof U);
        for (int i = 0; i < ALL; i++) U[i][1] += T[i][2 + j];
        for (int i = 0; i < ALL && last; i++) U[i][0] -= eta / K * U[i][1], U[i][1] = 0;
        for (int i = 0; i < ALL; i++) U[i][2 + j] = U[i][0];
        for (int i = 0; i < ALL; i++)
            for (int k = 0; k < ALL; k++) next[i][k] += (U[i][k] + b[i] * b[k]) / n;
    }
    memcpy(S, next, sizeof next);
}

static double
of_all_configurations(int n, double eta, double K)
{
    double S[ALL][ALL] = { { 0 } }, sum = 0;

    for (int t = 0; t < 4000 * (int)K; t++) {
        if (t % (int)K == 0) sum = 0;
        sum += S[0][0] / K;
        labelled(S, n, eta, K, (t + 1) % (int)K == 0);
    }
    return sum;
}

/* Rounds are gradient descent. */
static void
test_buffers_and_rounds(void **state)
{
    static const double row[][3] = {
        { 4, .8, 2 }, { 4, 1.5, 3 }, { 10, .8, 2 }, { 10, .8, 5 }, { 3, .4, 7 }
    }; /* n, k = (eta/K) h n, K */
    double v, square, speed;

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const double n = row[i][0], K = row[i][2], eta = row[i][1] / n * K;
        at_rest("fedbuff", K, n, eta, 1, &v, &square, &speed);
        assert_near(v, of_all_configurations((int)n, eta, K), 1e-11);
    }
    for (double K = 1; K < 9; K++)
        for (double e = .2; e < 2.3; e += .3) {
            at_rest("k_batch_sync", K, 3, e, 1, &v, &square, &speed);
            assert_int_equal(square < 0, e < 2);
            if (e < 2) assert_near(v, e * e / K / (1 - (1 - e) * (1 - e)), 1e-12);
            assert_near(square, 3 * (pow(fabs(1 - e), 2 / K) - 1), 1e-12);
        }
}

/* A reference beyond all staleness, and a limit that none passes, are ASGD: V, the verdict and
 * both speeds; and neither is (negative control) where they bind. */
static void
test_no_staleness_is_asgd(void **state)
{
    const double one = 1, two = 2;

    (void)state;
    for (double P = 1; P < 20; P = 2 * P + 1)
        for (double k = .3; k < 9; k *= 1.7) {
            const tg_exponential plain = { tg_linear_asgd(k / P, 1), 1, &P, &one, NULL, 1 };
            const tg_exponential aged = {
                tg_linear_adaptive(k / P, 1, 1e9), 1, &P, &one, NULL, 1
            };
            double v[2], s[2], m[2];
            assert_ok(tg_exponential_stationary(&plain, NULL, &v[0], &s[0], &m[0]));
            assert_ok(tg_exponential_stationary(&aged, NULL, &v[1], &s[1], &m[1]));
            if (isfinite(v[0])) assert_near(v[1] / v[0], 1, 1e-10);
            assert_int_equal(isinf(v[0]), isinf(v[1]));
            const double root =
                fabs((1 + k / P) * (1 + k / P) - 4 * k); /* double where 0 */
            const double sure = root > .1 && s[0] > -.5 ? 1e-9 * P : 1e-3;
            assert_near(s[1], s[0], s[0] > -.7 ? sure : .01);
            if (P > 1) assert_near(m[1], m[0], 10 * sure);
        }
    for (double e = .2; e < 1.2; e += .3) {
        const tg_exponential plain = { tg_linear_asgd(e, 1), 1, &two, &one, NULL, 1 };
        const tg_exponential loose = { tg_linear_drop(e, 1, 45), 1, &two, &one, NULL, 1 };
        const tg_exponential tight = { tg_linear_drop(e, 1, 1), 1, &two, &one, NULL, 1 };
        const tg_exponential slow = { tg_linear_adaptive(e, 1, 2), 1, &two, &one, NULL, 1 };
        double               v[4], s[2], m[2];
        assert_ok(tg_exponential_stationary(&plain, NULL, &v[0], &s[0], &m[0]));
        assert_ok(tg_exponential_stationary(&loose, NULL, &v[1], &s[1], &m[1]));
        assert_near(v[1], v[0], 1e-10 * v[0]);
        assert_near(s[1], s[0], s[0] > -.4 ? 1e-9 : 1e-3);
        assert_near(m[1], m[0], 1e-3);
        assert_ok(tg_exponential_stationary(&tight, NULL, &v[2], NULL, NULL));
        assert_ok(tg_exponential_stationary(&slow, NULL, &v[3], NULL, NULL));
        assert_true(fabs(v[2] / v[0] - 1) > .01 && fabs(v[3] / v[0] - 1) > .003);
    }
}

/* A mark of all workers alike moves the mean and nothing else. */
static void
test_marks_move_the_mean(void **state)
{
    const double one = 1, P = 3, mark = -.7;

    (void)state;
    for (int i = 0; i < RULES; i++) {
        double         mean, second, plain;
        tg_linear_rule r;
        assert_ok(tg_linear_make(rule[i].name, .2, .5, P, rule[i].number, &r));
        tg_exponential e = { r, 1, &P, &one, &mark, .4 };
        assert_ok(tg_exponential_stationary(&e, &mean, &second, NULL, NULL));
        e.mark = NULL;
        assert_ok(tg_exponential_stationary(&e, NULL, &plain, NULL, NULL));
        assert_near(mean, 1.4, 1e-10);
        assert_near(second, plain + 1.96, 1e-10);
    }
}

/* Two groups of one speed are one. */
static void
test_groups(void **state)
{
    const double one = 10, rate[2] = { 1, 1 }, two[2] = { 3, 7 };

    (void)state;
    for (double K = 2; K < 6; K++) {
        const tg_linear_rule r = tg_linear_fedbuff(.3, 1, K);
        const tg_exponential a = { r, 1, &one, rate, NULL, 1 },
                             b = { r, 2, two, rate, NULL, 1 };
        double v, w;
        assert_ok(tg_exponential_stationary(&a, NULL, &v, NULL, NULL));
        assert_ok(tg_exponential_stationary(&b, NULL, &w, NULL, NULL));
        assert_near(v, w, 1e-13);
    }
}

/* Every rule has a name of its own, and a filter that exists. */
static void
test_table(void **state)
{
    tg_linear_rule r;

    (void)state;
    for (const tg_linear_kind *const *k = tg_linear_kinds; *k; k++) {
        assert_ptr_equal(tg_linear_find((*k)->name), *k);
        if ((*k)->filter) assert_non_null(tg_filter_find((*k)->filter));
    }
    assert_fails(tg_linear_make("sgd", 1, 1, 1, 0, &r), TG_EINPUT, "sgd");
    assert_fails(tg_linear_make("asgd", NAN, 1, 1, 0, &r), TG_EDOMAIN, "step");
    assert_fails(tg_linear_make("heavy_ball", 1, 1, 1, 1, &r), TG_EDOMAIN, "beta");
    assert_fails(tg_linear_make("fedbuff", 1, 1, 1, NAN, &r), TG_EDOMAIN, "buffer");
    assert_fails(tg_linear_make("drop", 1, 1, 1, 0, &r), TG_EDOMAIN, "limit");
}

static void
test_what_is_too_large(void **state)
{
    const double   one = 1, many = 400, two[2] = { 2, 2 }, rate[2] = { 1, 1 };
    double         x[2];
    tg_exponential e = { tg_linear_adaptive(.001, 1, 400), 1, &many, &one, NULL, 1 };

    (void)state;
    assert_fails(tg_exponential_stationary(&e, x, x, x, x), TG_EDOMAIN, "too many");
    e.rule = tg_linear_drop(.001, 1, 20);
    assert_fails(tg_exponential_stationary(&e, x, x, x, x), TG_EDOMAIN, "too many");
    e.rule = tg_linear_fedbuff(.1, 1, 2.5);
    assert_fails(tg_exponential_stationary(&e, x, x, x, x), TG_EDOMAIN, "cycle");
    e.rule = tg_linear_fedbuff(.1, 1, 2);
    assert_fails(tg_exponential_transient(&e, 1, 1e9, 2, x, x), TG_EDOMAIN, "too many");
    e = (tg_exponential){ tg_linear_adaptive(.1, 1, 4), 2, two, rate, NULL, 1 };
    assert_fails(tg_exponential_stationary(&e, x, x, x, x), TG_EDOMAIN, "one group");
    e.rule = tg_linear_drop(.1, 1, 4);
    assert_fails(tg_exponential_stationary(&e, x, x, x, x), TG_EDOMAIN, "one group");
}

RUN(cmocka_unit_test(test_every_order_of_deliveries),
    cmocka_unit_test(test_transient_comes_to_rest),
    cmocka_unit_test(test_buffers_and_rounds), cmocka_unit_test(test_no_staleness_is_asgd),
    cmocka_unit_test(test_marks_move_the_mean), cmocka_unit_test(test_groups),
    cmocka_unit_test(test_table), cmocka_unit_test(test_what_is_too_large))
