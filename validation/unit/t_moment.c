#include "validation/unit/check.h"

#include "asgd/traces/moment.h"

static void
test_forms(void **state)
{
    static const struct {
        const char    *text;
        tg_moment_form form;
        int64_t        ns;
        double         rest;
    } is[] = {
        { "1.5", TG_MOMENT_NUMBER, 1500000000, 0 },
        { "1,5", TG_MOMENT_NUMBER, 1500000000, 0 },
        { "-2e-3", TG_MOMENT_NUMBER, -2000000, 0 },
        { ".25", TG_MOMENT_NUMBER, 250000000, 0 },
        { "1e-10", TG_MOMENT_NUMBER, 0, .1 },
        { "2.5e-9", TG_MOMENT_NUMBER, 2, .5 },
        { "0", TG_MOMENT_NUMBER, 0, 0 },
        { "00012.50000", TG_MOMENT_NUMBER, 12500000000, 0 },
        { "9.98ms", TG_MOMENT_QUANTITY, 9980000, 0 },
        { "1.5 s", TG_MOMENT_QUANTITY, 1500000000, 0 },
        { "7us", TG_MOMENT_QUANTITY, 7000, 0 },
        { "7 \xc2\xb5s", TG_MOMENT_QUANTITY, 7000, 0 },
        { "2 h", TG_MOMENT_QUANTITY, INT64_C(7200000000000), 0 },
        { "1.5d", TG_MOMENT_QUANTITY, INT64_C(129600000000000), 0 },
        { "01:02:03", TG_MOMENT_CLOCK, INT64_C(3723000000000), 0 },
        { "1-02:03:04.5", TG_MOMENT_CLOCK, INT64_C(93784500000000), 0 },
        { "00:01.25", TG_MOMENT_CLOCK, 1250000000, 0 },
        { "1970-01-01T00:00:00Z", TG_MOMENT_DATE, 0, 0 },
        { "1970-01-01", TG_MOMENT_DATE, 0, 0 },
        { "1969-12-31 23:59:59.5", TG_MOMENT_DATE, -500000000, 0 },
        { "2000-02-29T12:00Z", TG_MOMENT_DATE, INT64_C(951825600000000000), 0 },
        { "2026-03-01T10:00:00+01:00", TG_MOMENT_DATE, INT64_C(1772355600000000000), 0 },
        { "2026-03-01 04:30:00 -0430", TG_MOMENT_DATE, INT64_C(1772355600000000000), 0 },
        { "2026/03/01 09:00:00 UTC", TG_MOMENT_DATE, INT64_C(1772355600000000000), 0 },
        { "1e30", TG_MOMENT_RANGE, 0, 0 },
        { "2126-01-01", TG_MOMENT_RANGE, 0, 0 },
        { "", TG_MOMENT_NONE, 0, 0 },
        { "x", TG_MOMENT_NONE, 0, 0 },
        { "1x", TG_MOMENT_NONE, 0, 0 },
        { "1.2.3", TG_MOMENT_NONE, 0, 0 },
        { "nan", TG_MOMENT_NONE, 0, 0 },
        { "0x10", TG_MOMENT_NONE, 0, 0 },
        { "2026-02-30", TG_MOMENT_NONE, 0, 0 },
        { "1900-02-29", TG_MOMENT_NONE, 0, 0 },
        { "2026-03-01T10:00:00+25:00", TG_MOMENT_NONE, 0, 0 },
        { "2026-03-01T10:61:00Z", TG_MOMENT_NONE, 0, 0 },
        { "1:2:3:4", TG_MOMENT_NONE, 0, 0 },
        { "01:02:99", TG_MOMENT_NONE, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof is / sizeof *is; i++) {
        tg_moment            m = { 0 };
        const tg_moment_form form = tg_moment_read(is[i].text, true, 1000000000, &m);
        if (form != is[i].form || m.ns != is[i].ns || fabs(m.rest - is[i].rest) > 1e-15)
            fail_msg("\"%s\": form %d, %lld ns and %g", is[i].text, (int)form,
                     (long long)m.ns, m.rest);
    }
}

/* The decimals of a number in any unit, and its difference from another: what strtod makes
 * of the seconds, to the last bit. */
static void
test_decimals_are_exact(void **state)
{
    static const struct {
        const char *unit;
        int         digits; /* of the fraction of a second that are before the point */
    } units[] = { { "s", 0 }, { "ms", 3 }, { "us", 6 }, { "ns", 9 } };
    uint64_t x = 88172645463325252;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        const int64_t ns = (int64_t)(x % 1000000000000),
                      base = INT64_C(1700000000123456789);
        char      text[64];
        tg_moment m, from, to;
        snprintf(text, sizeof text, "%d.%09d", (int)(ns / 1000000000),
                 (int)(ns % 1000000000));
        const double seconds = strtod(text, NULL);
        for (int u = 0; u < 4; u++) {
            const int64_t per = tg_moment_unit(units[u].unit);
            snprintf(text, sizeof text, "%lld.%0*d", (long long)(ns / per),
                     9 - units[u].digits, (int)(ns % per));
            if (units[u].digits == 9) *strchr(text, '.') = '\0';
            assert_int_equal(tg_moment_read(text, false, per, &m), TG_MOMENT_NUMBER);
            assert_near(tg_moment_seconds(m), seconds, 0);
        }
        snprintf(text, sizeof text, "%lld", (long long)base);
        tg_moment_read(text, false, 1, &from);
        snprintf(text, sizeof text, "%lld", (long long)(base + ns));
        tg_moment_read(text, false, 1, &to);
        assert_near(tg_moment_between(from, to), seconds, 0);
    }
}

RUN(cmocka_unit_test(test_forms), cmocka_unit_test(test_decimals_are_exact))
