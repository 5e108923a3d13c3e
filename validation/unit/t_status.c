#include "validation/unit/check.h"

static void
test_every_code_has_a_sentence(void **state)
{
    (void)state;
#define X(code, sentence) assert_string_equal(tg_status_text(code), sentence);
    TG_STATUS_LIST(X)
#undef X
    assert_string_equal(tg_status_text((tg_status)99), "unknown status");
}

static void
test_message(void **state)
{
    (void)state;
    assert_int_equal(tg_fail(TG_EDOMAIN, "delay must be > 0, got %g", -1.0), TG_EDOMAIN);
    assert_string_equal(tg_message(), "delay must be > 0, got -1");
    assert_int_equal(tg_fail_within(TG_EINPUT, "file %d", 3), TG_EINPUT);
    assert_string_equal(tg_message(), "file 3: delay must be > 0, got -1");
}

static void
test_message_may_quote_itself(void **state)
{
    (void)state;
    (void)tg_fail(TG_EIO, "first");
    (void)tg_fail(TG_EIO, "%s, then second", tg_message());
    assert_string_equal(tg_message(), "first, then second");
}

RUN(cmocka_unit_test(test_every_code_has_a_sentence), cmocka_unit_test(test_message),
    cmocka_unit_test(test_message_may_quote_itself))
