/* ranks, where MPI was not there when this was built */
#include "cli/ranks.h"

#include <stdlib.h>

tg_status
ranks_begin(void)
{
    const char *size = getenv("OMPI_COMM_WORLD_SIZE");

    if (!size || atoi(size) < 2) return TG_OK;
    return tg_fail(TG_EDOMAIN,
                   "this was built without MPI: install libopenmpi-dev and build "
                   "again, or take --shard I/N");
}

void
ranks_lose(int rank)
{
    (void)rank;
}

void
ranks_end(void)
{
}

int
ranks_rank(void)
{
    return 0;
}

int
ranks_size(void)
{
    return 1;
}

size_t
ranks_here(void)
{
    return 1;
}

tg_status
ranks_send(int to, ranks_word word, const void *head, size_t heads, const void *data,
           size_t size)
{
    (void)word, (void)head, (void)heads, (void)data, (void)size;
    return tg_fail(TG_EIO, "there is no rank %d", to);
}

bool
ranks_hear(int *from, ranks_word *word, void **data, size_t *size)
{
    (void)from, (void)word, (void)data, (void)size;
    return false;
}
