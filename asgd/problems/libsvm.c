/* libsvm: lines "LABEL INDEX:VALUE INDEX:VALUE ...", plain or gzip */
#include "asgd/problems/dataset.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LONGEST = 1 << 22, MOST_CLASSES = 255 };

/* What has been read so far; label: as in the file, until all are known. */
typedef struct reading {
    const char *path;
    tg_dataset  d;
    double     *label;            /* (samples) */
    size_t      room, entry_room; /* of samples; of entries */
    size_t      entries;
} reading;

static tg_status
fail_line(const reading *r, const char *what)
{
    return tg_fail(TG_EINPUT, "%s:%zu: %s", r->path, r->d.samples + 1, what);
}

static tg_status
make_room(reading *r)
{
    if (r->d.samples + 1 >= r->room) {
        const size_t room = r->room ? 2 * r->room : 1024;
        double      *label = realloc(r->label, room * sizeof *label);
        if (label) r->label = label;
        size_t *row = realloc(r->d.row, (room + 1) * sizeof *row);
        if (row) r->d.row = row;
        if (!label || !row) return tg_fail(TG_ENOMEM, "out of memory");
        r->room = room;
    }
    if (r->entries < r->entry_room) return TG_OK;
    const size_t room = r->entry_room ? 2 * r->entry_room : 4096;
    uint32_t    *feature = realloc(r->d.feature, room * sizeof *feature);
    if (feature) r->d.feature = feature;
    double *value = realloc(r->d.value, room * sizeof *value);
    if (value) r->d.value = value;
    if (!feature || !value) return tg_fail(TG_ENOMEM, "out of memory");
    r->entry_room = room;
    return TG_OK;
}

/* "INDEX:VALUE" at *at, which moves behind it. */
static tg_status
read_entry(reading *r, char **at, unsigned long *last)
{
    char               *end;
    const unsigned long index = strtoul(*at, &end, 10);

    if (end == *at || **at == '-' || *end != ':' || index == 0 || index > UINT32_MAX - 1)
        return fail_line(r, "expected INDEX:VALUE with an index from 1");
    if (index <= *last) return fail_line(r, "indices must rise");
    char        *text = end + 1;
    const double value = strtod(text, &end);
    if (end == text || !isfinite(value)) return fail_line(r, "a value is not a number");
    TG_TRY(make_room(r));
    r->d.feature[r->entries] = (uint32_t)index - 1;
    r->d.value[r->entries++] = value;
    if (index > r->d.features) r->d.features = index;
    *last = index;
    *at = end + strspn(end, " \t\r\n");
    return TG_OK;
}

static tg_status
read_line(reading *r, char *line)
{
    char         *at, *end;
    unsigned long last = 0;

    TG_TRY(make_room(r));
    const double label = strtod(line, &end);
    if (end == line || !isfinite(label) || label != floor(label) ||
        !strchr(" \t\r\n", *end))
        return fail_line(r, "expected a whole number as label");
    r->d.row[r->d.samples] = r->entries;
    at = end + strspn(end, " \t\r\n");
    while (*at && *at != '#') TG_TRY(read_entry(r, &at, &last));
    r->label[r->d.samples++] = label;
    r->d.row[r->d.samples] = r->entries;
    return TG_OK;
}

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Labels become classes 0, 1, ... in their order. */
static tg_status
number_classes(reading *r)
{
    const size_t n = r->d.samples;
    double      *known = malloc(n * sizeof *known);

    r->d.label = malloc(n);
    if (!known || !r->d.label) {
        free(known);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    memcpy(known, r->label, n * sizeof *known);
    qsort(known, n, sizeof *known, rising);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || known[i] != known[i - 1]) known[r->d.classes++] = known[i];
    tg_status status = TG_OK;
    if (r->d.classes > MOST_CLASSES)
        status = tg_fail(TG_EINPUT, "%s: %zu different labels, at most %d are allowed",
                         r->path, r->d.classes, MOST_CLASSES);
    for (size_t i = 0; i < n && status == TG_OK; i++) {
        const double *at =
            bsearch(&r->label[i], known, r->d.classes, sizeof *known, rising);
        r->d.label[i] = (uint8_t)(at - known);
    }
    free(known);
    return status;
}

static tg_status
read_lines(reading *r, gzFile file, size_t limit, char *line)
{
    while (r->d.samples < limit && gzgets(file, line, LONGEST)) {
        const size_t n = strlen(line);
        if (n + 1 == LONGEST) return fail_line(r, "line too long");
        if (line[strspn(line, " \t\r\n")] == '\0') continue;
        TG_TRY(read_line(r, line));
    }
    int cause;
    gzerror(file, &cause);
    if (cause != Z_OK && cause != Z_STREAM_END) return fail_line(r, "damaged gzip data");
    if (r->d.samples == 0 || r->d.features == 0)
        return tg_fail(TG_EINPUT, "%s: no samples", r->path);
    return number_classes(r);
}

tg_status
tg_libsvm_read(const char *path, size_t limit, tg_dataset *out)
{
    reading r = { .path = path };
    gzFile  file = gzopen(path, "rb");

    if (!file) return tg_fail(TG_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    char     *line = malloc(LONGEST);
    tg_status status =
        line ? read_lines(&r, file, limit, line) : tg_fail(TG_ENOMEM, "out of memory");
    gzclose_r(file);
    free(line);
    free(r.label);
    if (status == TG_OK)
        *out = r.d;
    else
        tg_dataset_free(&r.d);
    return status;
}
