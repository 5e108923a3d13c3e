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

/* A message that is too long fills the room to the last byte, and its beginning is kept. */
static void
test_long_message(void **state)
{
    char   text[4000];
    size_t room;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)tg_fail(TG_EIO, "%s", text);
    room = strlen(tg_message());
    assert_true(room > 200 && room < sizeof text - 1);
    (void)tg_fail_within(TG_EIO, "file %d", 3);
    assert_int_equal(strlen(tg_message()), room);
    assert_memory_equal(tg_message(), "file 3: xxxx", 12);
}

RUN(cmocka_unit_test(test_long_message), cmocka_unit_test(test_every_code_has_a_sentence),
    cmocka_unit_test(test_message), cmocka_unit_test(test_message_may_quote_itself))
