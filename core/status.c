#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char last[1024] = "";

const char *
tg_status_text(tg_status status)
{
    switch (status) {
#define X(code, sentence)                                                                  \
    case code:                                                                             \
        return sentence;
        TG_STATUS_LIST(X)
#undef X
    }
    return "unknown status";
}

/* The arguments may point into `last`, so the new message is built beside it. */
tg_status
tg_fail(tg_status status, const char *format, ...)
{
    char    text[sizeof last];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    memcpy(last, text, sizeof last);
    return status;
}

tg_status
tg_fail_within(tg_status status, const char *format, ...)
{
    char    text[sizeof last];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof text) {
        const int room = (int)(sizeof text - (size_t)n - 3);
        snprintf(text + n, sizeof text - (size_t)n, ": %.*s", room > 0 ? room : 0, last);
    }
    memcpy(last, text, sizeof last);
    return status;
}

const char *
tg_message(void)
{
    return last;
}
