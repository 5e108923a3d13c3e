/* ranks: the processes that mpirun started, and the words between them
 *
 * All that knows MPI is in ranks_mpi.c; where it was not there when this was built, ranks_none.c stands
 * in, and there is one rank. Only the thread that began calls any of this.
 */
#ifndef TG_CLI_RANKS_H
#define TG_CLI_RANKS_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Begin, if mpirun started this. Errors: TG_EDOMAIN it did, and this was built without MPI; TG_EIO. */
TG_CHECKED tg_status ranks_begin(void);

/* A rank is lost: nothing more is said to it, and the end does not wait for it. */
void ranks_lose(int rank);

/* End, with all other ranks that are not lost. */
void ranks_end(void);

int    ranks_rank(void); /* 0 is the one that leads and writes */
int    ranks_size(void);
size_t ranks_here(void); /* how many of them share this machine */

/* What a message is. */
typedef enum ranks_word {
    RANKS_ASK,  /* to 0: so many more numbers (ranks_ask) */
    RANKS_GIVE, /* from 0: numbers of blocks, uint64_t each */
    RANKS_DONE, /* to 0: a block (ranks_done, then its bytes or what failed) */
    RANKS_BEAT, /* to 0: still here */
    RANKS_LEFT, /* to 0: it cannot help; why, as text */
    RANKS_END,  /* from 0: there is no more to compute */
    RANKS_BYE   /* from 0: all is written */
} ranks_word;

/* Send, unless it is lost, head (heads) and data (size), which are copied; it does not wait. Errors: TG_ENOMEM, TG_EDOMAIN
 * it is 2 GiB or more, TG_EIO. */
TG_CHECKED tg_status ranks_send(int to, ranks_word word, const void *head, size_t heads,
                                const void *data, size_t size);

/* A message that has come, if one has: whether. It waits for none that is still on its way, which a later one may
 * overtake. Owner of *data: the caller, free(). */
bool ranks_hear(int *from, ranks_word *word, void **data, size_t *size);

#endif
