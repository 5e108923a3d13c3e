/* slurm: what `sacct -P` prints: a header and rows of a cluster's jobs between bars
 *
 * A row is a job on its nodes, which are the workers; steps of jobs ("123.batch") are parts of what
 * is there already.
 */
#include "asgd/traces/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
recognise(const tg_text *text)
{
    const size_t n = strcspn(text->at, "\r\n");
    char        *head = strndup(text->at, n < 4096 ? n : 4096);
    bool         yes = head && strchr(head, '|') && strstr(head, "JobID") &&
               (strstr(head, "Elapsed") || strstr(head, "Start"));

    free(head);
    return yes;
}

/* Is a row the job itself: its identifier, in the first column, has no step. */
static bool
is_job(tg_intake *in, char **cell, size_t line)
{
    if (!strchr(cell[0], '.')) return true;
    tg_intake_lose(in, TG_LOG_PART, line);
    return false;
}

/* Steps of jobs do not count as rows that are lost. */
static tg_status
read_slurm(tg_intake *in, tg_text *text)
{
    char roles[200];
    bool header = true;

    TG_TRY(tg_rows_read(in, text, '|', is_job, &header));
    const size_t parts = in->log.lost[TG_LOG_PART];
    in->log.rows -= parts;
    in->log.cluster = true;
    memcpy(roles, in->log.took, sizeof roles);
    snprintf(in->log.took, sizeof in->log.took,
             "Slurm's sacct -P, %s, jobs of a cluster (%zu steps of jobs passed over)",
             roles, parts);
    in->log.lost[TG_LOG_PART] = 0;
    return TG_OK;
}

const tg_log_kind tg_log_slurm = {
    .is = { "slurm", "Slurm's job table, sacct -P: when nodes are there", "", NULL },
    .recognise = recognise,
    .read = read_slurm
};
