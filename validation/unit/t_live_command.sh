#!/bin/sh
# tardigrad live from outside: counts that must agree whatever the clock does, its log read by fit and its
# events by simulate, what is refused, and that it can be stopped. No timing but that it ends.
. "$(dirname "$0")/outside.sh"

cat > "$d/s.yaml" <<'END'
name: live
seed: 1
objective: {quadratic: {eigenvalues: [1.0, 0.3], start: 1.0, noise: {additive: 0.1}}}
workers:
  - {count: 2, compute: {law: gamma, shape: 4, mean: 1.0}}
  - {count: 1, compute: {law: exponential, mean: 2.0}}
algorithm:
  - {name: asgd, step: 0.05}
  - {name: sync, step: 0.1}
horizon: 200
points: 21
replicas: 8
END
s=$d/s.yaml

# column FILE NAME: all cells of a column
column() {
    awk -F, -v name="$2" '/^#/ { next }
        !c { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        { print $c }' "$1"
}

# ---- asleep, by the study's laws, into a folder
$t live "$s" --sleep --unit .005 --out "$d/o" > "$d/words" 2> "$d/said" || fail "live: $(cat "$d/said")"
for f in live claims course staleness workers log events; do
    [ -s "$d/o/$f.csv" ] || fail "no $f.csv"
done
grep -q '2 runs of 1 s of real time, 3 threads that sleep' "$d/said" || fail "the cost is not said before: $(cat "$d/said")"
grep -q '^claims: \|claims: [0-9]* hold, [0-9]* fail' "$d/said" || fail "claims are not counted"
tr '\n' ' ' < "$d/words" | grep -q 'Every job is accounted for' || fail "words: $(cat "$d/words")"
awk -F, '/^#/ { next } !n++ { for (i = 1; i <= NF; i++) c[$i] = i; next }
    $c["begun"] != $c["applied"] + $c["dropped"] + $c["aborted"] + $c["skipped"] + $c["running"] { bad = 1 }
    $c["algorithm"] == "sync" && ($c["staleness"] != 0 || $c["updates"] != int($c["applied"] / 3)) { bad = 1 }
    $c["algorithm"] == "asgd" && ($c["updates"] != $c["applied"] || $c["running"] != 3) { bad = 1 }
    $c["slept"] < $c["asked"] || !($c["overhead"] >= 0 && $c["overhead"] <= 1) { bad = 1 }
    END { exit bad || n != 3 }' "$d/o/live.csv" || fail "counts: $(grep -v '^#' "$d/o/live.csv")"

# the log has every job that was applied, in the order of its end; fit reads it
jobs=$(column "$d/o/live.csv" applied | head -n 1)
[ "$(column "$d/o/log.csv" end | wc -l)" = "$jobs" ] || fail "$jobs jobs in the log"
column "$d/o/log.csv" end | sort -gc || fail "the log is not in order"
$t fit "$d/o/log.csv" --study "$d/fitted.yaml" > "$d/fit" || fail "fit"
tr -s "\n " "  " < "$d/fit" | grep -q "worker = worker, start = start, end = end" || fail "fit takes it for $(head -n 2 "$d/fit")"
$t predict "$d/fitted.yaml" --set sweep.workers=3 --quiet > /dev/null || fail "predict what was fitted"

# mean staleness over all jobs is P - 1; of those on their way at the end it is not in the log
awk -F, '/^#/ { next } !n++ { for (i = 1; i <= NF; i++) c[$i] = i; next }
    { sum += $c["staleness"]; if ($c["staleness"] > most) most = $c["staleness"] }
    END { n--; left = 2 * n - sum; exit !(left >= 0 && left <= 3 * (most + n)) }' "$d/o/log.csv" || fail "staleness of the log"

# its events replay: the simulator's run of the same jobs
$t simulate "$s" --set "replay=$d/o/events.csv" --set horizon=100 --set algorithm[0].name=asgd --quiet > "$d/replayed" ||
    fail "its events do not replay: $(cat "$d/replayed")"
[ "$(column "$d/o/course.csv" t | wc -l)" = 42 ] || fail "the course has not 21 times of each"
grep -q '^asgd,' "$d/o/staleness.csv" && grep -q '^sync,0,' "$d/o/staleness.csv" || fail "staleness.csv"
[ "$(grep -c '^asgd,' "$d/o/workers.csv")" = 3 ] || fail "workers.csv"
column "$d/o/claims.csv" from | sort -u | tr '\n' ' ' | grep -q 'log study ' || fail "claims from log and study"
column "$d/o/claims.csv" by | sort -u | tr '\n' ' ' | grep -q 'simulator theory ' || fail "claims by both"

# ---- awake, as JSON, of data that are not quadratic; nothing to compare with
$t live "$s" --seconds .2 --replicas 0 --json --set 'objective={network: {model: {name: mlr}, batch: 8,
    data: {synthetic: {samples: 200, test: 60, height: 6, width: 6, classes: 3}}}}' > "$d/json" 2> "$d/said" ||
    fail "a network: $(cat "$d/said")"
grep -q '"claims": \[\]' "$d/json" && grep -q '"score": [01]' "$d/json" || fail "json of a network"

# ---- what is refused, before anything runs
says 2 '--unit: expected seconds > 0' $t live "$s" --unit 0
says 2 'expected a finite number' $t live "$s" --unit nan
says 2 '--seconds: expected seconds > 0' $t live "$s" --seconds -1
says 2 'would take about' $t live "$s" --unit 1e6
says 2 '2 days' $t live "$s" --set horizon=86401
says 2 'decrees its staleness' $t live "$s" --set 'algorithm={name: stale_constant, extra: 3, step: .1}'
says 2 'acts by an alarm of its own' $t live "$s" --set 'algorithm={name: local, grace: 1, step: .1}'
says 2 'cannot be run live' $t live "$s" --set 'uplink={kind: fifo, transfer: {law: constant, value: 1}}'
says 2 'at most 512 can be run live' $t live "$s" --set workers[0].count=600 --seconds 1
says 2 'expected one file' $t live
says 2 'did you mean' $t live "$s" --second 3
says 2 'unknown option --shard' $t live "$s" --shard 1/2
says 2 'cannot be' $t live "$s" --seconds .05 --quiet --replicas 0 --log /nowhere/log.csv

# ---- stopped: exit status, and what was done is there
env --default-signal=INT $t live "$s" --sleep --unit .01 --set horizon=1e5 --set points=1000000 --out "$d/stopped" > "$d/words" 2> "$d/said" &
pid=$!
sleep 1.5
kill -INT $pid
wait $pid
[ $? = 130 ] || fail "stopped with another status than 130"
grep -q 'stopped on request' "$d/said" || fail "does not say that it was stopped: $(cat "$d/said")"
[ "$(column "$d/stopped/log.csv" end | wc -l)" -gt 0 ] && [ "$(column "$d/stopped/course.csv" loss | grep -c '^[0-9]')" -gt 0 ] ||
    fail "what was done is not there"
exit $bad
