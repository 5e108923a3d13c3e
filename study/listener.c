#include "study/listener.h"

#include <stdarg.h>

void
tg_listener_tell(const tg_listener *l, tg_topic topic, const char *format, ...)
{
    char    sentence[600];
    va_list args;

    if (!l || !l->hear) return;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    l->hear(topic, sentence, l->context);
}
