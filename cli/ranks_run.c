#include "cli/ranks_run.h"

#include "core/parallel.h"
#include "core/team.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct ask {
    uint64_t wants, sum;
} ask;

/* Before the bytes of a block, or the message of its failure. */
typedef struct done {
    uint64_t number, status;
} done;

static const double BEAT = 0.5; /* [s] */

/* So long a rank waits for its own threads before it listens again [ms]: well within what they have
 * ahead of them (core/team.h), for listening is not free. */
enum { WAIT = 10 };

static bool dismissed; /* rank 0 has said the last word */

/* ---- the one that leads ---------------------------------------------------------------- */

typedef struct helper {
    size_t asked;
    double heard; /* when [s] */
    bool   gone;
} helper;

typedef struct lead {
    const ranks_task *task;
    tg_queue         *queue;
    tg_team          *team;
    size_t            next, count; /* place in the queue, of so many */
    size_t            left;        /* blocks that are not there yet */
    uint32_t         *with;        /* (count) the rank, and 1, that has the queue's block */
    size_t           *back, returned; /* (returned) places whose rank was lost */
    helper           *helper;         /* (ranks) */
} lead;

static void
say(const lead *l, const char *format, int rank, const char *why)
{
    char sentence[400];

    snprintf(sentence, sizeof sentence, format, rank, why);
    l->task->tell(sentence, l->task->context);
}

/* The next place that nobody has; false: there is none. */
static bool
next_place(lead *l, size_t *place)
{
    size_t size;

    while (l->returned > 0) {
        *place = l->back[--l->returned];
        if (!tg_records_has(l->task->records, tg_queue_number(l->queue, *place), &size))
            return true;
    }
    while (l->next < l->count) {
        *place = l->next++;
        if (!tg_records_has(l->task->records, tg_queue_number(l->queue, *place), &size))
            return true;
    }
    return false;
}

/* Towards the end of the list less at once, so that all end together. */
static size_t
at_once(const lead *l, size_t wants)
{
    const size_t ahead = l->count - l->next + l->returned,
                 fair = ahead / (2 * (size_t)ranks_size()) + 1;

    return wants < fair ? wants : fair;
}

static tg_status
grant(lead *l, int rank)
{
    enum { MOST = 256 };
    helper      *h = &l->helper[rank];
    uint64_t     number[MOST];
    size_t       n = 0, place;
    const size_t most = at_once(l, h->asked < MOST ? h->asked : MOST);

    while (n < most && next_place(l, &place)) {
        l->with[place] = (uint32_t)rank + 1;
        number[n++] = tg_queue_number(l->queue, place);
    }
    h->asked -= n;
    if (n == 0) return TG_OK;
    if (rank > 0) return ranks_send(rank, RANKS_GIVE, NULL, 0, number, n * sizeof *number);
    for (size_t i = 0; i < n; i++) TG_TRY(tg_team_give(l->team, (size_t)number[i]));
    return TG_OK;
}

static tg_status
lose(lead *l, int rank)
{
    size_t size;

    l->helper[rank].gone = true;
    l->helper[rank].asked = 0;
    size_t *more = realloc(l->back, (l->count + 1) * sizeof *more);
    if (!more) return tg_fail(TG_ENOMEM, "out of memory");
    l->back = more;
    for (size_t i = 0; i < l->next; i++)
        if (l->with[i] == (uint32_t)rank + 1 &&
            !tg_records_has(l->task->records, tg_queue_number(l->queue, i), &size)) {
            l->with[i] = 0;
            l->back[l->returned++] = i;
        }
    return TG_OK;
}

/* A block that two ranks computed is taken once. */
static tg_status
keep(lead *l, size_t number, tg_status status, const void *data, size_t size)
{
    size_t there;

    if (status != TG_OK) return tg_fail(status, "%.900s", (const char *)data);
    if (tg_records_has(l->task->records, number, &there)) return TG_OK;
    TG_TRY(tg_records_add(l->task->records, number, data, size));
    tg_progress_tick(l->task->progress);
    l->left--;
    return TG_OK;
}

/* One whose study is another one on its machine is sent away. */
static tg_status
hear_ask(lead *l, int from, const ask *a)
{
    helper *h = &l->helper[from];

    if (h->gone) return TG_OK;
    if (a->sum == l->task->sum) {
        h->asked += a->wants;
        return TG_OK;
    }
    say(l, "rank %d has another study%s: it is left out", from, "");
    h->gone = true;
    return ranks_send(from, RANKS_END, NULL, 0, NULL, 0);
}

static tg_status
hear(lead *l, int from, ranks_word word, const void *data, size_t size)
{
    const done *d = data;

    l->helper[from].heard = tg_work_clock();
    if (word == RANKS_ASK && size == sizeof(ask)) return hear_ask(l, from, data);
    if (word == RANKS_DONE && size >= sizeof *d)
        return keep(l, (size_t)d->number, (tg_status)d->status, d + 1, size - sizeof *d);
    if (word != RANKS_LEFT || l->helper[from].gone) return TG_OK;
    say(l, "rank %d cannot help: %s", from, data);
    return lose(l, from);
}

static tg_status
hear_all(lead *l)
{
    int        from;
    ranks_word word;
    void      *data;
    size_t     size;
    tg_status  status = TG_OK;

    while (status == TG_OK && ranks_hear(&from, &word, &data, &size)) {
        status = hear(l, from, word, data, size);
        free(data);
    }
    return status;
}

static tg_status
look_for_lost(lead *l)
{
    char why[60];

    snprintf(why, sizeof why, "%g s", l->task->patience);
    for (int r = 1; r < ranks_size(); r++)
        if (!l->helper[r].gone &&
            tg_work_clock() - l->helper[r].heard > l->task->patience) {
            say(l, "rank %d was silent for %s: its blocks are computed again", r, why);
            ranks_lose(r);
            TG_TRY(lose(l, r));
        }
    return TG_OK;
}

/* Its own threads, and a wait for them. */
static tg_status
take_own(lead *l)
{
    tg_team_block b;
    tg_status     status = TG_OK;

    for (long wait = WAIT; status == TG_OK && tg_team_take(l->team, wait, &b); wait = 0) {
        status =
            keep(l, b.number, b.status, b.status == TG_OK ? b.data : b.message, b.size);
        free(b.data);
    }
    return status;
}

static tg_status
lead_all(lead *l)
{
    while (l->left > 0) {
        TG_TRY(tg_stop_check());
        TG_TRY(hear_all(l));
        l->helper[0].asked = tg_team_wants(l->team);
        for (int r = 0; r < ranks_size(); r++)
            if (l->helper[r].asked > 0) TG_TRY(grant(l, r));
        TG_TRY(take_own(l));
        TG_TRY(look_for_lost(l));
    }
    return TG_OK;
}

static tg_status
open_lead(const ranks_task *task, lead *l)
{
    size_t there;

    *l = (lead){ .task = task };
    TG_TRY(tg_queue_create(task->work, task->share, &l->queue));
    l->count = l->left = tg_queue_count(l->queue);
    l->with = calloc(l->count + 1, sizeof *l->with);
    l->helper = calloc((size_t)ranks_size(), sizeof *l->helper);
    if (!l->with || !l->helper) return tg_fail(TG_ENOMEM, "out of memory");
    for (int r = 0; r < ranks_size(); r++) l->helper[r].heard = tg_work_clock();
    for (size_t i = 0; i < l->count; i++)
        if (tg_records_has(task->records, tg_queue_number(l->queue, i), &there)) {
            tg_progress_tick(task->progress);
            l->left--;
        }
    return tg_team_create(task->work, task->threads, &l->team);
}

/* A block that still runs when all is lost is asked to stop; the reason that there was is kept. */
static void
end_team(tg_team *team, tg_status status)
{
    char      why[1024];
    const int asked = tg_stop_requested();

    snprintf(why, sizeof why, "%s", tg_message());
    if (status != TG_OK) tg_stop_request();
    tg_team_free(team);
    if (!asked) tg_stop_clear();
    if (status != TG_OK) (void)!tg_fail(status, "%s", why);
}

/* One that cannot be told is lost. */
static void
tell_all(ranks_word word)
{
    for (int r = 1; r < ranks_size(); r++)
        if (ranks_send(r, word, NULL, 0, NULL, 0) != TG_OK) ranks_lose(r);
}

tg_status
ranks_lead(const ranks_task *task)
{
    lead      l;
    tg_status status = open_lead(task, &l);

    if (status == TG_OK) status = lead_all(&l);
    end_team(l.team, status);
    tell_all(RANKS_END);
    tg_queue_free(l.queue);
    free(l.with);
    free(l.back);
    free(l.helper);
    return status;
}

/* ---- the others ------------------------------------------------------------------------ */

typedef struct help {
    const ranks_task *task;
    tg_team          *team;
    size_t            asked; /* and not given yet */
    double            said;  /* when it was last heard of [s] */
    bool              ended;
} help;

static tg_status
ask_more(help *h)
{
    const size_t wants = tg_team_wants(h->team);

    if (wants <= h->asked) return TG_OK;
    const ask a = { wants - h->asked, h->task->sum };
    h->asked = wants;
    return ranks_send(0, RANKS_ASK, &a, sizeof a, NULL, 0);
}

static tg_status
take_orders(help *h)
{
    int        from;
    ranks_word word;
    void      *data;
    size_t     size;
    tg_status  status = TG_OK;

    while (status == TG_OK && !h->ended && ranks_hear(&from, &word, &data, &size)) {
        const uint64_t *number = data;
        const size_t    n = word == RANKS_GIVE ? size / sizeof *number : 0;
        h->ended = word == RANKS_END || word == RANKS_BYE;
        dismissed = word == RANKS_BYE;
        h->asked -= n < h->asked ? n : h->asked;
        for (size_t i = 0; i < n && status == TG_OK; i++)
            status = tg_team_give(h->team, (size_t)number[i]);
        free(data);
    }
    return status;
}

static tg_status
send_done(help *h)
{
    tg_team_block b;
    tg_status     status = TG_OK;

    for (long wait = WAIT; status == TG_OK && tg_team_take(h->team, wait, &b); wait = 0) {
        const done d = { b.number, b.status };
        status = b.status == TG_OK ? ranks_send(0, RANKS_DONE, &d, sizeof d, b.data, b.size)
                                   : ranks_send(0, RANKS_DONE, &d, sizeof d, b.message,
                                                strlen(b.message));
        free(b.data);
    }
    return status;
}

static tg_status
beat(help *h)
{
    if (tg_work_clock() - h->said < BEAT) return TG_OK;
    h->said = tg_work_clock();
    return ranks_send(0, RANKS_BEAT, NULL, 0, NULL, 0);
}

tg_status
ranks_help(const ranks_task *task)
{
    help      h = { .task = task };
    tg_status status = tg_team_create(task->work, task->threads, &h.team);

    while (status == TG_OK && !h.ended) {
        status = tg_stop_check();
        if (status == TG_OK) status = take_orders(&h);
        if (status == TG_OK && !h.ended) status = ask_more(&h);
        if (status == TG_OK) status = send_done(&h);
        if (status == TG_OK) status = beat(&h);
    }
    end_team(h.team, h.ended ? TG_ESTOP : status);
    return status;
}

/* ---- the end --------------------------------------------------------------------------- */

void
ranks_dismiss(void)
{
    tell_all(RANKS_BYE);
}

/* By naps: MPI would wait for the others without a rest. */
void
ranks_await_end(const char *why)
{
    int        from;
    ranks_word word;
    void      *data;
    size_t     size;

    if (why && ranks_send(0, RANKS_LEFT, why, strlen(why), NULL, 0) != TG_OK) return;
    while (!dismissed && !tg_stop_requested()) {
        if (ranks_hear(&from, &word, &data, &size)) {
            dismissed = word == RANKS_BYE;
            free(data);
        } else
            nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
    }
}
