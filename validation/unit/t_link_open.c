/* link_open: links to which transfers come by themselves, against queueing theory and against a
 * simulator of transfers that steps from event to event and looks at all of them */
#include "validation/unit/worklog.h"

#include "asgd/links/link.h"

/* Its alarm goes off at rate 1, each time some worker reads; it computes for next to no time.
 * Parameter: every so-manieth ring ends a worker's work instead. */
enum { WORKERS = 6, MOST_TRANSFERS = 200000 };

typedef struct transfer {
    double   came, size, gone, ended; /* gone: left the link; ended: aborted, inf: not */
    size_t   worker;
    uint32_t number;
} transfer;

static transfer transfers[MOST_TRANSFERS];
static size_t   came;

static tg_status
begin_open(tg_sim *s, void *room)
{
    (void)room;
    came = 0;
    return tg_sim_alarm(s, tg_rng_exponential(tg_sim_dice(s)));
}

static tg_status
ring_open(tg_sim *s, void *room)
{
    uint32_t    *rings = room, *number = rings + 1;
    const size_t every = (size_t)tg_sim_param(s)[0];
    const size_t w = tg_rng_below(tg_sim_dice(s), tg_sim_workers(s));

    if (every > 0 && ++*rings % every == 0) {
        for (size_t i = 0; i < came; i++)
            if (transfers[i].worker == w && isinf(transfers[i].gone))
                transfers[i].ended = fmin(transfers[i].ended, tg_sim_now(s));
        TG_TRY(tg_sim_abort(s, w));
    } else {
        assert_true(came < MOST_TRANSFERS);
        transfers[came++] =
            (transfer){ tg_sim_now(s), 0, INFINITY, INFINITY, w, number[w]++ };
        TG_TRY(tg_sim_assign(s, w));
    }
    return tg_sim_alarm(s, tg_sim_now(s) + tg_rng_exponential(tg_sim_dice(s)));
}

/* `began` is when the model was there, since a job computes for 1e-9. */
static tg_status
deliver_open(tg_sim *s, void *room, const tg_job *job)
{
    size_t i = came - 1;

    (void)s, (void)room;
    while (transfers[i].worker != job->worker || transfers[i].came != job->since) i--;
    transfers[i].gone = job->began;
    return TG_OK;
}

static size_t
room_open(size_t dim, size_t workers, const double *param)
{
    (void)dim, (void)param;
    return (workers + 1) * sizeof(uint32_t);
}

static const tg_param     params[] = { { "every", "", "", 0, 0, 1e9, false, true }, { 0 } };
static const tg_rule_kind opening = { .is = { "opening", "", "", params },
                                      .room = room_open,
                                      .begin = begin_open,
                                      .deliver = deliver_open,
                                      .ring = ring_open };

static void
run_open(const char *link, double capacity, const char *law, double every, double horizon)
{
    tg_problem  *p = parabola(WORKERS);
    tg_cluster  *c = cluster_of(WORKERS, "{law: constant, value: 1e-9}", true);
    tg_delay    *d = law_of(law);
    tg_setup     u = tg_setup_of(p, c, tg_choice_of(&opening.is), .1, 17);
    tg_sim      *s = NULL;
    tg_happening h;

    u.rule.param[0] = every;
    u.downlink.transfer = d;
    assert_ok(tg_link_find(link, &u.downlink.kind));
    if (capacity > 0) u.downlink.kind.param[0] = capacity;
    assert_ok(tg_sim_create(&u, 0, &s));
    while (tg_sim_next(s) < horizon) assert_ok(tg_sim_advance(s, &h));
    tg_sim_free(s);
    for (size_t i = 0; i < came; i++) {
        tg_rng g = tg_rng_of(tg_rng_mix(u.seed, 0), TG_PURPOSE_DOWNLINK,
                             (uint32_t)transfers[i].worker, transfers[i].number);
        transfers[i].size = tg_delay_sample(d, &g);
    }
    tg_delay_free(d);
    tg_cluster_free(c);
    tg_problem_free(p);
}

/* ---- queueing theory ------------------------------------------------------------------------- */

/* Mean sojourn, and sojourn less `slope` times the size, by batches of 1000 after a beginning. */
static tg_stats
sojourn(double slope)
{
    tg_stats s = { 0 };

    for (size_t i = 2000; i + 3000 < came; i += 1000) {
        double sum = 0;
        for (size_t j = i; j < i + 1000; j++)
            sum += transfers[j].gone - transfers[j].came - slope * transfers[j].size;
        tg_stats_add(&s, sum / 1000);
    }
    return s;
}

/* Mean time in M/M/c of rate 1: u + wait, Erlang's C. */
static double
erlang(double u, int c)
{
    double term = 1, sum = 0;

    for (int k = 0; k < c; k++) {
        sum += term;
        term *= u / (k + 1);
    }
    const double queue = term * c / (c - u);
    return u + queue / (queue + sum) * u / (c - u);
}

/* M/M/c; M/G/1 of Pollaczek and Khinchine, which the spread of transfers moves. */
static void
test_fifo(void **state)
{
    static const double horizon = 60000;
    tg_stats            s;

    (void)state;
    assert_near(erlang(.7, 1), .7 / .3, 1e-15);
    run_open("fifo", 1, "{law: exponential, mean: 0.7}", 0, horizon);
    s = sojourn(0);
    assert_mean(s, .7 / .3);
    run_open("fifo", 3, "{law: exponential, mean: 2.2}", 0, horizon);
    s = sojourn(0);
    assert_mean(s, erlang(2.2, 3));
    assert_true(fabs(s.mean - erlang(2.2, 4)) > 10 * tg_stats_error(&s));
    run_open("fifo", 1, "{law: constant, value: 0.7}", 0, horizon);
    s = sojourn(0);
    assert_mean(s, .7 + .7 * .7 / 2 / .3);
    assert_true(fabs(s.mean - .7 / .3) > 10 * tg_stats_error(&s));
    run_open("fifo", 1, "{law: gamma, shape: 2, mean: 0.7}", 0, horizon);
    s = sojourn(0);
    assert_mean(s, .7 + .7 * .7 * 1.5 / 2 / .3);
}

/* Processor sharing: mean sojourn u/(1 - u) for any law, and z/(1 - u) for one of size z; capacity
 * c: as in M/M/c, for any law. */
static void
test_shared(void **state)
{
    static const char *const law[] = { "{law: exponential, mean: 0.7}",
                                       "{law: constant, value: 0.7}",
                                       "{law: lognormal, mean: 0.7, cv: 1.5}" };
    static const double      horizon = 100000;
    tg_stats                 s;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        run_open("shared", 1, law[i], 0, horizon);
        s = sojourn(0);
        assert_mean(s, .7 / .3);
        s = sojourn(1 / .3);
        assert_near(s.mean, 0, 4 * tg_stats_error(&s));
    }
    run_open("shared", 3, "{law: exponential, mean: 2.2}", 0, horizon);
    s = sojourn(0);
    assert_mean(s, erlang(2.2, 3));
    run_open("shared", 3, "{law: uniform, min: 0, max: 4.4}", 0, horizon);
    s = sojourn(0);
    assert_mean(s, erlang(2.2, 3));
    run_open("fifo", 3, "{law: uniform, min: 0, max: 4.4}", 0, horizon);
    s = sojourn(0);
    assert_true(fabs(s.mean - erlang(2.2, 3)) > 10 * tg_stats_error(&s));
}

/* Ends of busy periods: times at which all that have come have gone. */
static size_t
busy_ends(double *end)
{
    double last = 0;
    size_t n = 0;

    for (size_t i = 0; i < came; i++) {
        if (i > 0 && transfers[i].came > last) end[n++] = last;
        last = fmax(last, transfers[i].gone);
    }
    return n;
}

/* Work is conserved: whatever the order of service, the link is busy at the same times. */
static void
test_work(void **state)
{
    static double end[2][MOST_TRANSFERS];
    size_t        n[2];

    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        run_open(shared ? "shared" : "fifo", 1, "{law: lognormal, mean: 0.6, cv: 1}", 0,
                 5000);
        n[shared] = busy_ends(end[shared]);
    }
    assert_int_equal(n[0], n[1]);
    assert_true(n[0] > 1000);
    for (size_t i = 0; i < n[0]; i++) assert_near(end[1][i], end[0][i], 1e-8);
    run_open("fifo", 2, "{law: lognormal, mean: 0.6, cv: 1}", 0, 5000);
    assert_true(busy_ends(end[1]) != n[0]); /* two servers are another link */
}

/* ---- step by step ------------------------------------------------------------------------------ */

/* At each step the first `most` in order of coming move on at `rate`; the next step is the first to
 * come, to end or to be done. */
static void
step_through(double most, double capacity, double horizon, double *gone)
{
    double *left = malloc(came * sizeof *left), t = 0;

    for (size_t i = 0; i < came; i++) {
        left[i] = transfers[i].size;
        gone[i] = INFINITY;
    }
    while (t < horizon) {
        double n = 0, next = horizon;
        for (size_t i = 0; i < came; i++) {
            const transfer *a = &transfers[i];
            if (a->came > t) next = fmin(next, a->came);
            if (a->ended > t) next = fmin(next, a->ended);
            n += a->came <= t && isinf(gone[i]) && a->ended > t && n < most;
        }
        const double rate = fmin(1, capacity / n);
        size_t       first = came, served = 0;
        for (size_t i = 0; i < came && served < n; i++) {
            if (transfers[i].came > t || isfinite(gone[i]) || transfers[i].ended <= t)
                continue;
            served++;
            if (t + left[i] / rate < next) {
                next = t + left[i] / rate;
                first = i;
            }
        }
        served = 0;
        for (size_t i = 0; i < came && served < n; i++) {
            if (transfers[i].came > t || isfinite(gone[i]) || transfers[i].ended <= t)
                continue;
            served++;
            left[i] -= (next - t) * rate;
        }
        if (first < came) gone[first] = next;
        t = next;
    }
    free(left);
}

/* With work that is ended at random times. */
static void
test_steps(void **state)
{
    static const struct {
        const char *link;
        double      capacity, most, share;
    } row[] = { { "none", 0, INFINITY, INFINITY },
                { "fifo", 1, 1, INFINITY },
                { "fifo", 3, 3, INFINITY },
                { "shared", 1, INFINITY, 1 },
                { "shared", 2.5, INFINITY, 2.5 } };
    static double gone[MOST_TRANSFERS];

    (void)state;
    for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
        const double c = row[r].capacity > 0 ? row[r].capacity : 1;
        char         law[100];
        size_t       aborted = 0, done = 0;
        snprintf(law, sizeof law, "{law: gamma, shape: 1.5, mean: %g}", 1.1 * c);
        run_open(row[r].link, row[r].capacity, law, 5, 2000);
        step_through(row[r].most, row[r].share, 1900, gone);
        for (size_t i = 0; i < came; i++) {
            aborted += transfers[i].ended < 1900;
            if (isinf(gone[i])) continue;
            assert_near(transfers[i].gone, gone[i], 1e-8);
            done++;
        }
        assert_true(aborted > 20 && done > 1000);
        step_through(row[r].most, 1.01 * fmin(row[r].share, 1e3), 1900, gone);
        double off = 0;
        for (size_t i = 0; i < came; i++)
            if (isfinite(gone[i])) off = fmax(off, fabs(transfers[i].gone - gone[i]));
        assert_true(isinf(row[r].share) || off > 1e-2);
    }
}

RUN(cmocka_unit_test(test_fifo), cmocka_unit_test(test_shared), cmocka_unit_test(test_work),
    cmocka_unit_test(test_steps))
