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

enum { PIECE = 1 << 16 };

/* Before each record in the file, after MAGIC. */
typedef struct head {
    uint64_t size, number;
    uint64_t sum; /* CRC-32 of size, number and bytes */
} head;

static const char     MAGIC[16] = "tardigrad record";
static const uint64_t IDENTITY = UINT64_MAX, MOST_BLOCKS = UINT64_C(1) << 32;

struct tg_records {
    int       file;
    char     *path;
    char     *text; /* identity and note, each with its end */
    size_t    blocks, count;
    uint64_t *at;          /* (blocks) of the head of each in the file; 0: not there */
    uint64_t  end, broken; /* end of what is whole; bytes after it, when it was opened */
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

static uint32_t
sum_of_head(const head *h)
{
    return sum_of(0, h, offsetof(head, sum));
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

/* Whether the bytes of the record at `at` are what its checksum says. */
static bool
is_whole(const tg_records *r, const head *h, uint64_t at)
{
    unsigned char piece[PIECE];
    uint32_t      sum = sum_of_head(h);

    at += sizeof *h;
    for (uint64_t left = h->size; left > 0;) {
        const size_t n = left < PIECE ? (size_t)left : PIECE;
        if (!read_whole(r->file, piece, n, at)) return false;
        sum = sum_of(sum, piece, n);
        at += n;
        left -= n;
    }
    return sum == h->sum;
}

/* The first record: identity and note; as many blocks as it says. */
static tg_status
read_identity(tg_records *r, const head *h)
{
    const uint64_t at = sizeof MAGIC + sizeof *h;
    const size_t   size = (size_t)h->size - sizeof(uint64_t);
    uint64_t       blocks = 0;

    if (!read_whole(r->file, &blocks, sizeof blocks, at) || blocks > MOST_BLOCKS)
        return tg_fail(TG_EINPUT, "%.400s is damaged", r->path);
    r->text = calloc(1, size + 2); /* two texts, whatever is there */
    r->at = calloc((size_t)blocks + 1, sizeof *r->at);
    if (!r->text || !r->at) return tg_fail(TG_ENOMEM, "out of memory");
    r->blocks = (size_t)blocks;
    if (read_whole(r->file, r->text, size, at + sizeof blocks)) return TG_OK;
    return tg_fail(TG_EIO, "%.400s: %s", r->path, strerror(errno));
}

/* All records that are whole, up to the first that is not. */
static tg_status
scan(tg_records *r, uint64_t length)
{
    head h;

    for (uint64_t at = sizeof MAGIC;; at += sizeof h + h.size) {
        r->end = at;
        r->broken = length - at;
        if (!read_whole(r->file, &h, sizeof h, at) || !is_whole(r, &h, at)) return TG_OK;
        if (at == sizeof MAGIC) {
            if (h.number != IDENTITY || h.size < sizeof(uint64_t)) return TG_OK;
            TG_TRY(read_identity(r, &h));
        } else {
            if (h.number >= r->blocks) return TG_OK;
            r->count += r->at[h.number] == 0;
            r->at[h.number] = at;
        }
    }
}

/* The length of the first line of a text. */
static int
line_length(const char *text)
{
    const size_t n = strcspn(text, "\n");

    return n < 200 ? (int)n : 200;
}

tg_status
tg_records_check(const tg_records *r, const char *identity, const char *here)
{
    const char *there = r->text;

    while (*there && *identity) {
        const size_t n = strcspn(there, "\n") + 1;
        if (strncmp(there, identity, n) != 0) break;
        there += there[n - 1] ? n : n - 1;
        identity += identity[n - 1] ? n : n - 1;
    }
    if (!*there && !*identity) return TG_OK;
    return tg_fail(
        TG_EINPUT,
        "%.300s keeps what is finished of something else: there \"%.*s\", %.200s "
        "\"%.*s\"",
        r->path, line_length(there), there, here, line_length(identity), identity);
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
is_beginning(int file, uint64_t size)
{
    char some[sizeof MAGIC];

    return size < sizeof MAGIC && read_whole(file, some, (size_t)size, 0) &&
           memcmp(some, MAGIC, (size_t)size) == 0;
}

/* Nothing, the beginning of records, or records. */
static tg_status
look(tg_records *r, bool *ours, uint64_t *length)
{
    struct stat s;
    char        magic[sizeof MAGIC];

    if (fstat(r->file, &s) != 0) return cannot(r, TG_EIO);
    *length = (uint64_t)s.st_size;
    *ours =
        read_whole(r->file, magic, sizeof magic, 0) && !memcmp(magic, MAGIC, sizeof MAGIC);
    if (s.st_size > 0 && !*ours && !is_beginning(r->file, *length))
        return tg_fail(TG_EINPUT, "%.400s is something else than records of finished work",
                       r->path);
    r->end = sizeof MAGIC;
    return TG_OK;
}

/* All of it at `at`. */
static tg_status
write_parts(const tg_records *r, struct iovec *part, size_t parts, uint64_t at)
{
    for (size_t i = 0; i < parts;) {
        const ssize_t n = pwritev(r->file, part + i, (int)(parts - i), (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot(r, TG_EWRITE);
        at += (uint64_t)n;
        for (size_t left = (size_t)n; i < parts; i++) {
            const size_t used = left < part[i].iov_len ? left : part[i].iov_len;
            part[i].iov_base = (char *)part[i].iov_base + used;
            part[i].iov_len -= used;
            left -= used;
            if (part[i].iov_len > 0) break;
        }
    }
    return TG_OK;
}

/* MAGIC and the first record, together, so that no file has one without the other for long. */
static tg_status
begin(tg_records *r, const tg_records_of *of)
{
    const size_t   identity = strlen(of->identity) + 1, note = strlen(of->note) + 1;
    const uint64_t blocks = of->blocks;
    head           h = { .size = sizeof blocks + identity + note, .number = IDENTITY };

    if (blocks > MOST_BLOCKS)
        return tg_fail(TG_EDOMAIN, "%zu blocks of work, at most %llu can be", of->blocks,
                       (unsigned long long)MOST_BLOCKS);
    free(r->text);
    free(r->at);
    r->text = malloc(identity + note);
    r->at = calloc(of->blocks + 1, sizeof *r->at);
    if (!r->text || !r->at) return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(r->text, of->identity, identity);
    memcpy(r->text + identity, of->note, note);
    r->blocks = of->blocks;
    h.sum =
        sum_of(sum_of(sum_of_head(&h), &blocks, sizeof blocks), r->text, identity + note);
    r->end = sizeof MAGIC + sizeof h + h.size;
    struct iovec part[] = { { (void *)MAGIC, sizeof MAGIC },
                            { &h, sizeof h },
                            { (void *)&blocks, sizeof blocks },
                            { r->text, identity + note } };
    if (ftruncate(r->file, 0) != 0) return cannot(r, TG_EIO);
    return write_parts(r, part, 4, 0);
}

static tg_status
begin_or_go_on(tg_records *r, const tg_records_of *of, bool go_on)
{
    bool     ours;
    uint64_t length;

    TG_TRY(look(r, &ours, &length));
    if (ours && go_on) TG_TRY(scan(r, length));
    if (!r->text) return begin(r, of);
    TG_TRY(tg_records_check(r, of->identity, "here"));
    if (ftruncate(r->file, (off_t)r->end) != 0) return cannot(r, TG_EIO);
    if (r->blocks == of->blocks) return TG_OK;
    return tg_fail(TG_EINPUT, "%.300s has %zu blocks, here there are %zu", r->path,
                   r->blocks, of->blocks);
}

static tg_status
read_only(tg_records *r)
{
    bool     ours;
    uint64_t length;

    TG_TRY(look(r, &ours, &length));
    if (ours) TG_TRY(scan(r, length));
    if (r->text) return TG_OK;
    return tg_fail(TG_EINPUT, "%.400s: its beginning is not whole, no block can be used",
                   r->path);
}

static tg_status
open_file(const char *path, int how, tg_records **out)
{
    tg_records *r = calloc(1, sizeof *r);

    if (!r || !(r->path = strdup(path))) {
        free(r);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    pthread_mutex_init(&r->turn, NULL);
    r->file = open(path, how | O_CLOEXEC, 0666);
    *out = r;
    return TG_OK;
}

tg_status
tg_records_open(const char *path, const tg_records_of *of, bool go_on, tg_records **out)
{
    tg_records *r;

    TG_TRY(open_file(path, O_RDWR | O_CREAT, &r));
    const tg_status status = r->file < 0 ? cannot(r, TG_EIO) : begin_or_go_on(r, of, go_on);
    if (status == TG_OK)
        *out = r;
    else
        tg_records_close(r, true);
    return status;
}

tg_status
tg_records_read(const char *path, tg_records **out)
{
    tg_records *r;

    TG_TRY(open_file(path, O_RDONLY, &r));
    const tg_status status =
        r->file < 0 ? tg_fail(TG_EIO, "%.400s: %s", path, strerror(errno)) : read_only(r);
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
    pthread_mutex_destroy(&r->turn);
    free(r->at);
    free(r->text);
    free(r->path);
    free(r);
}

/* ---- records --------------------------------------------------------------------------- */

tg_records_of
tg_records_are_of(const tg_records *r)
{
    return (tg_records_of){ .identity = r->text,
                            .note = r->text + strlen(r->text) + 1,
                            .blocks = r->blocks };
}

size_t
tg_records_count(tg_records *r)
{
    pthread_mutex_lock(&r->turn);
    const size_t n = r->count;
    pthread_mutex_unlock(&r->turn);
    return n;
}

double
tg_records_missing(tg_records *r)
{
    return r && r->blocks ? 1 - (double)tg_records_count(r) / (double)r->blocks : 1;
}

size_t
tg_records_broken(const tg_records *r)
{
    return (size_t)r->broken;
}

static uint64_t
place_of(tg_records *r, size_t number)
{
    if (number >= r->blocks) return 0;
    pthread_mutex_lock(&r->turn);
    const uint64_t at = r->at[number];
    pthread_mutex_unlock(&r->turn);
    return at;
}

bool
tg_records_has(tg_records *r, size_t number, size_t *size)
{
    const uint64_t at = place_of(r, number);
    head           h;

    if (at == 0 || !read_whole(r->file, &h, sizeof h, at)) return false;
    *size = (size_t)h.size;
    return true;
}

bool
tg_records_find(tg_records *r, size_t number, void *data, size_t size)
{
    const uint64_t at = place_of(r, number);
    head           h;

    return at > 0 && read_whole(r->file, &h, sizeof h, at) && h.size == size &&
           read_whole(r->file, data, size, at + sizeof h);
}

/* At the end of what is whole; a part of it is written over by the next. */
tg_status
tg_records_add(tg_records *r, size_t number, const void *data, size_t size)
{
    head h = { .size = size, .number = number };

    if (number >= r->blocks)
        return tg_fail(TG_EDOMAIN, "there is no block %zu, there are %zu", number,
                       r->blocks);
    h.sum = sum_of(sum_of_head(&h), data, size);
    struct iovec part[] = { { &h, sizeof h }, { (void *)data, size } };
    pthread_mutex_lock(&r->turn);
    const tg_status status = write_parts(r, part, 2, r->end);
    if (status == TG_OK) {
        r->count += r->at[number] == 0;
        r->at[number] = r->end;
        r->end += sizeof h + size;
    }
    pthread_mutex_unlock(&r->turn);
    return status;
}
