/* Ratings: both of MovieLens' forms, bad input, what planted ones are, and what is held out. */
#include "validation/unit/check.h"

#include "asgd/problems/ratings.h"
#include "core/stats.h"

#include <stdbool.h>

static const char plain[] = "7::30::4::978300760\n7::10::2.5::978302109\n\n1::30::5::0\n",
                  tabs[] = "7\t30\t4\t978300760\r\n7\t10\t2.5\t978302109\n1\t30\t5\t0";

static void
test_reading(void **state)
{
    const uint32_t user[] = { 1, 1, 0 }, item[] = { 1, 0, 1 };
    const double   value[] = { 4, 2.5, 5 };

    (void)state;
    for (int form = 0; form < 2; form++) {
        const char *text = form ? tabs : plain;
        tg_ratings  r = { 0 };
        assert_ok(tg_ratings_read(write_temporary("r", text, strlen(text)), 100, &r));
        assert_int_equal(r.count, 3);
        assert_int_equal(r.users, 2);
        assert_int_equal(r.items, 2);
        assert_memory_equal(r.user, user, sizeof user);
        assert_memory_equal(r.item, item, sizeof item);
        assert_memory_equal(r.value, value, sizeof value);
        tg_ratings_free(&r);
        assert_ok(tg_ratings_read(write_temporary("r", text, strlen(text)), 2, &r));
        assert_int_equal(r.count, 2);
        assert_int_equal(r.users, 1);
        tg_ratings_free(&r);
    }
}

static void
test_bad_input(void **state)
{
    static const struct {
        const char *text, *words;
    } bad[] = { { "", "is empty" },
                { "1::2::3::4\n1::2::3\n", ":2: expected USER::ITEM::RATING::TIME" },
                { "userId,movieId,rating,timestamp\n", ":1: expected" },
                { "1::2::x::4\n", "got \"1::2::x::4\"" },
                { "1::2::nan::4\n", ":1: expected" },
                { "1::2::1e999::4\n", ":1: expected" },
                { "1::-2::3::4\n", ":1: expected" },
                { "1.5::2::3::4\n", ":1: expected" },
                { "4294967296::2::3::4\n", ":1: expected" },
                { "1::2::3::4::5\n", ":1: expected" },
                { "1\t2::3\t4\n", ":1: expected" },
                { "1:: 2::3::4\n", ":1: expected" },
                { "1\t2\t3\t4\n\n1\t2\t\t4\n", ":3: expected" } };
    tg_ratings r = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(tg_ratings_read(
                         write_temporary("bad", bad[i].text, strlen(bad[i].text)), 10, &r),
                     TG_EINPUT, bad[i].words);
    assert_fails(tg_ratings_read("/nonexistent", 10, &r), TG_EIO, "/nonexistent");
    assert_fails(tg_ratings_planted(&(tg_planted){ 3, 3, 10, 1, 0 }, 1, &r), TG_EDOMAIN,
                 "9 pairs, 10 ratings are too many");
    assert_fails(tg_ratings_planted(&(tg_planted){ 3, 3, 5, 0, 0 }, 1, &r), TG_EDOMAIN,
                 "a rank");
    assert_fails(tg_ratings_planted(&(tg_planted){ 3, 3, 5, 1, NAN }, 1, &r), TG_EDOMAIN,
                 "noise");
    assert_null(r.user);
    assert_ok(tg_ratings_planted(&(tg_planted){ 3, 3, 5, 1, 0 }, 1, &r));
    assert_fails(tg_ratings_hold_out(&r, 1, 1), TG_EDOMAIN, "share to test");
    assert_fails(tg_ratings_hold_out(&r, NAN, 1), TG_EDOMAIN, "share to test");
    assert_int_equal(r.test, 0);
    tg_ratings_free(&r);
}

/* Different pairs, every user as often as any; all pairs where so many are asked for. */
static void
test_pairs(void **state)
{
    const tg_planted some = { 200, 50, 4000, 3, 0 }, all = { 20, 5, 100, 3, 0 };
    tg_ratings       r = { 0 };
    size_t           count[200] = { 0 };

    (void)state;
    assert_ok(tg_ratings_planted(&all, 1, &r));
    for (size_t s = 0; s < 100; s++) assert_int_equal(r.user[s] * 5 + r.item[s], s);
    tg_ratings_free(&r);
    assert_ok(tg_ratings_planted(&some, 1, &r));
    assert_int_equal(r.count, 4000);
    for (size_t s = 0; s < r.count; s++) {
        count[r.user[s]]++;
        assert_true(r.item[s] < 50);
        if (s > 0)
            assert_true(r.user[s] * 50 + r.item[s] > r.user[s - 1] * 50 + r.item[s - 1]);
    }
    for (size_t u = 0; u < 200; u++) /* hypergeometric, standard deviation < sqrt(12) */
        assert_near((double)count[u], 20, 4 * sqrt(12));
    tg_ratings_free(&r);
}

/* Variance 1 of the factors' product over many draws of factors, and noise^2 on top. */
static void
test_variance(void **state)
{
    (void)state;
    for (int noisy = 0; noisy < 2; noisy++) {
        tg_stats square = { 0 };
        for (uint64_t seed = 0; seed < 4000; seed++) {
            tg_ratings r = { 0 };
            assert_ok(
                tg_ratings_planted(&(tg_planted){ 1, 1, 1, 3, 2. * noisy }, seed, &r));
            tg_stats_add(&square, r.value[0] * r.value[0]);
            tg_ratings_free(&r);
        }
        assert_near(square.mean, 1 + 4 * noisy, 4 * tg_stats_error(&square));
        assert_true(tg_stats_error(&square) < .15);
    }
}

/* Nothing is lost or doubled, those to train keep their order, each is held out as often as any. */
static void
test_hold_out(void **state)
{
    tg_stats often[10] = { { 0 } };

    (void)state;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        tg_ratings r = { 0 };
        bool       seen[10] = { false };
        assert_ok(tg_ratings_planted(&(tg_planted){ 2, 5, 10, 1, 0 }, 1, &r));
        double value[10];
        memcpy(value, r.value, sizeof value);
        assert_ok(tg_ratings_hold_out(&r, .35, seed));
        assert_int_equal(r.test, 3);
        for (size_t s = 0; s < 10; s++) {
            const size_t pair = r.user[s] * 5 + r.item[s];
            assert_false(seen[pair]);
            seen[pair] = true;
            assert_near(r.value[s], value[pair], 0);
            tg_stats_add(&often[pair], s >= 7);
            if (s > 0 && s < 7) assert_true(pair > r.user[s - 1] * 5 + r.item[s - 1]);
        }
        tg_ratings_free(&r);
    }
    for (int s = 0; s < 10; s++)
        assert_near(often[s].mean, .3, 4 * tg_stats_error(&often[s]));
}

RUN(cmocka_unit_test(test_reading), cmocka_unit_test(test_bad_input),
    cmocka_unit_test(test_pairs), cmocka_unit_test(test_variance),
    cmocka_unit_test(test_hold_out))
