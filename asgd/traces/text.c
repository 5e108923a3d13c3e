#include "asgd/traces/text.h"

#include "core/parallel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define MOST_TEXT ((size_t)1 << 30) /* bytes, unpacked */

/* First bytes of what people give instead of a log. */
static const struct {
    const char *magic, *what;
    size_t      size;
} others[] = {
    { "PK\003\004", "a zip archive or a spreadsheet; unpack it, or save it as CSV", 4 },
    { "PAR1", "a Parquet file; write it as CSV or JSON lines", 4 },
    { "SQLite format 3", "an SQLite database; export the table as CSV", 15 },
    { "\x89HDF", "an HDF5 file; write the table as CSV", 4 },
    { "\x93NUMPY", "a numpy file; write it as text with numpy.savetxt", 6 },
    { "\x80\x02", "a Python pickle; write what it holds as CSV or JSON lines", 2 },
    { "\x28\xb5\x2f\xfd", "zstd data; unpack it first: zstd -dc FILE | tardigrad fit -",
      4 },
    { "BZh", "bzip2 data; unpack it first: bzcat FILE | tardigrad fit -", 3 },
    { "\xfd"
      "7zXZ",
      "xz data; unpack it first: xzcat FILE | tardigrad fit -", 5 },
    { "\xff\xfe", "UTF-16; save it as UTF-8", 2 },
    { "\xfe\xff", "UTF-16; save it as UTF-8", 2 },
    { "%PDF", "a PDF file", 4 },
    { "\x89PNG", "a picture", 4 },
    { "\x7f"
      "ELF",
      "a program", 4 },
};

static tg_status
refuse_others(const tg_text *t)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (t->size >= others[i].size && !memcmp(t->at, others[i].magic, others[i].size))
            return tg_fail(TG_EINPUT, "%s: expected a text file, got %s", t->source,
                           others[i].what);
    return TG_OK;
}

/* The next piece is text: a byte 0 never is. */
static tg_status
look_at(const tg_text *t, const char *piece, size_t n)
{
    const char *zero = memchr(piece, 0, n);

    if (piece == t->bytes) {
        const tg_text begun = { .source = t->source, .at = t->bytes, .size = n };
        TG_TRY(refuse_others(&begun));
    }
    if (!zero) return TG_OK;
    return tg_fail(TG_EINPUT, "%s: expected a text file, got a byte 0 at %zu", t->source,
                   (size_t)(zero - t->bytes));
}

/* All there is, in pieces that are looked at as they come. */
static tg_status
read_pieces(gzFile f, tg_text *t)
{
    size_t room = 0;
    int    cause = Z_OK;

    for (;;) {
        TG_TRY(tg_stop_check());
        if (room - t->size < 1 << 16) {
            room = room ? 2 * room : 1 << 18;
            char *grown = realloc(t->bytes, room + 1);
            if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
            t->bytes = grown;
        }
        const size_t left = room - t->size;
        const int    n =
            gzread(f, t->bytes + t->size, (unsigned)(left < 1 << 22 ? left : 1 << 22));
        if (n < 0)
            return tg_fail(TG_EINPUT, "%s: cannot be read after %zu bytes: %s", t->source,
                           t->size, gzerror(f, &cause));
        if (n == 0) break;
        TG_TRY(look_at(t, t->bytes + t->size, (size_t)n));
        t->size += (size_t)n;
        if (t->size > MOST_TEXT)
            return tg_fail(TG_EIO, "%s: more than 1 GiB of text", t->source);
    }
    t->bytes[t->size] = '\0';
    gzerror(f, &cause);
    if (cause == Z_OK || cause == Z_STREAM_END) return TG_OK;
    return tg_fail(TG_EINPUT, "%s: gzip data cut short after %zu bytes", t->source,
                   t->size);
}

static tg_status
read_file(int fd, tg_text *t)
{
    gzFile f = gzdopen(fd, "rb");

    if (!f) {
        close(fd);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    gzbuffer(f, 1 << 17);
    tg_status status = read_pieces(f, t);
    t->gzip = status == TG_OK && !gzdirect(f);
    gzclose_r(f);
    return status;
}

/* A folder opens like a file. Takes fd where it fails. */
static tg_status
check_kind(int fd, const tg_text *t)
{
    struct stat about;

    if (fstat(fd, &about) != 0 || !S_ISDIR(about.st_mode)) return TG_OK;
    close(fd);
    return tg_fail(TG_EINPUT, "%s: expected a file, got a folder; name the files in it",
                   t->source);
}

/* Lines that end with CR alone, as old spreadsheets write them. */
static void
end_lines(tg_text *t)
{
    if (memchr(t->at, '\n', t->size)) return;
    for (char *c = t->at; (c = memchr(c, '\r', t->size - (size_t)(c - t->at))); c++)
        *c = '\n';
}

tg_status
tg_text_read(const char *path, tg_text *out)
{
    const int stdin_given = !strcmp(path, "-");
    tg_text   t = { .source = stdin_given ? "standard input" : path };
    const int fd = stdin_given ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return tg_fail(TG_EIO, "%s: cannot be opened: %s", t.source, strerror(errno));
    tg_status status = check_kind(fd, &t);
    if (status == TG_OK) status = read_file(fd, &t);
    if (status == TG_OK) {
        t.at = t.bytes;
        t.mark = !strncmp(t.at, "\xef\xbb\xbf", 3);
        t.at += t.mark ? 3 : 0;
        t.size -= t.mark ? 3 : 0;
        end_lines(&t);
        if (!t.at[strspn(t.at, " \t\r\n")])
            status = tg_fail(TG_EINPUT, "%s: is empty", t.source);
    }
    if (status == TG_OK)
        *out = t;
    else
        free(t.bytes);
    return status;
}

void
tg_text_free(tg_text *t)
{
    free(t->bytes);
    *t = (tg_text){ 0 };
}
