/* ranks, by MPI */
#include "cli/ranks.h"

#include <limits.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A message on its way to another rank. */
typedef struct parcel {
    MPI_Request    request;
    struct parcel *next;
    char           data[];
} parcel;

/* And one on its way from another. */
typedef struct arrival {
    MPI_Request     request;
    struct arrival *next;
    int             from;
    ranks_word      word;
    void           *data;
    size_t          bytes;
} arrival;

static int      rank, size = 1, here = 1;
static bool     begun, *lost; /* lost: (size), NULL as long as none is */
static parcel  *sending;
static arrival *coming; /* in the order of their announcement */

/* MPI starts a process of its own where nobody did, so it is asked only under mpirun, or srun. */
static bool
is_started(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMIX_RANK") || getenv("PMI_RANK");
}

tg_status
ranks_begin(void)
{
    MPI_Comm machine;
    int      given;

    if (!is_started()) return TG_OK;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given) != MPI_SUCCESS ||
        given < MPI_THREAD_FUNNELED)
        return tg_fail(TG_EIO, "MPI cannot begin, or not beside threads");
    begun = true;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL,
                        &machine);
    MPI_Comm_size(machine, &here);
    MPI_Comm_free(&machine);
    return TG_OK;
}

/* Messages that have arrived are let go. */
static void
reap(void)
{
    for (parcel **at = &sending; *at;) {
        parcel *one = *at;
        int     done = 0;
        if (MPI_Test(&one->request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && !done) {
            at = &one->next;
            continue;
        }
        *at = one->next;
        free(one);
    }
}

static void
nap(long milliseconds)
{
    nanosleep(&(struct timespec){ 0, milliseconds * 1000000 }, NULL);
}

void
ranks_lose(int which)
{
    if (!lost) lost = calloc((size_t)size, sizeof *lost);
    if (lost) lost[which] = true;
}

/* Without those that were lost there is no end that MPI knows of: what has been said is given a moment to
 * arrive, and mpirun ends whoever is left. */
void
ranks_end(void)
{
    if (!begun) return;
    for (int i = 0; sending && i < 100; i++) {
        reap();
        if (sending) nap(10);
    }
    if (lost)
        MPI_Abort(MPI_COMM_WORLD, 0);
    else
        MPI_Finalize();
}

int
ranks_rank(void)
{
    return rank;
}

int
ranks_size(void)
{
    return size;
}

size_t
ranks_here(void)
{
    return (size_t)here;
}

tg_status
ranks_send(int to, ranks_word word, const void *head, size_t heads, const void *data,
           size_t bytes)
{
    if (lost && lost[to]) return TG_OK;
    if (bytes > INT_MAX - heads)
        return tg_fail(TG_EDOMAIN, "a block of %zu bytes is too large for MPI", bytes);
    parcel *one = malloc(sizeof *one + heads + bytes);
    if (!one) return tg_fail(TG_ENOMEM, "out of memory");
    if (heads) memcpy(one->data, head, heads);
    if (bytes) memcpy(one->data + heads, data, bytes);
    reap();
    if (MPI_Isend(one->data, (int)(heads + bytes), MPI_BYTE, to, (int)word, MPI_COMM_WORLD,
                  &one->request) != MPI_SUCCESS) {
        free(one);
        return tg_fail(TG_EIO, "rank %d cannot be reached", to);
    }
    one->next = sending;
    sending = one;
    return TG_OK;
}

/* The next announced message begins to come; false: there is none, or no room for it. */
static bool
expect(arrival *one)
{
    MPI_Status  status;
    MPI_Message message;
    int         announced = 0, count = 0;

    if (MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &announced, &message,
                    &status) != MPI_SUCCESS ||
        !announced)
        return false;
    MPI_Get_count(&status, MPI_BYTE, &count);
    *one = (arrival){ .from = status.MPI_SOURCE,
                      .word = (ranks_word)status.MPI_TAG,
                      .data = malloc((size_t)count + 1),
                      .bytes = (size_t)count };
    if (!one->data) return false;
    ((char *)one->data)[count] = '\0';
    if (MPI_Imrecv(one->data, count, MPI_BYTE, &message, &one->request) == MPI_SUCCESS)
        return true;
    free(one->data);
    return false;
}

/* All that are announced. None is waited for: one whose sender is lost in the midst of it never comes. */
static void
expect_all(void)
{
    arrival **end = &coming;

    while (*end) end = &(*end)->next;
    for (;;) {
        arrival *one = malloc(sizeof *one);
        if (!one || !expect(one)) {
            free(one);
            return;
        }
        *end = one;
        end = &one->next;
    }
}

bool
ranks_hear(int *from, ranks_word *word, void **data, size_t *bytes)
{
    reap();
    expect_all();
    for (arrival **at = &coming; *at;) {
        arrival  *one = *at;
        int       there = 0;
        const int error = MPI_Test(&one->request, &there, MPI_STATUS_IGNORE);
        if (error == MPI_SUCCESS && !there) {
            at = &one->next;
            continue;
        }
        *from = one->from;
        *word = one->word;
        *data = one->data;
        *bytes = one->bytes;
        *at = one->next;
        free(one);
        if (error == MPI_SUCCESS) return true;
        free(*data);
    }
    return false;
}
