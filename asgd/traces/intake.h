/* intake: where every reader puts its rows: roles of columns, units, reasons, workers.
 * Private. */
#ifndef TG_ASGD_INTAKE_H
#define TG_ASGD_INTAKE_H

#include "asgd/traces/log.h"
#include "asgd/traces/moment.h"
#include "asgd/traces/text.h"

typedef enum tg_role {
    TG_ROLE_WORKER,
    TG_ROLE_SECONDS,
    TG_ROLE_START,
    TG_ROLE_END,
    TG_ROLES
} tg_role;

enum { TG_MOST_COLUMNS = 256, TG_ODD_CELL = 48 };

/* Which column has which role. */
typedef struct tg_roles {
    size_t  at[TG_ROLES];   /* place of the column; SIZE_MAX: none */
    int64_t unit[TG_ROLES]; /* [ns] as the column's name says; 0: it does not */
    bool    cluster;        /* the other columns are those of a cluster's jobs */
    bool    chrome;         /* ts and dur: microseconds, as trace viewers have them */
} tg_roles;

typedef struct tg_intake {
    const tg_log_wish *wish;
    const tg_text     *text;
    tg_roles           roles;
    bool               comma;             /* decimal comma */
    tg_moment_form     form[TG_ROLES];    /* of the first usable cell */
    int64_t            unit[TG_ROLES];    /* [ns] of numbers; 0: not found out yet */
    bool               guessed[TG_ROLES]; /* nobody said it: seconds */
    bool               based;
    tg_moment          base; /* the first start */
    tg_log             log;
    char   odd[TG_LOG_REASON_COUNT][TG_ODD_CELL]; /* the first cell that was no time */
    size_t room, names, *slot, slots; /* of jobs, of names; hash table: 1 + place */
} tg_intake;

/* Find the roles by what the wish says, else by synonyms. `name` (n) are the columns'
 * names; `header`: the names are real, else "1", "2", ... Errors: TG_EINPUT naming the
 * columns. */
TG_CHECKED tg_status tg_roles_find(const tg_text *text, const tg_log_wish *wish,
                                   const char *const *name, size_t n, bool header,
                                   tg_roles *out);
/* Whether a name could have a role by its synonyms. */
bool tg_roles_known(const char *name);
/* "worker = rank, seconds = step_time_ms" */
void tg_roles_tell(const tg_roles *roles, const char *const *name, char *out, size_t room);

/* Take a row: cell (TG_ROLES), NULL where there is no such column. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_intake_row(tg_intake *in, const char *const *cell, size_t line);
/* Count a row as left out. */
void tg_intake_lose(tg_intake *in, tg_log_reason reason, size_t line);
/* " [ms]", " [no unit said: seconds]": how the times were read. */
void tg_intake_tell_units(const tg_intake *in, char *out, size_t room);

/* A reader: recognise() sees the whole text, which begins with no byte-order mark. read()
 * gives its rows to the intake and says in log.took what it took. */
typedef struct tg_log_kind {
    tg_kind is;
    bool (*recognise)(const tg_text *text);
    tg_status (*read)(tg_intake *in, tg_text *text);
} tg_log_kind;

extern const tg_log_kind tg_log_chrome, tg_log_mllog, tg_log_slurm, tg_log_lines,
    tg_log_csv;

#endif
