/* The stored numbers of validation/reference against the library. */
#include "validation/unit/check.h"

#include "core/table.h"
#include "roots/system.h"
#include "roots/threshold.h"

static tg_table *
reference(const char *name)
{
    char      path[128];
    tg_table *t = NULL;

    snprintf(path, sizeof path, "validation/reference/%s", name);
    assert_ok(tg_table_read(path, &t));
    return t;
}

static void
test_thresholds(void **state)
{
    tg_table *t = reference("thresholds.csv");

    (void)state;
    assert_int_equal(tg_table_rows(t), 9);
    for (size_t i = 0; i < tg_table_rows(t); i++) {
        tg_delay    *law = NULL;
        tg_threshold found;
        assert_ok(tg_delay_parse(tg_table_cell(t, i, 0).text, &law));
        const tg_loop l = { .a = 1, .delay = law };
        assert_ok(tg_loop_threshold(&l, &found));
        assert_near(found.frequency, tg_table_number(t, i, 1), 1e-8 * found.frequency);
        assert_near(found.gain, tg_table_number(t, i, 2), 1e-8 * found.gain);
        tg_delay_free(law);
    }
    tg_table_free(t);
}

static void
test_system_of_five(void **state)
{
    tg_table      *t = reference("roots_5x5_two_delays.csv");
    double         a[3][25];
    tg_delay      *law[2] = { NULL };
    tg_roots       r = { 0 };
    tg_system_term term[2];

    (void)state;
    for (int i = 1; i <= 5; i++)
        for (int j = 1; j <= 5; j++) {
            const int k = 5 * (i - 1) + j - 1;
            a[0][k] = 0.1 * cos(i + 2 * j) - (i == j ? 1 + 0.2 * i : 0);
            a[1][k] = 0.5 * sin(i * j);
            a[2][k] = 0.4 * cos(i * (j + 1));
        }
    assert_ok(tg_delay_parse("{law: constant, value: 1}", &law[0]));
    assert_ok(tg_delay_parse("{law: constant, value: 0.37}", &law[1]));
    for (int k = 0; k < 2; k++) term[k] = (tg_system_term){ law[k], a[k + 1] };
    assert_ok(tg_system_roots(&(tg_system){ 5, a[0], term, 2 }, -3, &r));
    assert_int_equal(r.count, tg_table_rows(t));
    for (size_t i = 0; i < tg_table_rows(t); i++) {
        const double complex want = tg_table_number(t, i, 0) + tg_table_number(t, i, 1) * I;
        double               nearest = INFINITY;
        for (size_t k = 0; k < r.count; k++)
            nearest = fmin(nearest, cabs(r.root[k].s - want));
        assert_near(nearest, 0, 1e-11);
    }
    tg_roots_free(&r);
    tg_delay_free(law[0]);
    tg_delay_free(law[1]);
    tg_table_free(t);
}

RUN(cmocka_unit_test(test_thresholds), cmocka_unit_test(test_system_of_five))
