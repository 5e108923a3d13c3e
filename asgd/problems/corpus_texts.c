/* corpus_texts: a folder of texts as a corpus (corpus.h) */
#include "asgd/problems/corpus.h"

#include "asgd/traces/intake.h"
#include "core/file.h"
#include "core/memory.h"
#include "core/parallel.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SHORTEST = 3, FIRST_SLOTS = 1024 };

/* ---- words --------------------------------------------------------------------------- */

/* Words by number, in a table of hashes that is at most half full. */
typedef struct vocabulary {
    char    **word; /* (count) owned; room for slots / 2 */
    uint32_t *slot; /* (slots) number + 1; 0: free */
    size_t    count, slots;
} vocabulary;

static void
vocabulary_clear(vocabulary *v)
{
    for (size_t i = 0; i < v->count; i++) free(v->word[i]);
    free(v->word);
    free(v->slot);
}

/* Source: Fowler, Noll, Vo (FNV-1a). */
static uint64_t
hash_of(const char *word)
{
    uint64_t h = 0xcbf29ce484222325;

    for (; *word; word++) h = (h ^ (unsigned char)*word) * 0x100000001b3;
    return h;
}

/* The slot of this word, or the free one where it would be. */
static uint32_t *
slot_of(const vocabulary *v, const char *word)
{
    size_t i = hash_of(word) & (v->slots - 1);

    while (v->slot[i] && strcmp(v->word[v->slot[i] - 1], word) != 0)
        i = (i + 1) & (v->slots - 1);
    return &v->slot[i];
}

static tg_status
grow(vocabulary *v)
{
    const size_t slots = v->slots ? 2 * v->slots : FIRST_SLOTS;
    uint32_t    *slot = calloc(slots, sizeof *slot);
    char       **word = slot ? realloc(v->word, slots / 2 * sizeof *word) : NULL;

    if (!word) {
        free(slot);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    free(v->slot);
    v->word = word;
    v->slot = slot;
    v->slots = slots;
    for (size_t i = 0; i < v->count; i++) *slot_of(v, word[i]) = (uint32_t)i + 1;
    return TG_OK;
}

static tg_status
number_of(vocabulary *v, const char *word, uint32_t *out)
{
    if (2 * (v->count + 1) > v->slots) TG_TRY(grow(v));
    uint32_t *slot = slot_of(v, word);
    if (!*slot) {
        char *copy = malloc(strlen(word) + 1);
        if (!copy) return tg_fail(TG_ENOMEM, "out of memory");
        v->word[v->count++] = strcpy(copy, word);
        *slot = (uint32_t)v->count;
    }
    *out = *slot - 1;
    return TG_OK;
}

/* ---- documents ----------------------------------------------------------------------- */

typedef struct reading {
    vocabulary v;
    tg_corpus  c;
    size_t     tokens, room;
} reading;

static tg_status
add_token(reading *in, const char *word)
{
    if (in->tokens == in->room) {
        const size_t room = 2 * in->room + 1024;
        TG_TRY(tg_memory_check(4 * (double)room, "read fewer documents"));
        uint32_t *grown = realloc(in->c.word, room * sizeof *grown);
        if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
        in->c.word = grown;
        in->room = room;
    }
    TG_TRY(number_of(&in->v, word, &in->c.word[in->tokens]));
    in->tokens++;
    return TG_OK;
}

/* Makes capitals small. */
static bool
is_letter(char *c)
{
    if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    return (*c >= 'a' && *c <= 'z') || (unsigned char)*c >= 0x80;
}

static tg_status
take_words(reading *in, char *at, size_t size)
{
    char *const end = at + size;

    while (at < end) {
        char *word = at;
        while (at < end && is_letter(at)) at++;
        const size_t length = (size_t)(at - word);
        if (at < end) *at++ = '\0';
        if (length >= SHORTEST) TG_TRY(add_token(in, word));
    }
    return TG_OK;
}

static tg_status
read_document(reading *in, const char *path)
{
    tg_text text = { 0 };

    TG_TRY(tg_stop_check());
    TG_TRY(tg_text_read(path, &text));
    in->c.first[in->c.documents++] = in->tokens;
    const tg_status status = take_words(in, text.at, text.size);
    tg_text_free(&text);
    return status;
}

/* ---- the folder ---------------------------------------------------------------------- */

typedef struct paths {
    char **path; /* owned */
    size_t count, room;
} paths;

static void
paths_clear(paths *p)
{
    while (p->count > 0) free(p->path[--p->count]);
    free(p->path);
}

static tg_status
add_path(paths *p, const char *folder, const char *name)
{
    struct stat s;

    if (p->count == p->room) {
        p->room = 2 * p->room + 64;
        char **grown = realloc(p->path, p->room * sizeof *grown);
        if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
        p->path = grown;
    }
    char *path = tg_path_join(folder, name);
    if (!path) return tg_fail(TG_ENOMEM, "out of memory");
    if (stat(path, &s) == 0 && S_ISDIR(s.st_mode))
        free(path);
    else
        p->path[p->count++] = path;
    return TG_OK;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static tg_status
list_folder(const char *folder, paths *p)
{
    DIR      *d = opendir(folder);
    tg_status status = TG_OK;

    if (!d) return tg_fail(TG_EIO, "%s: cannot be opened: %s", folder, strerror(errno));
    for (struct dirent *e; status == TG_OK && (e = readdir(d));)
        if (*e->d_name != '.') status = add_path(p, folder, e->d_name);
    closedir(d);
    TG_TRY(status);
    if (p->count == 0) return tg_fail(TG_EIO, "%s: holds no texts", folder);
    qsort(p->path, p->count, sizeof *p->path, by_name);
    return TG_OK;
}

static tg_status
read_all(reading *in, const char *folder, const paths *p, size_t limit)
{
    const size_t count = p->count < limit ? p->count : limit;

    in->c.first = malloc((count + 1) * sizeof *in->c.first);
    if (!in->c.first) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) TG_TRY(read_document(in, p->path[i]));
    in->c.first[count] = in->tokens;
    in->c.words = in->v.count;
    if (in->tokens == 0) return tg_fail(TG_EINPUT, "%s: no tokens", folder);
    return TG_OK;
}

tg_status
tg_corpus_texts(const char *folder, size_t limit, tg_corpus *out)
{
    reading   in = { .tokens = 0 };
    paths     p = { 0 };
    tg_status status = list_folder(folder, &p);

    if (status == TG_OK) status = read_all(&in, folder, &p, limit);
    paths_clear(&p);
    vocabulary_clear(&in.v);
    if (status == TG_OK)
        *out = in.c;
    else
        tg_corpus_free(&in.c);
    return status;
}
