#!/bin/sh
# What logs and loss curves give as they gave it: every kind of log, of workers that are alike or not, whose jobs
# drift, depend on one another, lie under pauses or on a cluster; laws, courses and studies fitted (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"

# Rows "worker start end" in milliseconds: 5 workers of two speeds, 50 jobs each, with gaps; $1: the form of a row
jobs() {
    awk -v form="$1" 'BEGIN { s = 7
        for (w = 0; w < 5; w++) { at = 100 + 130 * w
            for (i = 0; i < 50; i++) { s = (s * 16807) % 2147483647
                took = int((1000 + s % 1024 + 300 * sin(i / 9)) * (w < 3 ? 1 : 2.5))
                one(w, at, at + took, i); at += took + 20 + s % 37 * (i % 4 == 0) } } }
    function date(ms,  s) { s = int(ms / 1000)
        return sprintf("2026-01-02T%02d:%02d:%02d.%03dZ", 1 + int(s / 3600), int(s / 60) % 60, s % 60, ms % 1000) }
    function one(w, a, b, i) {
        if (form == "csv") printf "%sw%d,%.3f,%.3f\n", w + i ? "" : "worker,start,end\n", w, a / 1e3, b / 1e3
        if (form == "seconds") printf "%d;%.3f\n", w, (b - a) / 1e3
        if (form == "epochs") printf "%s%d\t%.0f\t%.0f\n", w + i ? "" : "rank\tstart_time\tduration_ms\n", w, 1700000000000 + a, b - a
        if (form == "dates") printf "%s%d|%s|%s\n", w + i ? "" : "host|started|finished\n", w, date(a), date(b)
        if (form == "lines") printf "{\"rank\": %d, \"step_time_ms\": %d, \"x\": null}\n", w, b - a
        if (form == "chrome") printf "%s{\"name\": \"ProfilerStep#%d\", \"ph\": \"X\", \"pid\": %d, \"tid\": 7, \"ts\": %d, \"dur\": %d},\n{\"name\": \"mm\", \"ph\": \"X\", \"pid\": %d, \"tid\": 7, \"ts\": 5.5, \"dur\": 1}", w + i ? ",\n" : "[", i, w, a * 1e3, (b - a) * 1e3, w
        if (form == "pairs") printf "%s{\"ph\":\"B\",\"name\":\"step\",\"pid\":1,\"tid\":\"w%d\",\"ts\":%d},{\"ph\":\"B\",\"name\":\"in\",\"pid\":1,\"tid\":\"w%d\",\"ts\":%d},{\"ph\":\"E\",\"pid\":1,\"tid\":\"w%d\",\"ts\":%d},{\"ph\":\"E\",\"pid\":1,\"tid\":\"w%d\",\"ts\":%d}", w + i ? ",\n" : "[\n", w, a * 1e3, w, a * 1e3 + 5, w, b * 1e3 - 5, w, b * 1e3
        if (form == "mllog") printf "%d: :::MLLOG {\"time_ms\": %d, \"key\": \"block_start\", \"metadata\": {}}\n%d: :::MLLOG {\"time_ms\": %d, \"key\": \"block_stop\", \"metadata\": {}}\n", w, a, w, b
        if (form == "slurm") printf "%s%d|%d|%s|%s|COMPLETED|n[%d-%d]\n", w + i ? "" : "JobID|Elapsed|Start|End|State|NodeList\n", 50 * w + i, (b - a) / 1e3, substr(date(a), 1, 19), substr(date(b), 1, 19), w, w + i % 2
    }
    END { if (form == "chrome" || form == "pairs") print "]" }' /dev/null
}
for form in csv seconds epochs dates lines chrome pairs mllog slurm; do jobs $form > "$d/$form"; done
awk 'NR == 1 || $2 < 1700000045000' "$d/epochs" > "$d/early"
awk 'NR == 1 || $2 >= 1700000045000' "$d/epochs" > "$d/late"
# few jobs of many workers; times that remember the one before; times that drift; two kinds of jobs in one log
awk 'BEGIN { s = 3; print "worker,seconds"; for (w = 0; w < 40; w++) for (i = 0; i < 3; i++) {
    s = (s * 16807) % 2147483647; printf "%d,%.6f\n", w, (1 + w % 7 / 5) * (.3 - log(1e-9 + s / 2147483647)) } }' > "$d/few"
awk 'BEGIN { s = 5; print "worker,seconds"; for (w = 0; w < 3; w++) for (i = 0; i < 400; i++) {
    s = (s * 16807) % 2147483647; x = .9 * x + s / 2147483647 - .5; printf "%d,%.6f\n", w, exp(x / 3) } }' > "$d/remember"
awk 'BEGIN { s = 9; print "worker,start,end"; for (w = 0; w < 3; w++) { at = 0; for (i = 0; i < 300; i++) {
    s = (s * 16807) % 2147483647; took = (1 + .002 * at) * (.5 + s / 2147483647) * (s % 11 == 0 ? 8 : 1)
    printf "%d,%.6f,%.6f\n", w, at, at + took; at += took + (i % 100 == 60 ? 30 : 0) } } }' > "$d/drift"

# whatever it is written in, the fit is the same; with neither starts nor ends, too
for form in epochs dates chrome 'pairs --event step' mllog 'early $d/late' lines; do
    case $form in lines) as=seconds ;; *) as=csv ;; esac
    answer "fit \$d/$as" | sed '1s/"file":[^,]*,//g' > "$d/whole.txt"
    answer "fit \$d/$form" | sed '1s/"file":[^,]*,//g' > "$d/form.txt"
    awk -f "$here/near.awk" "$d/whole.txt" "$d/form.txt" > "$d/differ" || { fail "$form"; head -3 "$d/differ"; }
done
awk 'BEGIN { for (i = 0; i < 60; i++) printf "{\"rank\": %s, \"seconds\": %s%s}\n", i % 7 ? i % 3 : "null", i % 5 ? 1 + i % 4 / 3 : i % 2 ? "true" : "null", i % 11 ? "" : ", \"rank\": 2" }' > "$d/holes"

cat > "$d/fits" << 'END'
fit $d/csv
words fit $d/seconds --columns worker=1,seconds=2
fit $d/slurm --steps
words fit $d/slurm --study $d/a.yaml
fit $d/few
words fit $d/few
fit $d/remember
words fit $d/drift
fit $d/drift
fit examples/replay/events.csv
words fit $d/holes --unusable .6
words fit examples/worker-log/log.csv --columns worker=worker,seconds=seconds --unit ms
END
same fits

cat > "$d/replays" << 'END'
study examples/replay/replay.yaml --set points=4
study $here/rules.yaml --set points=4 --set 'workers=[{count: 4, compute: {law: gamma, shape: 4, mean: 1}}]' --set replay=$PWD/examples/replay/events.csv --set 'algorithm={name: drop, step: .1, limit: 3}'
END
same replays
exit $bad
