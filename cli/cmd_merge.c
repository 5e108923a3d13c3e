#include "cli/parts.h"

#include "core/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The records of a shard by the folder that it was given; of one that was killed they lie beside it;
 * or a file of records itself. Caller frees; NULL: out of memory. */
static char *
records_of(const char *name)
{
    struct stat s;
    char       *inside = tg_path_join(name, PARTS_FILE);

    if (inside && stat(inside, &s) == 0) return inside;
    free(inside);
    char *beside = malloc(strlen(name) + sizeof ".records");
    if (!beside) return NULL;
    sprintf(beside, "%s.records", name);
    if (stat(beside, &s) != 0) strcpy(beside, name);
    return beside;
}

/* The command that the first shard was a part of, with all of its blocks. */
static tg_status
answer(const arguments *a, char **joined)
{
    tg_records *first = NULL;
    char      **argv = NULL;
    int         argc = 0;

    TG_TRY(tg_records_read(joined[0], &first));
    tg_status status = parts_words(tg_records_are_of(first).note, value_of(a, "out"),
                                   given(a, "quiet"), &argc, &argv);
    tg_records_close(first, true);
    if (status == TG_OK) status = command_within(a, argc, argv, joined);
    free(argv);
    return status;
}

static tg_status
run(const arguments *a)
{
    char    **joined = calloc(a->files + 1, sizeof *joined);
    tg_status status = TG_OK;

    if (!joined) return tg_fail(TG_ENOMEM, "out of memory");
    if (a->files == 0) status = tg_fail(TG_EINPUT, "expected folders of shards, got none");
    if (status == TG_OK && !given(a, "out"))
        status = tg_fail(TG_EINPUT, "expected --out FOLDER for what the shards come to");
    for (size_t i = 0; i < a->files && status == TG_OK; i++)
        if (!(joined[i] = records_of(a->file[i])))
            status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = answer(a, joined);
    for (size_t i = 0; i < a->files; i++) free(joined[i]);
    free(joined);
    return status;
}

const command cmd_merge = {
    .name = "merge",
    .operands = "FOLDER...",
    .summary = "the shards of a command joined into what one process writes",
    .doc =
        "Take the blocks that --shard I/N left in each folder, in any order, and write "
        "what "
        "the command\n"
        "they are parts of writes, byte for byte, into the folder that --out names. Run it "
        "where the\n"
        "shards were run: the study is read again. Shards of another study, version or "
        "seed "
        "are refused\n"
        "with the first setting that differs, and so are two that differ in a block; what "
        "is missing is\n"
        "said. A folder whose run was killed gives the blocks that it had finished.",
    .refuses = "set json threads",
    .run = run
};
