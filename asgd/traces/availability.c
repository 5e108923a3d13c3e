#include "asgd/traces/availability.h"

#include <math.h>

typedef struct stretches {
    double on, off;
    size_t ons, offs;
} stretches;

/* The stretches of one node, whose jobs may overlap. */
static void
add_node(const tg_trace *t, const tg_trace_worker *w, stretches *s)
{
    double from = t->begin[w->first], until = from;

    for (size_t i = w->first; i < w->first + w->n; i++) {
        if (t->begin[i] > until) {
            s->on += until - from;
            s->off += t->begin[i] - until;
            s->ons++;
            s->offs++;
            from = t->begin[i];
        }
        until = fmax(until, t->begin[i] + t->seconds[i]);
    }
    s->on += until - from;
    s->ons++;
}

tg_status
tg_availability_of(const tg_trace *t, tg_availability *out)
{
    tg_availability a = { .nodes = t->workers, .jobs = t->rows };
    stretches       s = { 0 };

    if (!t->begin)
        return tg_fail(TG_EINPUT,
                       "a cluster's table of jobs needs columns start and end, or "
                       "start and duration, to say when its nodes are there");
    for (size_t w = 0; w < t->workers; w++) add_node(t, &t->worker[w], &s);
    for (size_t i = 0; i < t->rows; i++) a.mean += t->seconds[i] / (double)t->rows;
    a.stretches = s.ons;
    a.on = s.on / (double)s.ons;
    a.off = s.offs ? s.off / (double)s.offs : (double)NAN;
    a.share = s.on / (s.on + s.off);
    *out = a;
    return TG_OK;
}
