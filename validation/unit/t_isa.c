/* What the processor can do is what the kernel says it can; best is the last of those. */
#include "core/isa.h"

#include "validation/unit/check.h"

/* What was built. */
#ifdef TG_WITH_avx2
static const int avx2 = 1;
#else
static const int avx2 = 0;
#endif
#ifdef TG_WITH_avx512
static const int avx512 = 1;
#else
static const int avx512 = 0;
#endif

static int
kernel_says(const char *flag)
{
    char  line[8192], word[64];
    FILE *f = fopen("/proc/cpuinfo", "r");
    int   found = 0;

    snprintf(word, sizeof word, " %s ", flag);
    while (f && !found && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = ' ';
        found = !strncmp(line, "flags", 5) && strstr(line, word);
    }
    if (f) fclose(f);
    return found;
}

static void
test_available(void **state)
{
    (void)state;
    assert_true(tg_isa_available(TG_ISA_PLAIN) && tg_isa_available(TG_ISA_BEST));
    assert_false(tg_isa_available((tg_isa)77));
    assert_int_equal(tg_isa_available(TG_ISA_AVX2),
                     avx2 && kernel_says("avx2") && kernel_says("fma"));
    assert_int_equal(tg_isa_available(TG_ISA_AVX512), avx512 && kernel_says("avx512f") &&
                                                          kernel_says("avx512dq") &&
                                                          kernel_says("fma"));
}

static void
test_resolve(void **state)
{
    tg_isa best = TG_ISA_PLAIN;

    (void)state;
    for (int i = 0; i < TG_ISA_COUNT; i++)
        if (i != TG_ISA_BEST && tg_isa_available((tg_isa)i)) {
            assert_int_equal(tg_isa_resolve((tg_isa)i), i);
            best = (tg_isa)i;
        }
    assert_int_equal(tg_isa_resolve(TG_ISA_BEST), best);
    assert_string_equal(tg_isa_name((tg_isa)77), "unknown");
    assert_string_equal(tg_isa_name(TG_ISA_PLAIN), "plain");
}

RUN(cmocka_unit_test(test_available), cmocka_unit_test(test_resolve))
