/* ratings_read: MovieLens' files (asgd/problems/ratings.h) */
#include "asgd/problems/ratings.h"
#include "asgd/traces/lines.h"

#include "core/parallel.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reading {
    const char *path;
    tg_ratings  r;
    size_t      room, line;
} reading;

static tg_status
make_room(reading *in)
{
    if (in->r.count < in->room) return TG_OK;
    const size_t room = in->room ? 2 * in->room : 4096;
    uint32_t    *user = realloc(in->r.user, room * sizeof *user);
    if (user) in->r.user = user;
    uint32_t *item = realloc(in->r.item, room * sizeof *item);
    if (item) in->r.item = item;
    double *value = realloc(in->r.value, room * sizeof *value);
    if (value) in->r.value = value;
    if (!user || !item || !value) return tg_fail(TG_ENOMEM, "out of memory");
    in->room = room;
    return TG_OK;
}

/* The four numbers between `between` (the end of the line behind the last), of which a time is not
 * kept. */
static bool
read_numbers(const char *at, const char *between, double number[4])
{
    const size_t n = strlen(between);

    for (int i = 0; i < 4; i++) {
        char *end;
        if (!isdigit((unsigned char)*at) && *at != '-' && *at != '.') return false;
        number[i] = strtod(at, &end);
        if (end == at || !isfinite(number[i])) return false;
        at = end;
        if (i == 3) return *at == '\0';
        if (strncmp(at, between, n) != 0) return false;
        at += n;
    }
    return false;
}

static bool
is_id(double x)
{
    return x >= 0 && x <= UINT32_MAX && x == floor(x);
}

static tg_status
read_line(reading *in, const char *line)
{
    double     number[4];
    const bool right = read_numbers(line, strchr(line, '\t') ? "\t" : "::", number);

    if (!right || !is_id(number[0]) || !is_id(number[1]))
        return tg_fail(TG_EINPUT,
                       "%s:%zu: expected USER::ITEM::RATING::TIME or the same between "
                       "tabs, all of them numbers, got \"%.40s\"",
                       in->path, in->line, line);
    TG_TRY(make_room(in));
    in->r.user[in->r.count] = (uint32_t)number[0];
    in->r.item[in->r.count] = (uint32_t)number[1];
    in->r.value[in->r.count++] = number[2];
    return TG_OK;
}

static int
rising(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The file's numbers become 0, 1, ... in their order. */
static tg_status
renumber(uint32_t *id, size_t n, size_t *different)
{
    uint32_t *known = malloc(n * sizeof *known);
    size_t    count = 0;

    if (!known) return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(known, id, n * sizeof *known);
    qsort(known, n, sizeof *known, rising);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || known[i] != known[count - 1]) known[count++] = known[i];
    for (size_t i = 0; i < n; i++) {
        const uint32_t *at = bsearch(&id[i], known, count, sizeof *known, rising);
        id[i] = (uint32_t)(at - known);
    }
    free(known);
    *different = count;
    return TG_OK;
}

static tg_status
read_lines(reading *in, tg_text *text, size_t limit)
{
    char *rest = text->at, *line;

    while (in->r.count < limit && (line = tg_line_next(&rest, &in->line))) {
        if (in->line % 4096 == 0) TG_TRY(tg_stop_check());
        if (line[strspn(line, " \t")]) TG_TRY(read_line(in, line));
    }
    if (in->r.count == 0) return tg_fail(TG_EINPUT, "%s: no ratings", in->path);
    TG_TRY(renumber(in->r.user, in->r.count, &in->r.users));
    return renumber(in->r.item, in->r.count, &in->r.items);
}

tg_status
tg_ratings_read(const char *path, size_t limit, tg_ratings *out)
{
    reading in = { .path = path };
    tg_text text = { 0 };

    TG_TRY(tg_text_read(path, &text));
    const tg_status status = read_lines(&in, &text, limit);
    tg_text_free(&text);
    if (status == TG_OK)
        *out = in.r;
    else
        tg_ratings_free(&in.r);
    return status;
}
