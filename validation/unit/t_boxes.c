/* Boxes: all roots by following chains, against boxes alone. */
#include "validation/unit/some_roots.h"

/* Where there are many they lie in chains: the rest of a uniform law's is found there too, as
 * many as boxes alone find in a rectangle about them; of two constants, whose roots swing. */
static void
test_chains(void **state)
{
    static const char *const laws[] = { "{law: uniform, min: 0.5, max: 1.5}",
                                        "{mixture: [{weight: 1, law: constant, value: 2}, "
                                        "{weight: 1, law: constant, value: "
                                        "1.37}]}" };
    static const double      line[] = { -7, -2.5 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        tg_delay     *d = make(laws[i]);
        const tg_loop l = { .a = 1, .delay = d };
        tg_roots      r = { 0 }, q = { 0 };
        assert_int_equal(tg_roots_right_of(&l, line[i], &r), TG_OK);
        assert_int_equal(r.certificate.found, r.certificate.winding);
        const tg_region box = { line[i], 3, -1000, 1000 };
        assert_int_equal(tg_roots_inside(&l, box, &q), TG_OK);
        assert_int_equal(r.count, q.count);
        for (size_t k = 0; k < r.count; k++) contains(&q, r.root[k].s, 1e-11);
        tg_roots_free(&r);
        tg_roots_free(&q);
        tg_delay_free(d);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_chains) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
