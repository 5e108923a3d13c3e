/* parts: the list of blocks that a command has, and what of it is finished
 *
 * One mechanism: finished blocks are records. A run into a folder keeps them beside it until it has
 * ended, and --resume goes on from them; --shard I/N computes no more than its part of them and
 * leaves them in the folder; merge takes them from there and answers as a run that resumes with all of
 * them finished.
 */
#ifndef TG_CLI_PARTS_H
#define TG_CLI_PARTS_H

#include "cli/output.h"
#include "study/plan.h"

typedef struct parts {
    const arguments *arguments;
    tg_plan         *plan;
    tg_records      *records; /* NULL: none are kept */
    tg_share         share;   /* of this process */
    bool             partial; /* a shard, or a rank that helps: no answer */
    unsigned         sum;     /* of what the blocks are of */
} parts;

/* The blocks that are finished, in the file FOLDER.records beside the results, unless there is no
 * folder: those of an earlier run with --resume, of other shards for merge, of all ranks. A run that cannot keep
 * them goes on without, unless it is asked for them. Errors: TG_EINPUT there is nothing to go on
 * with, or no such shard; those of tg_records_open() and parts_join(). */
#define PARTS_OPTIONS                                                                      \
    { "resume", NULL, "go on where an earlier run into the same folder was stopped" },     \
        { "shard", "I/N", "compute the I-th of N parts into --out, for tardigrad merge" }, \
    {                                                                                      \
        "patience", "SECONDS",                                                             \
            "under mpirun: a rank that is silent for so long is lost (default 30)"         \
    }
TG_CHECKED tg_status parts_begin(const arguments *a, const tg_study *study, tg_plan *plan,
                                 parts *out);

/* Compute the blocks of a shard, and leave them in the folder of the results; or help rank 0. Errors: those of the
 * blocks; TG_EDOMAIN it would take more than a day; TG_EWRITE, TG_ESTOP. */
TG_CHECKED tg_status parts_compute(parts *p);

/* What a run ended with says whether its records are of any more use. */
void parts_end(parts *p, tg_status status);

/* The records that a shard leaves in its folder. */
#define PARTS_FILE "shard.records"

/* All blocks of the shards that a->joined names into the records. Errors: TG_EINPUT one is of
 * something else, two differ in a block, blocks are missing; TG_EIO, TG_EWRITE, TG_ENOMEM. */
TG_CHECKED tg_status parts_join(const arguments *a, const char *identity,
                                tg_records *records);

/* What is kept beside an identity: the shard, and the words of the command line without what changes no
 * number; owner: the caller, NULL when out of memory. Back to the words, with another folder for
 * the results, into *argv, of one block that the caller frees; and to the shard. Errors: TG_EINPUT it
 * is no such note; TG_ENOMEM. */
char                *parts_note(tg_share share, int argc, char **argv);
TG_CHECKED tg_status parts_words(const char *note, const char *folder, bool quiet,
                                 int *argc, char ***argv);
tg_share             parts_share(const char *note);

/* Whether a word of a command line begins an option that changes no number (--threads, --quiet,
 * --resume, --shard, --patience), and how many words it takes. */
int parts_aside(const char *word);

#endif
