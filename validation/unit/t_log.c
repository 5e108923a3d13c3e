#include "validation/unit/check.h"

#include "asgd/traces/effects.h"
#include "asgd/traces/fit.h"
#include "asgd/traces/text.h"
#include "asgd/traces/trace.h"
#include "core/rng.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

/* ---- nine files that people had ------------------------------------------------------ */

typedef struct expected {
    const char *name, *text;
    size_t      workers, jobs, lost;
    double      seconds[4]; /* of the jobs, in order */
    const char *took;
} expected;

static const expected files[] = {
    { "bom",
      "\xef\xbb\xbfworker,seconds\n0,1.5\n1,2.0\n0,1.25\n",
      2,
      3,
      0,
      { 1.5, 2, 1.25 },
      "byte-order mark" },
    { "capitals-nan-zero",
      "Worker,Seconds\n0,1.5\n1,NaN\n0,1.25\n1,0\n1,1.75\n",
      2,
      3,
      2,
      { 1.5, 1.25, 1.75 },
      "worker = Worker, seconds = Seconds [s]" },
    { "epoch-ns",
      "worker,start,end\n0,1700000000000000000,1700000000000002000\n"
      "0,1700000000000002000,1700000000000004100\n"
      "1,1700000000000000100,1700000000000002300\n",
      2,
      3,
      0,
      { 2e-6, 2.1e-6, 2.2e-6 },
      "[ns]" },
    { "iso-offset",
      "worker,start,end\n0,2026-03-01 10:00:00+01:00,2026-03-01 10:00:01+01:00\n"
      "1,2026-03-01 10:00:00+01:00,2026-03-01 10:00:02+01:00\n"
      "0,2026-03-01 10:00:01+01:00,2026-03-01 10:00:02+01:00\n",
      2,
      3,
      0,
      { 1, 2, 1 },
      "[dates]" },
    { "iso-z",
      "worker,start,end\n0,2026-03-01T10:00:00Z,2026-03-01T10:00:01.25Z\n"
      "1,2026-03-01T10:00:00.1Z,2026-03-01T10:00:02Z\n"
      "0,2026-03-01T10:00:01.25Z,2026-03-01T10:00:02.4Z\n"
      "1,2026-03-01T10:00:02Z,2026-03-01T10:00:03.1Z\n",
      2,
      4,
      0,
      { 1.25, 1.9, 1.15, 1.1 },
      "[dates]" },
    { "no-header", "0,1.5\n1,2.0\n0,1.25\n", 2, 3, 0, { 1.5, 2, 1.25 }, "no header" },
    { "open-end",
      "worker_name,start_time,end_time\nw0,100.0,1300.0\nw1,150.0,\nw0,1300.0,2500.5\n",
      1,
      2,
      1,
      { 1200, 1200.5 },
      "no unit said: seconds" },
    { "rank-ms-empty",
      "rank,step,step_time_ms\n0,1,152.1\n1,1,148.9\n0,2,150.0\n1,2,\n",
      2,
      3,
      1,
      { .1521, .1489, .15 },
      "worker = rank, seconds = step_time_ms [ms]" },
    { "semicolon-comma",
      "worker;seconds\n0;1,5\n1;2,0\n0;1,25\n",
      2,
      3,
      0,
      { 1.5, 2, 1.25 },
      "semicolons" },
    { "mac.csv",
      "worker,seconds\r0,1.5\r1,2.0\r0,1.25\r",
      2,
      3,
      0,
      { 1.5, 2, 1.25 },
      "commas" },
    { "notes.csv",
      "worker,note,seconds\n0,\"one\nand two\",1.5\n1,\"a \"\"b\"\",\n\n\",2.0\n0,,1.25\n",
      2,
      3,
      0,
      { 1.5, 2, 1.25 },
      "commas" },
    { "inches.csv",
      "worker,note,seconds\n0,\"5,1.5\n1,6,2.0\n0,,1.25\n",
      2,
      2,
      1,
      { 2, 1.25 },
      "commas" },
};

static void
test_files_that_people_have(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const expected *e = &files[i];
        tg_log          log = { 0 };
        const char     *path = write_temporary(e->name, e->text, strlen(e->text));
        assert_ok(tg_log_read(path, NULL, &log));
        assert_int_equal(log.workers, e->workers);
        assert_int_equal(log.jobs, e->jobs);
        assert_int_equal(log.rows, e->jobs + e->lost);
        for (size_t j = 0; j < e->jobs; j++)
            assert_near(log.job[j].seconds, e->seconds[j], 0);
        if (!strstr(log.took, e->took)) fail_msg("%s: took %s", e->name, log.took);
        tg_log_free(&log);
    }
}

/* Unusable rows are counted by reason, with the first line of each. */
static void
test_reasons(void **state)
{
    static const char text[] =
        "worker,start,end\na,1,2\na,2,3,4\na,,4\na,5,\na,x,6\na,7,7\n"
        "a,9,8\na,1e40,1e41\na,2026-01-01,5\na,10,11\na,11,12\na,12,14\n"
        "a,14,15\na,15,16\na,16,17\na,17,18\n";
    static const size_t line[TG_LOG_REASON_COUNT] = {
        [TG_LOG_CELLS] = 3, [TG_LOG_EMPTY] = 4, [TG_LOG_OPEN] = 5,  [TG_LOG_NUMBER] = 6,
        [TG_LOG_ZERO] = 7,  [TG_LOG_BACK] = 8,  [TG_LOG_RANGE] = 9, [TG_LOG_FORM] = 10
    };
    tg_log            log = { 0 };
    const char       *path = write_temporary("log.csv", text, sizeof text - 1);
    const tg_log_wish strict = { .most_lost = .4 };

    (void)state;
    assert_ok(tg_log_read(path, NULL, &log));
    assert_int_equal(log.jobs, 8);
    for (int r = 0; r < TG_LOG_REASON_COUNT; r++) {
        assert_int_equal(log.lost[r], line[r] > 0);
        assert_int_equal(log.first[r], line[r]);
    }
    tg_log_free(&log);
    assert_fails(tg_log_read(path, &strict, &log), TG_EINPUT,
                 "8 of 16 rows cannot be used");
}

/* ---- one table in every format ------------------------------------------------------- */

enum { WORKERS = 5, ROWS = 40 };
#define BEGIN INT64_C(1767225600000) /* 2026-01-01T00:00:00Z [ms] */

typedef struct row {
    int     worker;
    int64_t start, end; /* [ms] since 1970 */
} row;

static row table[WORKERS * ROWS];

/* Jobs of whole `unit` milliseconds, one after the other. */
static void
make_table(int64_t unit)
{
    tg_rng  g = tg_rng_stream(5, TG_PURPOSE_TEST, 1);
    int64_t now[WORKERS] = { 0 };

    for (int i = 0; i < WORKERS * ROWS; i++) {
        const int     w = i % WORKERS;
        const int64_t took = unit * (1 + (int64_t)(tg_rng_gamma(&g, 4) * 300));
        table[i] = (row){ w, BEGIN + now[w], BEGIN + now[w] + took };
        now[w] += took;
    }
}

static void
date(FILE *f, int64_t ms, int hours, const char *form)
{
    const int64_t s = ms / 1000 + hours * 3600 - BEGIN / 1000;

    fprintf(f, form, 1 + (int)(s / 86400), (int)(s / 3600 % 24), (int)(s / 60 % 60),
            (int)(s % 60), (int)(ms % 1000));
}

static double
took(const row *r)
{
    return (double)(r->end - r->start);
}

#define FORMAT(name) static void name(FILE *f, const row *r)
#define MS           "%" PRId64

FORMAT(seconds)
{
    fprintf(f, "w%d,%.3f\n", r->worker, took(r) / 1e3);
}
FORMAT(millis)
{
    fprintf(f, "w%d,%.0f\n", r->worker, took(r));
}
FORMAT(micros)
{
    fprintf(f, "w%d,%.0f\n", r->worker, took(r) * 1e3);
}
FORMAT(comma)
{
    fprintf(f, "w%d;%d,%03d\n", r->worker, (int)took(r) / 1000, (int)took(r) % 1000);
}
FORMAT(tab)
{
    fprintf(f, "%.3f\tw%d\n", took(r) / 1e3, r->worker);
}
FORMAT(bar)
{
    fprintf(f, "w%d|x|%.3f\n", r->worker, took(r) / 1e3);
}
FORMAT(blank)
{
    fprintf(f, "w%d %.3f\n", r->worker, took(r) / 1e3);
}
FORMAT(crlf)
{
    fprintf(f, "w%d,%.3f\r\n", r->worker, took(r) / 1e3);
}
FORMAT(quoted)
{
    fprintf(f, "\"w, \"\"%d\"\"\",\"%.3f\"\n", r->worker, took(r) / 1e3);
}
FORMAT(written)
{
    fprintf(f, "w%d,%.0f%s\n", r->worker, took(r), "ms");
}
FORMAT(minutes)
{
    fprintf(f, "w%d,0:%02d:%02d.%03d\n", r->worker, (int)took(r) / 60000,
            (int)took(r) / 1000 % 60, (int)took(r) % 1000);
}
FORMAT(power)
{
    fprintf(f, "w%d,%.0fe-3\n", r->worker, took(r));
}
FORMAT(from_to)
{
    fprintf(f, "w%d,%.3f,%.3f\n", r->worker, (double)(r->start - BEGIN) / 1e3,
            (double)(r->end - BEGIN) / 1e3);
}
FORMAT(epoch_s)
{
    fprintf(f, "w%d," MS ".%03d," MS ".%03d\n", r->worker, r->start / 1000,
            (int)(r->start % 1000), r->end / 1000, (int)(r->end % 1000));
}
FORMAT(epoch_ms)
{
    fprintf(f, "w%d," MS "," MS "\n", r->worker, r->start, r->end);
}
FORMAT(epoch_us)
{
    fprintf(f, "w%d," MS "000," MS "000\n", r->worker, r->start, r->end);
}
FORMAT(epoch_ns)
{
    fprintf(f, "w%d," MS "000000," MS "000000\n", r->worker, r->start, r->end);
}
FORMAT(epoch_dur)
{
    fprintf(f, "w%d," MS ",%.0f\n", r->worker, r->start, took(r));
}
FORMAT(ts_dur)
{
    fprintf(f, "w%d," MS "000,%.0f\n", r->worker, r->start - BEGIN, took(r) * 1e3);
}
FORMAT(iso_z)
{
    fprintf(f, "w%d,", r->worker);
    date(f, r->start, 0, "2026-01-%02dT%02d:%02d:%02d.%03dZ,");
    date(f, r->end, 0, "2026-01-%02dT%02d:%02d:%02d.%03dZ\n");
}
FORMAT(iso_offset)
{
    fprintf(f, "w%d,", r->worker);
    date(f, r->start, 2, "2026-01-%02d %02d:%02d:%02d.%03d+02:00,");
    date(f, r->end, 5, "2026-01-%02d %02d:%02d:%02d.%03d+0500\n");
}
FORMAT(lines)
{
    fprintf(f, "{\"rank\": %d, \"step_time_ms\": %.0f, \"x\": null}\n", r->worker, took(r));
}
FORMAT(list)
{
    fprintf(f, "%s{\"worker\": \"w%d\", \"seconds\": %.3f}", r == table ? "[" : ",\n",
            r->worker, took(r) / 1e3);
}
FORMAT(complete)
{
    fprintf(f,
            "%s{\"name\": \"ProfilerStep#%d\", \"ph\": \"X\", \"pid\": %d, \"tid\": 7, "
            "\"ts\": " MS "000, \"dur\": %.0f},\n"
            "{\"name\": \"aten::mm\", \"ph\": \"X\", \"pid\": %d, \"tid\": 7, \"ts\": 5.5, "
            "\"dur\": 1}",
            r == table ? "{\"schemaVersion\": 1, \"traceEvents\": [" : ",\n",
            (int)(r - table), r->worker, r->start, took(r) * 1e3, r->worker);
}
FORMAT(pairs)
{
    fprintf(f,
            "%s{\"ph\":\"B\",\"name\":\"step\",\"pid\":1,\"tid\":\"w%d\",\"ts\":" MS "000},"
            "{\"ph\":\"B\",\"name\":\"inner\",\"pid\":1,\"tid\":\"w%d\",\"ts\":" MS "000},"
            "{\"ph\":\"E\",\"pid\":1,\"tid\":\"w%d\",\"ts\":" MS "000},"
            "{\"ph\":\"E\",\"pid\":1,\"tid\":\"w%d\",\"ts\":" MS "000}",
            r == table ? "[\n  " : ",\n", r->worker, r->start, r->worker, r->start,
            r->worker, r->end, r->worker, r->end);
}
FORMAT(mllog)
{
    static const char *const side[] = { "start", "stop" };
    for (int i = 0; i < 2; i++)
        fprintf(f,
                "%d: :::MLLOG {\"namespace\": \"\", \"time_ms\": " MS
                ", \"event_type\": \"INTERVAL\", \"key\": \"block_%s\", \"value\": null, "
                "\"metadata\": {\"lineno\": 3}}\nother output\n",
                r->worker, i ? r->end : r->start, side[i]);
}
FORMAT(slurm)
{
    const int s = (int)took(r) / 1000;
    fprintf(f, "%d|%d-%02d:%02d:%02d|", (int)(r - table), s / 86400, s / 3600 % 24,
            s / 60 % 60, s % 60);
    date(f, r->start, 0, "2026-01-%02dT%02d:%02d:%02d|");
    date(f, r->end, 0, "2026-01-%02dT%02d:%02d:%02d|");
    fprintf(f, "COMPLETED|w%d\n%d.batch|00:00:01|||COMPLETED|w%d\n", r->worker,
            (int)(r - table), r->worker);
}

typedef struct format {
    const char *name, *head;
    void (*row)(FILE *f, const row *r);
    const char *tail;
    tg_log_wish wish;
    const char *reader;
} format;

static const format formats[] = {
    { "seconds", "worker,seconds\n", seconds, "", { 0 }, "csv" },
    { "no header", "", seconds, "", { 0 }, "csv" },
    { "comments",
      "# column worker\n\nclient_id,Duration (s)\n",
      seconds,
      "\n\n",
      { 0 },
      "csv" },
    { "ms in the name", "host,elapsed_ms\n", millis, "", { 0 }, "csv" },
    { "ms said", "worker,time\n", millis, "", { .unit = "ms" }, "csv" },
    { "us", "worker,us\n", micros, "", { 0 }, "csv" },
    { "columns said", "a,b\n", seconds, "", { .columns = "worker=a,seconds=b" }, "csv" },
    { "columns by place", "", tab, "", { .columns = "worker=2,seconds=1" }, "csv" },
    { "decimal comma", "worker;seconds\n", comma, "", { 0 }, "csv" },
    { "tab", "step_time\trank\n", tab, "", { 0 }, "csv" },
    { "bars", "worker|state|seconds\n", bar, "", { 0 }, "csv" },
    { "blanks", "worker seconds\n", blank, "", { 0 }, "csv" },
    { "mark and CR LF", "\xef\xbb\xbfworker,seconds\r\n", crlf, "", { 0 }, "csv" },
    { "quotes", "\"worker\",\"seconds\"\n", quoted, "", { 0 }, "csv" },
    { "units as written", "worker,elapsed\n", written, "", { 0 }, "csv" },
    { "clock", "worker,elapsed\n", minutes, "", { 0 }, "csv" },
    { "powers", "worker,seconds\n", power, "", { 0 }, "csv" },
    { "start and end", "worker,start,end\n", from_to, "", { 0 }, "csv" },
    { "began, finished", "worker,began,finished\n", from_to, "", { 0 }, "csv" },
    { "t0, t1",
      "rank,t0,t1\n",
      from_to,
      "",
      { .columns = "worker=rank,start=t0,end=t1" },
      "csv" },
    { "epochs in s", "worker,start,end\n", epoch_s, "", { 0 }, "csv" },
    { "epochs in ms", "worker,start_time,end_time\n", epoch_ms, "", { 0 }, "csv" },
    { "epochs in us", "worker,start,end\n", epoch_us, "", { 0 }, "csv" },
    { "epochs in ns", "worker,start,end\n", epoch_ns, "", { 0 }, "csv" },
    { "epoch and duration", "worker,start,duration\n", epoch_dur, "", { 0 }, "csv" },
    { "ts and dur", "pid,ts,dur\n", ts_dur, "", { 0 }, "csv" },
    { "dates, Z", "worker,start,end\n", iso_z, "", { 0 }, "csv" },
    { "dates, offsets", "worker,start,end\n", iso_offset, "", { 0 }, "csv" },
    { "JSON lines", "", lines, "", { 0 }, "lines" },
    { "JSON list", "", list, "]\n", { 0 }, "lines" },
    { "Kineto", "", complete, "], \"traceName\": \"x\"}\n", { 0 }, "chrome" },
    { "Kineto by name", "", complete, "]}\n", { .event = "ProfilerStep" }, "chrome" },
    { "trace events, no end", "", complete, "", { 0 }, "chrome" },
    { "pairs B and E", "", pairs, "]\n", { .event = "step" }, "chrome" },
    { "MLPerf", "noise before\n", mllog, "", { 0 }, "mllog" },
    { "Slurm", "JobID|Elapsed|Start|End|State|NodeList\n", slurm, "", { 0 }, "slurm" },
};

typedef struct outcome {
    tg_fit     fit[TG_FIT_LAWS];
    size_t     count, jobs, workers;
    tg_effects effects;
} outcome;

static outcome
outcome_of(const char *path, const format *form)
{
    outcome  o = { 0 };
    tg_log   log = { 0 };
    tg_trace t = { 0 };
    double  *all = NULL;
    size_t   n = 0, workers = 0;

    const tg_status status = tg_log_read(path, &form->wish, &log);
    if (status != TG_OK) fail_msg("%s: %s", form->name, tg_message());
    if (strcmp(log.reader->name, form->reader)) fail_msg("%s: %s", form->name, log.took);
    assert_int_equal(log.rows, log.jobs);
    assert_int_equal(log.cluster, !strcmp(form->reader, "slurm"));
    assert_ok(tg_trace_of(&log, &t));
    o.jobs = t.rows;
    o.workers = t.workers;
    assert_int_equal(t.groups, 1);
    assert_false(t.gaps);
    assert_ok(tg_effects_of(&t, 0, 0, &o.effects));
    assert_ok(tg_trace_group(&t, 0, TG_TRACE_JOB, &all, &n, &workers));
    assert_ok(tg_fit_all(all, n, o.fit, &o.count));
    free(all);
    tg_trace_free(&t);
    return o;
}

static void
assert_same(const outcome *a, const outcome *b, const char *name)
{
    int same = a->jobs == b->jobs && a->workers == b->workers && a->count == b->count &&
               a->effects.rate == b->effects.rate && a->effects.error == b->effects.error &&
               a->effects.between == b->effects.between;

    for (size_t i = 0; i < a->count && same; i++)
        same =
            !strcmp(a->fit[i].law, b->fit[i].law) && a->fit[i].aic == b->fit[i].aic &&
            a->fit[i].distance == b->fit[i].distance &&
            !memcmp(a->fit[i].parameter, b->fit[i].parameter, sizeof a->fit[i].parameter);
    if (!same) fail_msg("%s: another fit", name);
}

/* Written as a plain file, or through gzip. */
static const char *
write_form(const format *form, bool packed)
{
    char  *text = NULL;
    size_t size = 0;
    FILE  *f = open_memstream(&text, &size);

    fputs(form->head, f);
    for (size_t i = 0; i < WORKERS * ROWS; i++) form->row(f, &table[i]);
    fputs(form->tail, f);
    fclose(f);
    const char *path = write_temporary("log", text, size);
    if (packed) {
        gzFile z = gzopen(path, "wb");
        assert_int_equal(gzwrite(z, text, (unsigned)size), size);
        gzclose(z);
    }
    free(text);
    return path;
}

/* The same jobs in 36 formats, each plain and packed: the same fit to the last digit. */
static void
test_every_format(void **state)
{
    const size_t n = sizeof formats / sizeof *formats;

    (void)state;
    for (int64_t unit = 1; unit <= 1000; unit *= 1000) {
        make_table(unit);
        const outcome first = outcome_of(write_form(&formats[0], false), &formats[0]);
        assert_int_equal(first.jobs, WORKERS * ROWS);
        assert_int_equal(first.workers, WORKERS);
        for (size_t i = 0; i < n; i++) {
            if (unit == 1 && !strcmp(formats[i].name, "Slurm"))
                continue; /* whole seconds */
            for (int packed = 0; packed < 2; packed++) {
                const outcome o = outcome_of(write_form(&formats[i], packed), &formats[i]);
                assert_same(&first, &o, formats[i].name);
            }
        }
    }
}

/* ---- what is no log ------------------------------------------------------------------ */

static void
test_refused(void **state)
{
    static const struct {
        const char *text, *words;
        size_t      size;
    } bad[] = {
        { "", "is empty", 0 },
        { " \n\n", "is empty", 0 },
        { "worker,seconds\n", "no rows of times in it", 0 },
        { "who,when\n1,2\n", "no column says how long a job took", 0 },
        { "x,seconds\n1,2\n", "no column says who worked", 0 },
        { "hello\nworld\n", "no column says how long", 0 },
        { "a,b,c,d\n1,2,3,4\n", "there are: a, b, c, d", 0 },
        { "worker,seconds\na,x\nb,y\n", "2 of 2 rows cannot be used: not a time", 0 },
        { "worker,ms\na,\"1,644\"\nb,\"2,500\"\n", "first in line 2: \"1,644\"", 0 },
        { "worker,seconds\na,1e-310\nb,1e-300\n", "a time out of range in 2", 0 },
        { "{\"worker\": [0, 1], \"seconds\": [1.5, 2]}", "holds many values", 0 },
        { "worker,seconds\na,1\nb;2\nc;3\n", "more or fewer cells than the header", 0 },
        { "worker,start,end\na,1,2\nb,2026-01-01,2026-01-02\nc,2026-01-01,2026-01-02\n",
          "times in another form than above", 0 },
        { "PK\003\004xxxx", "a zip archive or a spreadsheet", 0 },
        { "PAR1xxxx", "a Parquet file", 0 },
        { "\xff\xfew\0o\0", "UTF-16", 6 },
        { "worker\0,seconds\n", "got a byte 0 at 6", 16 },
        { "\x1f\x8b\x08\0\0\0\0\0\0\3\x4b", "cut short", 11 },
        { "{\"a\": 1}\n", "no column says how long", 0 },
        { "{\"worker\": 1, \"seconds\"", "no JSON object is whole", 0 },
        { "{\"traceEvents\": [{\"ph\": \"X\", \"na", "no event is whole", 0 },
        { "{\"traceEvents\": []}", "there are none with a length", 0 },
        { "[{\"ph\":\"X\",\"name\":\"a\",\"ts\":1,\"dur\":1},{\"ph\":\"X\",\"name\":\"b\","
          "\"ts\":1,\"dur\":1}]",
          "--event NAME; there are a (1), b (1)", 0 },
        { ":::MLLOG {\"key\": \"x\", \"time_ms\": 1}\n", "no interval among", 0 },
        { ":::MLLOG {\"key\": \"x_start\", \"ti\n:::MLLOG", "no interval among", 0 },
        { "JobID|State|Elapsed|NodeList\n1|RUNNING|x|n1\n", "1 of 1 rows cannot be used",
          0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tg_log          log = { 0 };
        const size_t    n = bad[i].size ? bad[i].size : strlen(bad[i].text);
        const tg_status status =
            tg_log_read(write_temporary("bad", bad[i].text, n), NULL, &log);
        if (status != TG_EINPUT || !strstr(tg_message(), bad[i].words))
            fail_msg("%zu: expected \"%s\", got %d: %s", i, bad[i].words, (int)status,
                     status ? tg_message() : log.took);
        assert_null(log.job);
    }
}

static void
test_wishes_refused(void **state)
{
    static const struct {
        tg_log_wish wish;
        const char *words;
    } bad[] = { { { .unit = "fortnights" }, "unknown unit \"fortnights\"" },
                { { .columns = "worker=a,length=b" }, "expected ROLE=COLUMN" },
                { { .columns = "worker=who,seconds=b" },
                  "no column \"who\"; there are: a, b" },
                { { .most_lost = 2 }, "must be in [0, 1]" },
                { { .most_lost = NAN }, "must be in [0, 1]" } };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tg_log      log = { 0 };
        const char *path = write_temporary("log", "a,b\nx,1\ny,2\n", 12);
        assert_int_not_equal(tg_log_read(path, &bad[i].wish, &log), TG_OK);
        if (!strstr(tg_message(), bad[i].words)) fail_msg("%zu: %s", i, tg_message());
    }
}

/* A gigabyte of zeros, and lines of ten megabytes, are refused at once, or are one bad
 * row. */
static void
test_huge(void **state)
{
    static const struct {
        const char *before, *after, *words;
    } lines_of[] = { { "", "", "a line of more than 1 MiB" },
                     { "worker,seconds\n1,", "\n1,2\n", "a line of more than 1 MiB" },
                     { "JobID|Elapsed|NodeList\n1|", "\n", "a line of more than 1 MiB" },
                     { "{\"worker\": \"", "\", \"seconds\": -1}\n", "rows cannot be used" },
                     { "[{\"ph\": \"X\", \"name\": \"", "\", \"ts\": 1, \"dur\": 0}]",
                       "rows cannot be used" },
                     { "[{\"ph\": \"X\", \"name\": \"", "", "no JSON object is whole" },
                     { ":::MLLOG {\"key\": \"", "_start\"}\n", "no interval among" } };
    enum { LONG = 10000000 };
    char       *text = malloc(LONG + 200);
    tg_log      log = { 0 };
    const char *path = write_temporary("zeros", "", 0);

    (void)state;
    assert_int_equal(truncate(path, 1 << 30), 0);
    assert_fails(tg_log_read(path, NULL, &log), TG_EINPUT, "got a byte 0 at 0");
    for (size_t i = 0; i < sizeof lines_of / sizeof *lines_of; i++) {
        size_t n = strlen(lines_of[i].before);
        memcpy(text, lines_of[i].before, n);
        memset(text + n, 'a', LONG);
        strcpy(text + n + LONG, lines_of[i].after);
        n += LONG + strlen(lines_of[i].after);
        path = write_temporary("long", text, n);
        assert_fails(tg_log_read(path, NULL, &log), TG_EINPUT, lines_of[i].words);
        unlink(path);
    }
    free(text);
}

/* A line that is too long is refused for hardly more than what reading its bytes costs. */
static void
test_long_line_costs_little(void **state)
{
    enum { LONG = 64000000 };
    char   *all = malloc(LONG);
    tg_text text;
    tg_log  log = { 0 };
    clock_t since;

    (void)state;
    assert_non_null(all);
    memset(all, 'x', LONG);
    const char *path = write_temporary("line", all, LONG);
    free(all);
    since = clock();
    assert_ok(tg_text_read(path, &text));
    tg_text_free(&text);
    const double read = (double)(clock() - since);
    since = clock();
    assert_fails(tg_log_read(path, NULL, &log), TG_EINPUT, "a line of more than 1 MiB");
    assert_true((double)(clock() - since) < 6 * read);
    unlink(path);
}

/* A job on several nodes is one of each; a job without an end or in steps is not. */
static void
test_nodes(void **state)
{
    static const char text[] =
        "JobID|Elapsed|Start|End|State|NodeList\n"
        "7|00:01:00|2026-01-01T00:00:00|2026-01-01T00:01:00|COMPLETED|a[08-10,3],b\n"
        "7.0|00:01:00|2026-01-01T00:00:00|2026-01-01T00:01:00|COMPLETED|a[08-10,3],b\n"
        "8|1-00:00:01|2026-01-01T00:02:00|2026-01-02T00:02:01|COMPLETED|a09\n"
        "9|00:00:01|2026-01-01T00:02:00|Unknown|RUNNING|b\n";
    static const char *const name[] = { "a08", "a09", "a10", "a3", "b" };
    tg_log                   log = { 0 };

    (void)state;
    assert_ok(tg_log_read(write_temporary("sacct", text, sizeof text - 1), NULL, &log));
    assert_true(log.cluster && log.timed);
    assert_int_equal(log.workers, 5);
    assert_int_equal(log.jobs, 6);
    assert_int_equal(log.lost[TG_LOG_OPEN], 1);
    for (size_t w = 0; w < 5; w++) assert_string_equal(log.name[w], name[w]);
    assert_near(log.job[5].seconds, 86401, 0);
    assert_near(log.job[5].begin, 120, 0);
    tg_log_free(&log);
}

/* Cut short anywhere, a log is read as far as it goes or refused with a sentence; the rows
 * that are whole are the same. */
static void
test_cut_short(void **state)
{
    static char text[1 << 16];

    (void)state;
    make_table(1000);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i += 3) {
        FILE  *f = fopen(write_form(&formats[i], false), "rb");
        size_t n = fread(text, 1, sizeof text, f);
        fclose(f);
        for (size_t cut = 1; cut < n; cut += n / 17) {
            tg_log          log = { 0 };
            const char     *path = write_temporary("cut", text, cut);
            const tg_status status = tg_log_read(path, &formats[i].wish, &log);
            assert_true(status == TG_OK || (status == TG_EINPUT && *tg_message()));
            for (size_t j = 0; j + 1 < log.jobs; j++)
                assert_near(log.job[j].seconds,
                            (double)(table[j].end - table[j].start) / 1e3, 0);
            tg_log_free(&log);
        }
    }
}

RUN(cmocka_unit_test(test_files_that_people_have), cmocka_unit_test(test_reasons),
    cmocka_unit_test(test_every_format), cmocka_unit_test(test_refused),
    cmocka_unit_test(test_wishes_refused), cmocka_unit_test(test_huge),
    cmocka_unit_test(test_long_line_costs_little), cmocka_unit_test(test_cut_short),
    cmocka_unit_test(test_nodes))
