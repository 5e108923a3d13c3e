#include "asgd/problems/dataset.h"

#include "core/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { FIRST_ROOM = 1 << 20 };

/* ---- IDX ----------------------------------------------------------------------------- */

/* Fill `out` from `got` up to n bytes. */
static tg_status
read_exactly(gzFile file, const char *path, size_t got, void *out, size_t n)
{
    int cause = Z_OK;

    while (got < n) {
        const unsigned part = n - got > 1u << 30 ? 1u << 30 : (unsigned)(n - got);
        const int      r = gzread(file, (char *)out + got, part);
        if (r > 0) {
            got += (size_t)r;
            continue;
        }
        gzerror(file, &cause);
        return tg_fail(TG_EINPUT, "%s: %s after %zu bytes", path,
                       r < 0 && cause != Z_BUF_ERROR ? "damaged gzip data" : "truncated",
                       got);
    }
    return TG_OK;
}

/* Magic number: two zero bytes, type 8 (unsigned byte), number of dimensions; then the
 * sizes, big-endian. */
static tg_status
read_header(gzFile file, const char *path, size_t dims, size_t size[3])
{
    uint8_t head[4], word[4];

    TG_TRY(read_exactly(file, path, 0, head, sizeof head));
    if (head[0] || head[1] || head[2] != 8 || head[3] != dims)
        return tg_fail(
            TG_EINPUT,
            "%s: not an IDX file of unsigned bytes with %zu dimensions: expected "
            "magic number 0x%08zx, got 0x%02x%02x%02x%02x",
            path, dims, (size_t)0x800 + dims, head[0], head[1], head[2], head[3]);
    for (size_t i = 0; i < dims; i++) {
        TG_TRY(read_exactly(file, path, 0, word, sizeof word));
        size[i] =
            (size_t)word[0] << 24 | (size_t)word[1] << 16 | (size_t)word[2] << 8 | word[3];
        if (size[i] == 0 || size[i] > 100000000)
            return tg_fail(TG_EINPUT, "%s: dimension %zu has size %zu", path, i, size[i]);
    }
    return TG_OK;
}

/* The buffer grows with what is read: a header that promises too much costs nothing. */
static tg_status
read_body(gzFile file, const char *path, size_t n, uint8_t **bytes)
{
    uint8_t *data = NULL, more;
    size_t   got = 0;

    while (got < n) {
        const size_t room = got < FIRST_ROOM ? FIRST_ROOM : 2 * got;
        const size_t end = room < n ? room : n;
        uint8_t     *grown = realloc(data, end);
        tg_status    status = grown ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
        if (grown) data = grown;
        if (status == TG_OK) status = read_exactly(file, path, got, data, end);
        if (status != TG_OK) {
            free(data);
            return status;
        }
        got = end;
    }
    if (gzread(file, &more, 1) > 0) {
        free(data);
        return tg_fail(TG_EINPUT, "%s: bytes follow the %zu that its header announces",
                       path, n);
    }
    *bytes = data;
    return TG_OK;
}

/* The product of the sizes, checked before it is formed. */
static tg_status
count_bytes(const char *path, size_t dims, const size_t *size, size_t *n)
{
    double bytes = 1;

    for (size_t i = 0; i < dims; i++) bytes *= (double)size[i];
    if (tg_memory_check(bytes, "is that the right file?") != TG_OK)
        return tg_fail_within(TG_EINPUT, "%s", path);
    *n = 1;
    for (size_t i = 0; i < dims; i++) *n *= size[i];
    return TG_OK;
}

tg_status
tg_idx_read(const char *path, size_t dims, size_t size[3], uint8_t **bytes)
{
    gzFile file = gzopen(path, "rb");
    size_t found[3] = { 0 }, n = 0;

    if (!file) return tg_fail(TG_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    tg_status status = read_header(file, path, dims, found);
    if (status == TG_OK) status = count_bytes(path, dims, found, &n);
    if (status == TG_OK) status = read_body(file, path, n, bytes);
    gzclose_r(file);
    if (status == TG_OK) memcpy(size, found, dims * sizeof *size);
    return status;
}

/* ---- samples ------------------------------------------------------------------------- */

void
tg_dataset_free(tg_dataset *d)
{
    free(d->row);
    free(d->feature);
    free(d->value);
    free(d->label);
    free(d->begin);
    free(d->owned);
    *d = (tg_dataset){ 0 };
}

static size_t
count_nonzero(const uint8_t *bytes, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) count += bytes[i] != 0;
    return count;
}

static void
fill_rows(tg_dataset *d, const uint8_t *pixel)
{
    const size_t pixels = d->features - 1;
    size_t       at = 0;

    for (size_t i = 0; i < d->samples; i++) {
        d->row[i] = at;
        for (size_t f = 0; f < pixels; f++)
            if (pixel[i * pixels + f]) {
                d->feature[at] = (uint32_t)f;
                d->value[at++] = pixel[i * pixels + f] / 255.0;
            }
        d->feature[at] = (uint32_t)pixels;
        d->value[at++] = 1;
    }
    d->row[d->samples] = at;
}

static tg_status
assemble(const uint8_t *pixel, const size_t size[3], const uint8_t *label, size_t limit,
         tg_dataset *d)
{
    const size_t pixels = size[1] * size[2];

    d->samples = size[0] < limit ? size[0] : limit;
    d->features = pixels + 1;
    const size_t entries = count_nonzero(pixel, d->samples * pixels) + d->samples;
    d->row = malloc((d->samples + 1) * sizeof *d->row);
    d->feature = malloc(entries * sizeof *d->feature);
    d->value = malloc(entries * sizeof *d->value);
    d->label = malloc(d->samples);
    if (!d->row || !d->feature || !d->value || !d->label)
        return tg_fail(TG_ENOMEM, "out of memory");
    fill_rows(d, pixel);
    memcpy(d->label, label, d->samples);
    for (size_t i = 0; i < d->samples; i++)
        if (label[i] >= d->classes) d->classes = label[i] + (size_t)1;
    return TG_OK;
}

tg_status
tg_labels_check(const uint8_t *label, size_t n, const char *source)
{
    for (size_t i = 1; i < n; i++)
        if (label[i] != label[0]) return TG_OK;
    return tg_fail(TG_EINPUT,
                   "%s: the labels of all %zu samples are alike; expected two classes at "
                   "least",
                   source, n);
}

tg_status
tg_dataset_read(const char *images, const char *labels, size_t limit, tg_dataset *out)
{
    size_t     size[3] = { 0 }, count[3] = { 0 };
    uint8_t   *pixel = NULL, *label = NULL;
    tg_dataset d = { 0 };
    tg_status  status = tg_idx_read(images, 3, size, &pixel);

    if (status == TG_OK) status = tg_idx_read(labels, 1, count, &label);
    if (status == TG_OK && size[0] != count[0])
        status = tg_fail(TG_EINPUT, "%s holds %zu images, %s holds %zu labels", images,
                         size[0], labels, count[0]);
    if (status == TG_OK) status = assemble(pixel, size, label, limit, &d);
    free(pixel);
    free(label);
    if (status == TG_OK)
        *out = d;
    else
        tg_dataset_free(&d);
    return status;
}
