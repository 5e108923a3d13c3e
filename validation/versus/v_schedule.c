/* Twelve schedules against simulation. */
#include "validation/versus/optimum.h"

int
main(void)
{
    int failed = 0;

    claims_header();
    for (size_t i = 0; i < OPTIMUM_STUDIES; i++)
        failed += compare(&optimum_studies[i], i + 1);
    return failed != 0;
}
