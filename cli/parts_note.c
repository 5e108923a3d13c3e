/* parts_note: how a command line is kept beside the blocks that it computed
 *
 * The shard on the first line, then a word a line; backslashes and ends of lines within a word are
 * escaped by a backslash.
 */
#include "cli/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
parts_aside(const char *word)
{
    static const char *const aside[] = { "--threads", "--shard", "--patience", NULL };

    for (const char *const *k = aside; *k; k++) {
        const size_t n = strlen(*k);
        if (!strcmp(word, *k)) return 2;
        if (!strncmp(word, *k, n) && word[n] == '=') return 1;
    }
    return !strcmp(word, "--resume") || !strcmp(word, "--quiet");
}

static void
put_word(FILE *f, const char *word)
{
    for (; *word; word++) {
        if (*word == '\\' || *word == '\n') fputc('\\', f);
        fputc(*word == '\n' ? 'n' : *word, f);
    }
    fputc('\n', f);
}

char *
parts_note(tg_share share, int argc, char **argv)
{
    char  *text = NULL;
    size_t size;
    FILE  *f = open_memstream(&text, &size);

    if (!f) return NULL;
    fprintf(f, "%zu/%zu\n", share.part + 1, share.parts);
    for (int i = 0, n; i < argc; i += n ? n : 1)
        if ((n = parts_aside(argv[i])) == 0) put_word(f, argv[i]);
    if (fclose(f) == 0) return text;
    free(text);
    return NULL;
}

tg_share
parts_share(const char *note)
{
    tg_share s = { 0, 0 };

    if (sscanf(note, "%zu/%zu", &s.part, &s.parts) != 2 || s.part < 1)
        return (tg_share){ 0, 0 };
    s.part--;
    return s;
}

/* One word from *text into out, which has room for it. */
static char *
take_word(const char **text, char *out)
{
    const char *at = *text;

    for (; *at && *at != '\n'; at++) {
        if (*at == '\\' && at[1]) {
            at++;
            *out++ = *at == 'n' ? '\n' : *at;
        } else
            *out++ = *at;
    }
    *out++ = '\0';
    *text = *at ? at + 1 : at;
    return out;
}

/* "--out=NAME" or what follows "--out" becomes the folder, where it stands. */
static void
redirect(int argc, char **argv, const char *folder, char *room)
{
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--out") && i + 1 < argc) argv[++i] = strcpy(room, folder);
        if (strncmp(argv[i], "--out=", 6)) continue;
        sprintf(room, "--out=%s", folder);
        argv[i] = room;
    }
}

tg_status
parts_words(const char *note, const char *folder, bool quiet, int *argc, char ***argv)
{
    const char  *text = note + strcspn(note, "\n");
    const size_t room = strlen(note) + 1;
    size_t       words = 0;

    if (*text) text++;
    for (const char *at = text; *at; at++) words += *at == '\n';
    if (words < 2) return tg_fail(TG_EINPUT, "no command is kept with the blocks");
    char **list =
        malloc((words + 2) * sizeof *list + room + strlen(folder) + sizeof "--out=");
    if (!list) return tg_fail(TG_ENOMEM, "out of memory");
    char *to = (char *)(list + words + 2);
    for (size_t i = 0; i < words; i++) {
        list[i] = to;
        to = take_word(&text, to);
    }
    redirect((int)words, list, folder, to);
    if (quiet) list[words++] = (char *)"--quiet";
    list[words] = NULL;
    *argc = (int)words;
    *argv = list;
    return TG_OK;
}
