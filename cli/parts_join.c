/* parts_join: the blocks of shards, in one file of records */
#include "cli/parts.h"

#include "core/file.h"
#include "core/parallel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct joining {
    const arguments *arguments;
    const char      *identity;
    tg_records      *into;
    size_t           blocks, twice; /* twice: blocks that two shards have */
    size_t           parts;         /* the N of all shards; 0: not the same, or none yet */
    bool            *seen;          /* (parts) which of them there are */
    char             broken[400];   /* the first of them that was cut or damaged */
} joining;

/* ---- one block ------------------------------------------------------------------------- */

static tg_status
load(tg_records *r, const char *name, size_t number, size_t size, void **out)
{
    *out = malloc(size ? size : 1);
    if (!*out) return tg_fail(TG_ENOMEM, "out of memory");
    if (tg_records_find(r, number, *out, size)) return TG_OK;
    return tg_fail(TG_EIO, "%.300s: block %zu cannot be read", name, number);
}

/* Another shard had it: it must be the same. */
static tg_status
compare(joining *j, const char *name, size_t number, const void *data, size_t size)
{
    void  *first = NULL;
    size_t there = 0;

    tg_records_has(j->into, number, &there);
    j->twice++;
    tg_status status =
        there == size ? load(j->into, "the first", number, size, &first) : TG_OK;
    if (status == TG_OK && (!first || memcmp(first, data, size) != 0))
        status =
            tg_fail(TG_EINPUT,
                    "block %zu is in %.200s and, with other bytes, in a folder before it",
                    number, name);
    free(first);
    return status;
}

static tg_status
take_block(joining *j, tg_records *from, const char *name, size_t number)
{
    void  *data = NULL;
    size_t size = 0, there;

    if (!tg_records_has(from, number, &size)) return TG_OK;
    TG_TRY(tg_stop_check());
    tg_status status = load(from, name, number, size, &data);
    if (status == TG_OK)
        status = tg_records_has(j->into, number, &there)
                     ? compare(j, name, number, data, size)
                     : tg_records_add(j->into, number, data, size);
    free(data);
    return status;
}

/* ---- one shard ------------------------------------------------------------------------- */

static tg_status
note_share(joining *j, const tg_records *from, bool first)
{
    const tg_share s = parts_share(tg_records_are_of(from).note);

    if (first && !(j->seen = calloc(s.parts + 1, sizeof *j->seen)))
        return tg_fail(TG_ENOMEM, "out of memory");
    if (first) j->parts = s.parts;
    if (s.parts != j->parts) j->parts = 0;
    if (s.part < j->parts) j->seen[s.part] = true;
    return TG_OK;
}

static tg_status
take_shard(joining *j, const char *name, bool first)
{
    tg_records *from = NULL;

    TG_TRY(tg_records_read(name, &from));
    tg_status    status = tg_records_check(from, j->identity, "here");
    const size_t blocks = tg_records_are_of(from).blocks;
    if (status == TG_OK && blocks != j->blocks)
        status = tg_fail(TG_EINPUT, "%.300s is of %zu blocks, here there are %zu", name,
                         blocks, j->blocks);
    if (status == TG_OK) status = note_share(j, from, first);
    if (status == TG_OK && tg_records_broken(from) > 0 && !*j->broken)
        snprintf(j->broken, sizeof j->broken,
                 "%.300s was cut or damaged after block %zu of its", name,
                 tg_records_count(from));
    for (size_t i = 0; i < blocks && status == TG_OK; i++)
        status = take_block(j, from, name, i);
    tg_records_close(from, true);
    return status;
}

/* ---- what is missing ------------------------------------------------------------------- */

/* "3, 7-9, ..." of the blocks that are not there, and the shard of the first. */
static size_t
list_missing(const joining *j, char *out, size_t room)
{
    size_t used = 0, first = j->blocks, size;

    *out = '\0';
    for (size_t i = 0, end; i < j->blocks; i = end) {
        for (end = i; end < j->blocks && !tg_records_has(j->into, end, &size);) end++;
        if (end == i) {
            end++;
            continue;
        }
        if (first == j->blocks) first = i;
        const char *comma = used ? ", " : "";
        if (used + 55 > room) {
            snprintf(out + used, room - used, ", ...");
            break;
        }
        used +=
            (size_t)(end - i > 1
                         ? snprintf(out + used, room - used, "%s%zu-%zu", comma, i, end - 1)
                         : snprintf(out + used, room - used, "%s%zu", comma, i));
    }
    return first;
}

static tg_status
check_missing(const joining *j)
{
    const size_t there = tg_records_count(j->into);
    char         list[120], which[80] = "";

    if (there == j->blocks) return TG_OK;
    const size_t first = list_missing(j, list, sizeof list);
    if (j->parts > 0)
        snprintf(which, sizeof which, "; shard %zu/%zu is %s", first % j->parts + 1,
                 j->parts, j->seen[first % j->parts] ? "not complete" : "not there");
    return tg_fail(TG_EINPUT, "%zu of %zu blocks are missing: %s%s%s%s", j->blocks - there,
                   j->blocks, list, which, *j->broken ? "; " : "", j->broken);
}

tg_status
parts_join(const arguments *a, const char *identity, tg_records *records)
{
    joining   j = { .arguments = a,
                    .identity = identity,
                    .into = records,
                    .blocks = tg_records_are_of(records).blocks };
    tg_status status = TG_OK;

    for (size_t i = 0; i < a->joins && status == TG_OK; i++)
        status = take_shard(&j, a->joined[i], i == 0);
    if (status == TG_OK) status = check_missing(&j);
    if (status == TG_OK && j.twice > 0 && !given(a, "quiet"))
        fprintf(stderr, "%zu blocks are in more than one shard, with the same bytes\n",
                j.twice);
    free(j.seen);
    return status;
}
