/* status: how a function says that it failed, and why
 *
 * A function that can fail returns a tg_status and hands its result out through its last
 * arguments; after a failure those are as before the call. The sentence for the person at
 * the keyboard is kept per thread and read with tg_message().
 */
#ifndef TG_CORE_STATUS_H
#define TG_CORE_STATUS_H

#define TG_STATUS_LIST(X)                                                                  \
    X(TG_OK, "success")                                                                    \
    X(TG_EDOMAIN, "argument outside its mathematical domain")                              \
    X(TG_EINPUT, "input malformed or inconsistent")                                        \
    X(TG_EDIVERGED, "solution left the finite range")                                      \
    X(TG_ENOCONV, "iteration did not reach its tolerance")                                 \
    X(TG_ENOMEM, "out of memory")                                                          \
    X(TG_EIO, "file could not be opened or read")                                          \
    X(TG_EWRITE, "results could not be written")                                           \
    X(TG_ESTOP, "stopped on request")

typedef enum tg_status {
#define X(code, sentence) code,
    TG_STATUS_LIST(X)
#undef X
} tg_status;

#if defined(__GNUC__)
#define TG_CHECKED         __attribute__((warn_unused_result))
#define TG_FORMAT(fmt, va) __attribute__((format(printf, fmt, va)))
#else
#define TG_CHECKED
#define TG_FORMAT(fmt, va)
#endif

/* Return from the calling function if `call` failed. Only where nothing is owned. */
#define TG_TRY(call)                                                                       \
    do {                                                                                   \
        tg_status try_status = (call);                                                     \
        if (try_status != TG_OK) return try_status;                                        \
    } while (0)

/* The one-line meaning of a code; "unknown status" for anything else. */
const char *tg_status_text(tg_status status);

/* Set this thread's message and return `status`: `return tg_fail(TG_EDOMAIN, ...)`. */
tg_status tg_fail(tg_status status, const char *format, ...) TG_FORMAT(2, 3);

/* Put words and ": " before this thread's message and return `status`: who was at work. */
tg_status tg_fail_within(tg_status status, const char *format, ...) TG_FORMAT(2, 3);

/* This thread's last message; valid until the next failure on this thread. */
const char *tg_message(void);

#endif
