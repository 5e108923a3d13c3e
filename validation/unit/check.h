/* check: what every unit test includes */
#ifndef TG_VALIDATION_CHECK_H
#define TG_VALIDATION_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/status.h"

/* |value - expected| <= tolerance, printing all three where it is not (or is NaN). */
#define assert_near(value, expected, tolerance)                                            \
    check_near((value), (expected), (tolerance), __FILE__, __LINE__)

static inline void
check_near(double value, double expected, double tolerance, const char *file, int line)
{
    if (fabs(value - expected) <= tolerance) return;
    print_error("%.17g is not within %g of %.17g\n", value, tolerance, expected);
    _fail(file, line);
}

/* The call succeeds; its message is printed where it does not. */
#define assert_ok(call) check_ok((call), __FILE__, __LINE__)

static inline void
check_ok(tg_status status, const char *file, int line)
{
    if (status == TG_OK) return;
    print_error("%s: %s\n", tg_status_text(status), tg_message());
    _fail(file, line);
}

/* The call fails with this status and a message that holds these words. */
#define assert_fails(call, status, words)                                                  \
    check_fails((call), (status), (words), __FILE__, __LINE__)

static inline void
check_fails(tg_status status, tg_status expected, const char *words, const char *file,
            int line)
{
    if (status == expected && strstr(tg_message(), words)) return;
    print_error("got status %d with \"%s\", expected %d with \"%s\"\n", (int)status,
                tg_message(), (int)expected, words);
    _fail(file, line);
}

/* Where write_temporary() wrote; gone when the program ends. */
static char (*temporary)[256];
static size_t temporaries;

static inline void
remove_temporary(void)
{
    while (temporaries > 0) {
        char *path = temporary[--temporaries];
        remove(path);
        *strrchr(path, '/') = '\0';
        rmdir(path);
    }
    free(temporary);
}

/* A file in a temporary folder of its own, holding `size` bytes of text; path stays valid
 * until the next call. */
static inline const char *
write_temporary(const char *name, const void *bytes, size_t size)
{
    char folder[] = "/tmp/tardigrad-test-XXXXXX";

    assert_non_null(mkdtemp(folder));
    if (!temporary) atexit(remove_temporary);
    temporary = realloc(temporary, (temporaries + 1) * sizeof *temporary);
    assert_non_null(temporary);
    char *path = temporary[temporaries++];
    snprintf(path, sizeof *temporary, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    fclose(f);
    return path;
}

#define RUN(...)                                                                           \
    int main(void)                                                                         \
    {                                                                                      \
        const struct CMUnitTest tests[] = { __VA_ARGS__ };                                 \
        return cmocka_run_group_tests(tests, NULL, NULL);                                  \
    }

#endif
