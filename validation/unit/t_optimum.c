/* Two of the schedules that validation/versus/v_schedule.c holds against simulation: ASGD and rounds. */
#include "validation/unit/check.h"
#include "validation/versus/optimum.h"

static void
test_two(void **state)
{
    (void)state;
    assert_int_equal(compare(&optimum_studies[1], 2), 0);
    assert_int_equal(compare(&optimum_studies[9], 10), 0);
}

RUN(cmocka_unit_test(test_two))
