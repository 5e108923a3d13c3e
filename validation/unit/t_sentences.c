/* Which claims fail is said by name, the first of them, with both sides and their errors; no other is. */
#include "study/sentences.h"

#include "asgd/theory/compare.h"

#include "validation/unit/check.h"

static void
add(tg_table *t, const char *name, size_t workers, double predicted, double simulated)
{
    tg_claim c = { .predicted = predicted,
                   .simulated = simulated,
                   .error = .01,
                   .model_error = .02,
                   .unit = "",
                   .level = "renewal" };

    snprintf(c.name, sizeof c.name, "%s", name);
    snprintf(c.where, sizeof c.where, "asgd P=%zu", workers);
    tg_claim_judge(&c);
    assert_ok(tg_claim_add(t, &c));
}

static void
test_failures(void **state)
{
    tg_table *t = NULL;
    char     *said = NULL;
    size_t    size;

    (void)state;
    assert_ok(tg_table_create(tg_claim_columns, TG_CLAIM_COLUMNS, &t));
    add(t, "time to target", 4, 2, 2.01);
    FILE *f = open_memstream(&said, &size);
    tg_say_failures(&(tg_page){ f, 60 }, t);
    assert_int_equal(fclose(f), 0);
    assert_string_equal(said, "");
    free(said);

    add(t, "time to target", 8, 2, 3);
    add(t, "converges", 9, 1, 0);
    for (size_t k = 0; k < 6; k++) add(t, "loss at the horizon", 10 + k, 1, 2);
    f = open_memstream(&said, &size);
    tg_say_failures(&(tg_page){ f, 60 }, t);
    assert_int_equal(fclose(f), 0);
    assert_non_null(strstr(said,
                           "  fails: time to target, asgd P=8: predicted 2 +- 0.02,\n"
                           "    simulated 3 +- 0.01\n"
                           "  fails: converges, asgd P=9: predicted converges, simulated\n"
                           "    diverges\n"));
    assert_non_null(strstr(said, "P=13"));
    assert_null(strstr(said, "P=14"));
    assert_non_null(strstr(said, "  and 2 more that fail\n"));
    free(said);
    tg_table_free(t);
}

RUN(cmocka_unit_test(test_failures))
