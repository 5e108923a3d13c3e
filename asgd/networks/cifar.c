/* cifar: the binary layout of CIFAR-10. Source: Krizhevsky 2009. */
#include "asgd/networks/images.h"

#include "core/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    SIDE = 32,
    PLANE = SIDE * SIDE,
    PIXELS = 3 * PLANE,
    RECORD = 1 + PIXELS,
    CLASSES = 10,
    FIRST_ROOM = 1024
};

/* Room for one more; it grows with what is read. */
static tg_status
make_room(tg_images *d, size_t *room)
{
    if (d->samples < *room) return TG_OK;
    const size_t more = *room ? 2 * *room : FIRST_ROOM;
    uint8_t     *pixel = realloc(d->pixel, more * PIXELS);
    if (pixel) d->pixel = pixel;
    uint8_t *label = realloc(d->label, more);
    if (label) d->label = label;
    if (!pixel || !label) return tg_fail(TG_ENOMEM, "out of memory");
    *room = more;
    return TG_OK;
}

/* Planes one after the other to channels side by side. */
static void
add_record(tg_images *d, uint8_t label, const uint8_t *plane)
{
    uint8_t *to = d->pixel + d->samples * PIXELS;

    for (size_t i = 0; i < PLANE; i++)
        for (size_t c = 0; c < 3; c++) to[3 * i + c] = plane[c * PLANE + i];
    d->label[d->samples++] = label;
    if (label >= d->classes) d->classes = label + (size_t)1;
}

static tg_status
read_records(gzFile file, const char *path, size_t limit, tg_images *d, size_t *room)
{
    uint8_t record[RECORD];

    for (size_t i = 0; d->samples < limit; i++) {
        const int got = gzread(file, record, RECORD);
        if (got == 0 && i > 0 && gzeof(file)) return TG_OK;
        if (got < 0)
            return tg_fail(TG_EINPUT, "%s: damaged gzip data in record %zu", path, i);
        if (got < RECORD)
            return tg_fail(TG_EINPUT, "%s: truncated: record %zu has %d of %d bytes", path,
                           i, got, RECORD);
        if (record[0] >= CLASSES)
            return tg_fail(TG_EINPUT, "%s: record %zu has label %d, expected below %d",
                           path, i, record[0], CLASSES);
        TG_TRY(make_room(d, room));
        add_record(d, record[0], record + 1);
    }
    return TG_OK;
}

tg_status
tg_images_cifar(const char *const *path, size_t files, size_t limit, tg_images *out)
{
    tg_images d = { .shape = { SIDE, SIDE, 3 } };
    tg_status status = TG_OK;
    size_t    room = 0;

    for (size_t i = 0; i < files && status == TG_OK; i++) {
        gzFile file = gzopen(path[i], "rb");
        if (!file) {
            status = tg_fail(TG_EIO, "%s: cannot be opened: %s", path[i], strerror(errno));
            break;
        }
        status = read_records(file, path[i], limit, &d, &room);
        gzclose_r(file);
    }
    if (status == TG_OK)
        *out = d;
    else
        tg_images_free(&d);
    return status;
}

/* folder/name.bin or folder/name.bin.gz, whichever can be read; *out NULL: neither. Caller frees. */
static tg_status
find(const char *folder, const char *name, char **out)
{
    static const char *const ending[] = { "bin", "bin.gz" };

    *out = NULL;
    for (int i = 0; i < 2 && !*out; i++) {
        char file[40];
        snprintf(file, sizeof file, "%s.%s", name, ending[i]);
        char *path = tg_path_join(folder, file);
        if (!path) return tg_fail(TG_ENOMEM, "out of memory");
        FILE *there = fopen(path, "rb");
        if (there) {
            fclose(there);
            *out = path;
        } else
            free(path);
    }
    return TG_OK;
}

tg_status
tg_images_cifar_folder(const char *folder, bool test, size_t limit, tg_images *out)
{
    enum { PARTS = 5 };
    char     *path[PARTS], name[20];
    size_t    n = 0;
    tg_status status = TG_OK;

    for (int i = 1; i <= (test ? 1 : PARTS) && status == TG_OK; i++) {
        snprintf(name, sizeof name, test ? "test_batch" : "data_batch_%d", i);
        status = find(folder, name, &path[n]);
        n += status == TG_OK && path[n] != NULL;
    }
    if (status == TG_OK)
        status = n > 0 ? tg_images_cifar((const char *const *)path, n, limit, out)
                       : tg_fail(TG_EIO, "%s: holds no %s.bin, nor .bin.gz", folder,
                                 test ? "test_batch" : "data_batch_1");
    while (n > 0) free(path[--n]);
    return status;
}
