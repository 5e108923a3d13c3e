#include "validation/unit/check.h"

#include "asgd/sim/version.h"
#include "core/rng.h"

/* Random making, holding and letting go: a model keeps its place and its numbers as long as somebody
 * holds it, and there are no more slots than were ever held at once, but for the rest of a chunk. */
static void
random_holders(size_t dim)
{
    enum { MOST = 600, ACTS = 30000 };
    static uint32_t slot[MOST];
    static double  *place[MOST], mark[MOST];
    static unsigned held[MOST];
    tg_rng          g = tg_rng_stream(dim, TG_PURPOSE_TEST, 0);
    tg_versions     v;
    size_t          n = 0, most = 0, made = 0;

    tg_versions_begin(&v, dim, 1);
    for (size_t act = 0; act < ACTS; act++) {
        const uint64_t die = tg_rng_below(&g, 8);
        const size_t   i = n > 0 ? tg_rng_below(&g, n) : 0;
        if ((die < 3 + (act < ACTS / 2) || n == 0) && n < MOST) {
            assert_ok(tg_version_new(&v, &slot[n]));
            for (size_t j = 0; j < n; j++) assert_true(slot[j] != slot[n]);
            place[n] = tg_version_model(&v, slot[n]);
            mark[n] = (double)++made;
            for (size_t j = 0; j < dim; j++) place[n][j] = mark[n] + (double)j;
            held[n++] = 1;
        } else if (die == 4) {
            tg_version_hold(&v, slot[i]);
            held[i]++;
        } else {
            tg_version_release(&v, slot[i]);
            if (--held[i] > 0) continue;
            n--;
            slot[i] = slot[n];
            place[i] = place[n];
            mark[i] = mark[n];
            held[i] = held[n];
        }
        if (n > most) most = n;
        for (size_t j = 0; j < n; j += 17) {
            assert_ptr_equal(tg_version_model(&v, slot[j]), place[j]);
            assert_true(place[j][0] == mark[j] && place[j][dim - 1] == mark[j] + dim - 1.);
        }
    }
    assert_true(most > 50 && made > 4 * most);
    assert_true(v.room < most + ((size_t)1 << v.shift));
    assert_int_equal(v.frees, v.room - n);
    tg_versions_clear(&v);
    assert_true(v.room == 0 && !v.chunk);
}

static void
test_holders(void **state)
{
    (void)state;
    random_holders(1);
    random_holders(3);
    random_holders(700);
    random_holders(9000);
}

/* What was let go is used again, last first; models lie on cache lines where they are long. */
static void
test_reuse(void **state)
{
    tg_versions v;
    uint32_t    a, b, c;

    (void)state;
    tg_versions_begin(&v, 8, 1);
    assert_ok(tg_version_new(&v, &a));
    assert_ok(tg_version_new(&v, &b));
    assert_true(a != b);
    assert_int_equal((uintptr_t)tg_version_model(&v, b) % 64, 0);
    tg_version_hold(&v, a);
    tg_version_release(&v, a);
    assert_ok(tg_version_new(&v, &c));
    assert_true(c != a && c != b); /* a is still held */
    tg_version_release(&v, a);
    assert_ok(tg_version_new(&v, &c));
    assert_int_equal(c, a);
    tg_versions_clear(&v);
}

RUN(cmocka_unit_test(test_holders), cmocka_unit_test(test_reuse))
