#include "asgd/traces/moment.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define SECOND INT64_C(1000000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const struct {
    const char *word;
    int64_t     ns;
} units[] = { { "s", SECOND },
              { "sec", SECOND },
              { "secs", SECOND },
              { "second", SECOND },
              { "seconds", SECOND },
              { "ms", 1000000 },
              { "msec", 1000000 },
              { "msecs", 1000000 },
              { "milli", 1000000 },
              { "millis", 1000000 },
              { "millisecond", 1000000 },
              { "milliseconds", 1000000 },
              { "us", 1000 },
              { "usec", 1000 },
              { "usecs", 1000 },
              { "micros", 1000 },
              { "microsecond", 1000 },
              { "microseconds", 1000 },
              { "\xc2\xb5s", 1000 },
              { "\xce\xbcs", 1000 },
              { "ns", 1 },
              { "nsec", 1 },
              { "nsecs", 1 },
              { "nanos", 1 },
              { "nanosecond", 1 },
              { "nanoseconds", 1 },
              { "m", MINUTE },
              { "min", MINUTE },
              { "mins", MINUTE },
              { "minute", MINUTE },
              { "minutes", MINUTE },
              { "h", HOUR },
              { "hr", HOUR },
              { "hrs", HOUR },
              { "hour", HOUR },
              { "hours", HOUR },
              { "d", DAY },
              { "day", DAY },
              { "days", DAY } };

int64_t
tg_moment_unit(const char *word)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcasecmp(units[i].word, word)) return units[i].ns;
    return 0;
}

/* ---- decimals ------------------------------------------------------------------------ */

/* sign m 10^exponent, m < 10^19: digits past the 19th are dropped. */
typedef struct decimal {
    bool     negative;
    uint64_t m;
    int      exponent;
} decimal;

static const char *
read_exponent(const char *at, int *out)
{
    const bool  given = *at == 'e' || *at == 'E';
    const char *p = given ? at + 1 : at;
    const int   negative = *p == '-';
    int         e = 0;

    if (given) p += *p == '-' || *p == '+';
    if (!given || !isdigit((unsigned char)*p)) return at;
    for (; isdigit((unsigned char)*p); p++) e = e < 10000 ? 10 * e + (*p - '0') : e;
    *out += negative ? -e : e;
    return p;
}

/* The end of the number that stands at `p`; NULL: none does. */
static const char *
read_decimal(const char *p, bool comma, decimal *out)
{
    int point = 0, digits = 0;

    *out = (decimal){ .negative = *p == '-' };
    if (*p == '-' || *p == '+') p++;
    for (; isdigit((unsigned char)*p) || (!point && (*p == '.' || (comma && *p == ',')));
         p++) {
        if (!isdigit((unsigned char)*p)) {
            point = 1;
            continue;
        }
        digits++;
        if (out->m < UINT64_C(1000000000000000000)) {
            out->m = 10 * out->m + (uint64_t)(*p - '0');
            out->exponent -= point;
        } else {
            out->exponent += !point;
        }
    }
    return digits ? read_exponent(p, &out->exponent) : NULL;
}

static uint64_t
power_of_ten(int n)
{
    uint64_t p = 1;

    while (n-- > 0) p *= 10;
    return p;
}

/* What is too far away for 64 bits of nanoseconds is out of range. */
static bool
to_moment(decimal d, int64_t unit, tg_moment *out)
{
    tg_moment at = { 0 };

    while (unit % 10 == 0) unit /= 10, d.exponent++;
    while (d.m > 0 && d.m % 10 == 0) d.m /= 10, d.exponent++;
    for (; d.m > UINT64_MAX / 2 / (uint64_t)unit; d.exponent++) d.m /= 10;
    d.m *= (uint64_t)unit;
    if (d.m > 0 && d.exponent > 18) return false;
    if (d.exponent >= 0 && d.m > 0) {
        const uint64_t p = power_of_ten(d.exponent);
        if (d.m > INT64_MAX / 2 / p) return false;
        at.ns = (int64_t)(d.m * p);
    } else if (d.m > 0 && d.exponent >= -19) {
        const uint64_t p = power_of_ten(-d.exponent);
        at.ns = (int64_t)(d.m / p);
        at.rest = (double)(d.m % p) / (double)p;
    } else if (d.m > 0) {
        at.rest = (double)d.m * pow(10, d.exponent);
    }
    *out = d.negative ? (tg_moment){ -at.ns, -at.rest } : at;
    return true;
}

/* ---- clocks and dates ---------------------------------------------------------------- */

/* `count` digits. */
static const char *
read_digits(const char *p, int count, int64_t *out)
{
    *out = 0;
    for (; count > 0; count--, p++) {
        if (!isdigit((unsigned char)*p)) return NULL;
        *out = 10 * *out + (*p - '0');
    }
    return p;
}

static int64_t
whole(const char **p)
{
    int64_t n = 0;

    for (; isdigit((unsigned char)**p); (*p)++) n = n < 1000000 ? 10 * n + (**p - '0') : n;
    return n;
}

/* "SS" or "SS.frac" or "SS,frac". */
static const char *
read_seconds(const char *p, tg_moment *out)
{
    decimal     d;
    const char *end = isdigit((unsigned char)*p) ? read_decimal(p, true, &d) : NULL;

    return end && to_moment(d, SECOND, out) && out->ns < 61 * SECOND ? end : NULL;
}

/* [DAYS-][HH:]MM:SS[.frac] */
static tg_moment_form
read_clock(const char *p, tg_moment *out)
{
    int64_t   days = 0, hours = 0, minutes = whole(&p);
    tg_moment second;

    if (*p == '-') {
        days = minutes;
        p++;
        minutes = whole(&p);
    }
    if (*p++ != ':') return TG_MOMENT_NONE;
    const char *end = p + strspn(p, "0123456789");
    if (*end == ':') {
        hours = minutes;
        minutes = whole(&p);
        p++;
    }
    end = read_seconds(p, &second);
    if (!end || *end || minutes > (hours || days ? 59 : 1000000)) return TG_MOMENT_NONE;
    if (days > 30000 || hours > 300000) return TG_MOMENT_RANGE;
    *out = (tg_moment){ days * DAY + hours * HOUR + minutes * MINUTE + second.ns,
                        second.rest };
    return TG_MOMENT_CLOCK;
}

/* Days since 1970-01-01 in the Gregorian calendar, years counted from March on. */
static int64_t
days_since_epoch(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    const int64_t era = y / 400, of_era = y % 400;
    const int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day - 719468;
}

static bool
is_day(int64_t y, int64_t m, int64_t d)
{
    static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const bool       leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

    return m >= 1 && m <= 12 && d >= 1 && d <= length[m - 1] + (m == 2 && leap);
}

/* Z, UTC, GMT, +01:00, -0330, +01; nothing. */
static bool
read_zone(const char *p, int64_t *offset)
{
    int64_t h = 0, m = 0;

    *offset = 0;
    p += *p == ' ';
    if (!*p || !strcasecmp(p, "z") || !strcasecmp(p, "utc") || !strcasecmp(p, "gmt"))
        return true;
    const int sign = *p == '+' ? 1 : *p == '-' ? -1 : 0;
    p = sign ? read_digits(p + 1, 2, &h) : NULL;
    if (p && *p) p = read_digits(p + (*p == ':'), 2, &m);
    *offset = sign * (h * HOUR + m * MINUTE);
    return p && !*p && h <= 14 && m < 60;
}

/* YYYY-MM-DD, then T or a space and a time of day with or without zone. */
static tg_moment_form
read_date(const char *p, tg_moment *out)
{
    int64_t     y, m, d, hour = 0, minute = 0, offset = 0;
    tg_moment   second = { 0 };
    const char *q = read_digits(p, 4, &y);

    if (!q || (*q != '-' && *q != '/')) return TG_MOMENT_NONE;
    const char dash = *q;
    if (!(q = read_digits(q + 1, 2, &m)) || *q != dash ||
        !(q = read_digits(q + 1, 2, &d)) || !is_day(y, m, d))
        return TG_MOMENT_NONE;
    if (*q) {
        if ((*q != 'T' && *q != 't' && *q != ' ') || !(q = read_digits(q + 1, 2, &hour)) ||
            *q != ':' || !(q = read_digits(q + 1, 2, &minute)) || hour > 24 || minute > 59)
            return TG_MOMENT_NONE;
        if (*q == ':' && !(q = read_seconds(q + 1, &second))) return TG_MOMENT_NONE;
        if (!read_zone(q, &offset)) return TG_MOMENT_NONE;
    }
    if (y < 1900 || y > 2100) return TG_MOMENT_RANGE;
    out->ns = days_since_epoch(y, m, d) * DAY + hour * HOUR + minute * MINUTE - offset +
              second.ns;
    out->rest = second.rest;
    return TG_MOMENT_DATE;
}

/* ---- all ----------------------------------------------------------------------------- */

tg_moment_form
tg_moment_read(const char *text, bool comma, int64_t unit, tg_moment *out)
{
    decimal        d;
    const char    *end = read_decimal(text, comma, &d);
    tg_moment_form form = TG_MOMENT_NUMBER;

    if (!end) return TG_MOMENT_NONE;
    if (*end == ':' || *end == '-' || *end == '/') {
        form = read_date(text, out);
        return form == TG_MOMENT_NONE ? read_clock(text, out) : form;
    }
    end += strspn(end, " ");
    if (*end) {
        unit = tg_moment_unit(end);
        form = TG_MOMENT_QUANTITY;
    }
    if (unit == 0) return TG_MOMENT_NONE;
    return to_moment(d, unit, out) ? form : TG_MOMENT_RANGE;
}

double
tg_moment_seconds(tg_moment m)
{
    return m.rest == 0 ? (double)m.ns / 1e9 : ((double)m.ns + m.rest) / 1e9;
}

double
tg_moment_between(tg_moment from, tg_moment to)
{
    return tg_moment_seconds((tg_moment){ to.ns - from.ns, to.rest - from.rest });
}
