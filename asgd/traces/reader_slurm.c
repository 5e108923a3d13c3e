/* slurm: what `sacct -P` prints: a header and rows of a cluster's jobs between bars
 *
 * A row is a job on its nodes, which are the workers; steps of jobs ("123.batch") are parts
 * of what is there already.
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

enum { MOST_NODES = 100000, NAME = 128 };

static tg_status
take_node(tg_intake *in, char **cell, const char *node, size_t line)
{
    char        *row[TG_MOST_COLUMNS], name[NAME];
    const size_t at = in->roles.at[TG_ROLE_WORKER];

    memcpy(row, cell, (at + 1) * sizeof *row);
    for (int role = TG_ROLE_SECONDS; role < TG_ROLES; role++)
        if (in->roles.at[role] != SIZE_MAX)
            row[in->roles.at[role]] = cell[in->roles.at[role]];
    snprintf(name, sizeof name, "%s", node);
    row[at] = name;
    return tg_rows_take(in, row, line);
}

/* "n[01-03,7]" is n01, n02, n03, n7: `open` stands at the bracket. */
static tg_status
take_range(tg_intake *in, char **cell, const char *list, const char *open, size_t line)
{
    char  name[NAME];
    char *at = (char *)open + 1;

    while (*at && *at != ']') {
        char         *end;
        const int     width = (int)strspn(at, "0123456789");
        unsigned long i = strtoul(at, &end, 10), last = i;
        if (end == at || width > 9) break;
        if (*end == '-') last = strtoul(end + 1, &end, 10);
        for (size_t nodes = 0; i <= last && nodes < MOST_NODES; i++, nodes++) {
            snprintf(name, sizeof name, "%.*s%0*lu",
                     (int)(open - list < 64 ? open - list : 64), list, width, i);
            TG_TRY(take_node(in, cell, name, line));
        }
        at = end + (*end == ',');
    }
    return TG_OK;
}

/* Every node of a list "a,b[1-2]" is a worker that had the job. */
static tg_status
take_nodes(tg_intake *in, char **cell, size_t line)
{
    char *list = cell[in->roles.at[TG_ROLE_WORKER]];

    while (*list) {
        char *open = list + strcspn(list, "[,"), *end = open;
        if (*open == '[') {
            TG_TRY(take_range(in, cell, list, open, line));
            end = open + strcspn(open, "]");
            end += *end == ']';
        } else {
            const char comma = *open;
            *open = '\0';
            TG_TRY(take_node(in, cell, list, line));
            *open = comma;
        }
        list = end + (*end == ',');
    }
    return TG_OK;
}

/* A row is the job itself if its identifier, in the first column, has no step. */
static tg_status
look(tg_intake *in, char **cell, size_t line, bool *take)
{
    const size_t at = in->roles.at[TG_ROLE_WORKER];

    *take = !strchr(cell[0], '.');
    if (!*take) {
        tg_intake_lose(in, TG_LOG_PART, line);
        return TG_OK;
    }
    if (at == SIZE_MAX || !cell[at][strcspn(cell[at], "[,")]) return TG_OK;
    *take = false;
    return take_nodes(in, cell, line);
}

/* Steps of jobs do not count as rows that are lost. */
static tg_status
read_slurm(tg_intake *in, tg_text *text)
{
    char roles[200];
    bool header = true;

    TG_TRY(tg_rows_read(in, text, '|', look, &header));
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
