/* listener: who hears what a computation has to say while it goes
 *
 * A library never prints. What a person should know beside the numbers, that it will take
 * long, that rows are missing, comes as a sentence to whoever listens.
 */
#ifndef TG_STUDY_LISTENER_H
#define TG_STUDY_LISTENER_H

#include "core/status.h"

#include <stdio.h>

typedef enum tg_topic {
    TG_TOPIC_WAIT,   /* it will take more than a minute */
    TG_TOPIC_FOUND,  /* something that the study left open, or a remark */
    TG_TOPIC_MISSING /* a part of the answer could not be computed */
} tg_topic;

typedef struct tg_listener {
    void (*hear)(tg_topic topic, const char *sentence, void *context); /* NULL: nobody */
    void *context;
    FILE *bar; /* terminal for a bar of progress; NULL: none */
    /* What was done before a stop is being written: wait for it. NULL: nobody. */
    void (*saves)(void *context);
} tg_listener;

/* Tell a sentence; `l` may be NULL. */
void tg_listener_tell(const tg_listener *l, tg_topic topic, const char *format, ...)
    TG_FORMAT(3, 4);

#endif
