#define _DEFAULT_SOURCE /* pwritev */
#include "core/records.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

enum { MOST_KEY = 256, PIECE = 1 << 16 };

/* Before each record in the file, after the first MAGIC. */
typedef struct head {
    uint64_t size;
    uint32_t key, sum; /* length of the key; CRC-32 of key and bytes */
} head;

static const char MAGIC[16] = "tardigrad blocks";

typedef struct entry {
    char    *key;
    uint64_t at, size; /* of its bytes in the file */
} entry;

struct tg_records {
    int             file;
    char           *path;
    entry          *entry; /* (count) */
    size_t          count, room;
    uint64_t        end; /* of what is whole */
    pthread_mutex_t turn;
};

static uint32_t
sum_of(uint32_t sum, const void *data, size_t size)
{
    const unsigned char *at = data;

    for (size_t n; size > 0; at += n, size -= n) {
        n = size < PIECE ? size : PIECE;
        sum = (uint32_t)crc32(sum, at, (unsigned)n);
    }
    return sum;
}

static tg_status
remember(tg_records *r, const char *key, uint64_t at, uint64_t size)
{
    if (r->count == r->room) {
        const size_t room = r->room ? 2 * r->room : 64;
        entry       *more = realloc(r->entry, room * sizeof *more);
        if (!more) return tg_fail(TG_ENOMEM, "out of memory");
        r->entry = more;
        r->room = room;
    }
    char *copy = strdup(key);
    if (!copy) return tg_fail(TG_ENOMEM, "out of memory");
    r->entry[r->count++] = (entry){ copy, at, size };
    return TG_OK;
}

/* ---- reading --------------------------------------------------------------------------- */

static bool
read_whole(int file, void *data, size_t size, uint64_t at)
{
    for (char *to = data; size > 0;) {
        const ssize_t n = pread(file, to, size, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        to += n;
        at += (uint64_t)n;
        size -= (size_t)n;
    }
    return true;
}

/* Whether the bytes of a record are what its checksum says, which goes on from that of its key. */
static bool
is_whole(const tg_records *r, const head *h, uint32_t sum, uint64_t at)
{
    unsigned char piece[PIECE];

    for (uint64_t left = h->size; left > 0;) {
        const size_t n = left < PIECE ? (size_t)left : PIECE;
        if (!read_whole(r->file, piece, n, at)) return false;
        sum = sum_of(sum, piece, n);
        at += n;
        left -= n;
    }
    return sum == h->sum;
}

/* All records that are whole, up to the first that is not. */
static tg_status
scan(tg_records *r)
{
    head h;
    char key[MOST_KEY];

    for (uint64_t at = sizeof MAGIC;; at = r->end) {
        r->end = at;
        if (!read_whole(r->file, &h, sizeof h, at) || h.key >= MOST_KEY) return TG_OK;
        at += sizeof h;
        if (!read_whole(r->file, key, h.key, at)) return TG_OK;
        key[h.key] = '\0';
        at += h.key;
        if (!is_whole(r, &h, sum_of(0, key, h.key), at)) return TG_OK;
        TG_TRY(remember(r, key, at, h.size));
        r->end = at + h.size;
    }
}

/* The length of the first line of a text. */
static int
line_length(const char *text)
{
    const size_t n = strcspn(text, "\n");

    return n < 200 ? (int)n : 200;
}

static tg_status
compare(const char *path, const char *there, const char *here)
{
    while (*there && *here) {
        const size_t n = strcspn(there, "\n") + 1;
        if (strncmp(there, here, n) != 0) break;
        there += there[n - 1] ? n : n - 1;
        here += here[n - 1] ? n : n - 1;
    }
    if (!*there && !*here) return TG_OK;
    return tg_fail(TG_EINPUT,
                   "%.300s keeps what is finished of something else: there \"%.*s\", here "
                   "\"%.*s\"; remove it to begin anew",
                   path, line_length(there), there, line_length(here), here);
}

static tg_status
check_identity(tg_records *r, const char *identity)
{
    const entry *e = r->entry;
    char        *text = calloc(1, (size_t)e->size + 1);

    if (!text) return tg_fail(TG_ENOMEM, "out of memory");
    if (!read_whole(r->file, text, (size_t)e->size, e->at)) *text = '\0';
    const tg_status status = compare(r->path, text, identity);
    free(text);
    return status;
}

/* ---- opening --------------------------------------------------------------------------- */

static tg_status
cannot(const tg_records *r, tg_status status)
{
    return tg_fail(status, "%.400s: what is finished cannot be kept: %s", r->path,
                   strerror(errno));
}

/* A run that died at once left less than MAGIC. */
static bool
is_beginning(int file, size_t size)
{
    char some[sizeof MAGIC];

    return size < sizeof MAGIC && read_whole(file, some, size, 0) &&
           memcmp(some, MAGIC, size) == 0;
}

/* An empty file gets its beginning; another one must be records, and of the same. */
static tg_status
begin(tg_records *r, const char *identity, bool go_on)
{
    struct stat s;
    char        magic[sizeof MAGIC];

    if (fstat(r->file, &s) != 0) return cannot(r, TG_EIO);
    const bool ours =
        read_whole(r->file, magic, sizeof magic, 0) && !memcmp(magic, MAGIC, sizeof MAGIC);
    if (s.st_size > 0 && !ours && !is_beginning(r->file, (size_t)s.st_size))
        return tg_fail(TG_EINPUT, "%.400s is something else than records of finished work",
                       r->path);
    r->end = sizeof MAGIC;
    if (ours && go_on) TG_TRY(scan(r));
    if (!go_on && ftruncate(r->file, 0) != 0) return cannot(r, TG_EIO);
    if (r->count > 0 && !r->entry[0].key[0]) return check_identity(r, identity);
    if (pwrite(r->file, MAGIC, sizeof MAGIC, 0) != sizeof MAGIC) return cannot(r, TG_EIO);
    return tg_records_add(r, "", identity, strlen(identity));
}

tg_status
tg_records_open(const char *path, const char *identity, bool go_on, tg_records **out)
{
    tg_records *r = calloc(1, sizeof *r);

    if (!r || !(r->path = strdup(path))) {
        free(r);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    pthread_mutex_init(&r->turn, NULL);
    r->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    const tg_status status = r->file < 0 ? cannot(r, TG_EIO) : begin(r, identity, go_on);
    if (status == TG_OK)
        *out = r;
    else
        tg_records_close(r, true);
    return status;
}

void
tg_records_close(tg_records *r, bool keep)
{
    if (!r) return;
    if (r->file >= 0) close(r->file);
    if (!keep) unlink(r->path);
    for (size_t i = 0; i < r->count; i++) free(r->entry[i].key);
    pthread_mutex_destroy(&r->turn);
    free(r->entry);
    free(r->path);
    free(r);
}

/* ---- records --------------------------------------------------------------------------- */

size_t
tg_records_count(tg_records *r)
{
    pthread_mutex_lock(&r->turn);
    const size_t n = r->count - 1; /* the first is the identity */
    pthread_mutex_unlock(&r->turn);
    return n;
}

bool
tg_records_find(tg_records *r, const char *key, void *data, size_t size)
{
    entry found = { 0 };

    pthread_mutex_lock(&r->turn);
    for (size_t i = 1; i < r->count && !found.key; i++)
        if (r->entry[i].size == size && !strcmp(r->entry[i].key, key)) found = r->entry[i];
    pthread_mutex_unlock(&r->turn);
    return found.key && read_whole(r->file, data, size, found.at);
}

/* All of it at the end of what is whole; a part of it is written over by the next. */
static tg_status
write_at_end(tg_records *r, const head *h, const char *key, const void *data)
{
    struct iovec part[3] = { { (void *)h, sizeof *h },
                             { (void *)key, h->key },
                             { (void *)data, (size_t)h->size } };
    uint64_t     at = r->end;

    for (size_t i = 0; i < 3;) {
        const ssize_t n = pwritev(r->file, part + i, (int)(3 - i), (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot(r, TG_EWRITE);
        at += (uint64_t)n;
        for (size_t left = (size_t)n; i < 3; i++) {
            const size_t used = left < part[i].iov_len ? left : part[i].iov_len;
            part[i].iov_base = (char *)part[i].iov_base + used;
            part[i].iov_len -= used;
            left -= used;
            if (part[i].iov_len > 0) break;
        }
    }
    return TG_OK;
}

tg_status
tg_records_add(tg_records *r, const char *key, const void *data, size_t size)
{
    const size_t length = strlen(key);

    if (length >= MOST_KEY)
        return tg_fail(TG_EDOMAIN, "a key has less than %d bytes, got %zu", MOST_KEY,
                       length);
    const head h = { .size = size,
                     .key = (uint32_t)length,
                     .sum = sum_of(sum_of(0, key, length), data, size) };
    pthread_mutex_lock(&r->turn);
    tg_status status = write_at_end(r, &h, key, data);
    if (status == TG_OK) status = remember(r, key, r->end + sizeof h + length, size);
    if (status == TG_OK) r->end += sizeof h + length + size;
    pthread_mutex_unlock(&r->turn);
    return status;
}
