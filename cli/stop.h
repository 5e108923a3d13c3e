/* stop: Ctrl-C and SIGTERM end a command soon, whatever it is doing
 *
 * The first signal asks the computation to stop (core/parallel.h), which keeps what is
 * finished. If no part of it has heard that within a tenth of a second, or a second signal
 * comes, a thread that waits for that removes the draft of the results and ends the
 * program.
 */
#ifndef TG_CLI_STOP_H
#define TG_CLI_STOP_H

/* Begin to listen. */
void stop_listen(void);

/* The draft to be removed if the program is ended from here; NULL: none. Borrowed until the
 * next call. */
void stop_guard(const char *draft);

/* The stop was heard and what is finished is being written: wait for that. */
void stop_saving(void);

/* 128 + the signal that came, 0 if none did. */
int stop_status(void);

#endif
