/* moment: a time, or a length of time, as somebody wrote it. Private.
 *
 *     number     1.5   1,5   1700000000000002000   1e-3        in a unit said elsewhere
 *     quantity   9.98ms   1.5 s   3 min                         with its own
 *     clock      01:02:03   1-02:03:04   00:01.234
 *     date       2026-03-01T10:00:00.25Z   2026-03-01 10:00:00+01:00   (no zone: UTC)
 *
 * Decimals become whole nanoseconds and a rest, by integers: the difference of two is
 * exact, and the same decimal in another unit is the same moment.
 */
#ifndef TG_ASGD_MOMENT_H
#define TG_ASGD_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct tg_moment {
    int64_t ns;
    double  rest; /* [ns], in [-1, 1] */
} tg_moment;

typedef enum tg_moment_form {
    TG_MOMENT_NONE, /* empty, or none of the others */
    TG_MOMENT_NUMBER,
    TG_MOMENT_QUANTITY,
    TG_MOMENT_CLOCK,
    TG_MOMENT_DATE,
    TG_MOMENT_RANGE /* one of the others, more than 130 years from 1970 */
} tg_moment_form;

/* Read `text`; a number is in units of `unit` nanoseconds; a comma is a decimal point too
 * if `comma`. *out is set for the forms NUMBER to DATE. */
tg_moment_form tg_moment_read(const char *text, bool comma, int64_t unit, tg_moment *out);

/* Nanoseconds of a unit, "ms", "seconds", "us"; 0: no unit. */
int64_t tg_moment_unit(const char *word);

/* Seconds, correctly rounded where there is no rest and |m| < 2^53 ns. */
double tg_moment_seconds(tg_moment m);
double tg_moment_between(tg_moment from, tg_moment to);

#endif
