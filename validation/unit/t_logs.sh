#!/bin/sh
# Several logs to one fit: cut into pieces in any way that people have them, they give the fit of the whole; what
# cannot be put together is refused with a sentence.
. "$(dirname "$0")/outside.sh"
export COLUMNS=1000

# 6 workers of two speeds, 60 jobs each with gaps between, as dates in epoch seconds: rank, start, seconds
awk 'BEGIN { s = 7; print "rank,start,seconds"
    for (w = 0; w < 6; w++) { at = 1700000000 + w / 8
        for (i = 0; i < 60; i++) { s = (s * 16807) % 2147483647; t = (1 + (s % 1024) / 1024) * (w < 3 ? 1 : 3)
            printf "%d,%.6f,%.6f\n", w, at, t; at += t + .1 + (s % 37) / 100 } } }' > "$d/all.csv"
# what is fitted, without the names of files, to ten digits: clocks are put together by a sum
fit() {
    $t fit "$@" --json > "$d/json" 2> "$d/stderr" || fail "fit $*: $(cat "$d/stderr")"
    sed -n '/^ "fit"/,$p' "$d/json" | sed 's/\([0-9]\.[0-9]\{9\}\)[0-9]*/\1/g'
}
same() { # WHAT FILE...: the fit of the whole
    what=$1; shift
    fit "$@" > "$d/pieces"
    cmp -s "$d/whole" "$d/pieces" || { fail "$what"; diff "$d/whole" "$d/pieces" | head -5; }
}
fit "$d/all.csv" > "$d/whole"
for w in 0 1 2 3 4 5; do
    awk -F, -v w=$w 'NR == 1 || $1 == w' "$d/all.csv" > "$d/rank$w.csv"
    cut -d, -f2,3 "$d/rank$w.csv" > "$d/nameless$w.csv"
done
same 'a log for each worker' "$d"/rank?.csv
same 'a log for each worker that does not name it' "$d"/nameless?.csv
awk -F, 'NR == 1 || $2 < 1700000050' "$d/all.csv" > "$d/early.csv"
awk -F, 'NR == 1 || $2 >= 1700000050' "$d/all.csv" > "$d/late.csv"
same 'a log for each day' "$d/early.csv" "$d/late.csv"
same 'the later first' "$d/late.csv" "$d/early.csv"
gzip -k "$d/late.csv" && same 'one of them packed' "$d/early.csv" "$d/late.csv.gz"
awk -F, 'NR == 1 { print "rank,t0_ms,duration" } NR > 1 { printf "%d,%s,%sms\n", $1, int($2 * 1e6 + .5) / 1e3, $3 * 1000 }' \
    OFMT=%.3f CONVFMT=%.3f "$d/late.csv" > "$d/units.csv"
$t fit "$d/early.csv" "$d/units.csv" --columns worker=rank --json > "$d/json" 2> "$d/stderr" &&
    fail 'columns that one of them has not'

# ---- what is said
$t fit "$d"/rank?.csv > "$d/words"
grep -q '6 logs together: 6 workers\.$' "$d/words" || fail "$(cat "$d/words")"
$t fit "$d/early.csv" "$d/late.csv" > "$d/words"
grep -q '2 logs together: 6 workers, the same where they have the same name\.$' "$d/words" || fail "$(cat "$d/words")"
# rank 0 of two machines at the same date
awk -F, 'NR == 1 || $1 < 3' "$d/all.csv" > "$d/left.csv"
awk -F, 'NR == 1 { print } $1 >= 3 { printf "%d,%s,%s\n", $1 - 3, $2, $3 }' "$d/all.csv" > "$d/right.csv"
same 'ranks of two machines' "$d/left.csv" "$d/right.csv"
$t fit "$d/left.csv" "$d/right.csv" | grep -q '6 workers, but for those of one name that are at work at the same time' ||
    fail 'two machines are not told'
# clocks that begin with each log: one after another, so that no job overlaps another
awk -F, 'NR == 1 { print } NR > 1 { printf "%d,%.6f,%s\n", $1, $2 - 1700000000, $3 }' "$d/early.csv" > "$d/one.csv"
$t fit "$d/one.csv" "$d/one.csv" > "$d/words" || fail 'the same clock twice'
grep -qi 'overlap\|begin before' "$d/words" && fail "logs overlap: $(cat "$d/words")"
rows=$(($(wc -l < "$d/one.csv") - 1))
jobs=$(sed -n 's/^Group [0-9]*: [0-9]* workers, \([0-9]*\) jobs.*/\1/p' "$d/words" | awk '{ n += $1 } END { print n }')
[ "$jobs" = $((2 * rows)) ] || fail "$jobs jobs, not $((2 * rows))"
i=0
while [ $i -lt 40 ]; do cp "$d/rank0.csv" "$d/copy$i.csv"; i=$((i + 1)); done
$t fit "$d"/copy*.csv > "$d/words" || fail '40 logs'
grep -q '32 more logs' "$d/words" || fail "each of 40 is told: $(cat "$d/words")"

# ---- times that are all alike have neither course nor error, and one job tells no error
awk 'BEGIN { print "worker,seconds"; while (n++ < 30000) print n % 5 ",3.3" }' > "$d/alike.csv"
$t fit "$d/alike.csv" > "$d/words" || fail 'times that are alike'
grep -q 'always 3.3 s' "$d/words" && ! grep -qi 'correlated\|drift\|e-1' "$d/words" ||
    fail "times that are alike: $(cat "$d/words")"
printf '7,2.5\n' | $t fit - | tr '\n' ' ' | grep -q 'own rates are 0.4, of one job' || fail 'one job'
# times that hardly change from one to the next
awk 'BEGIN { print "worker,seconds"; while (n++ < 4000) print n % 2 "," 2 + sin(n / 700) }' > "$d/slow.csv"
$t fit "$d/slow.csv" | tr '\n' ' ' | grep -q 'vary over 199.0 times as much' || fail 'a course that hardly changes'

# ---- what is refused
says 2 'first in line 2: "1.644,5"' $t fit - << END
worker;ms
0;1.644,5
1;1.702,1
END
says 2 '"worker" holds many values; expected an object for each job' $t fit - << END
{"seconds": {"0": 1.5, "1": 2}, "worker": {"0": 0, "1": 1}}
END
says 2 'expected a file, got a folder; name the files in it' $t fit "$d"
says 2 'expected a file, got a folder' $t spectrum "$d"
says 2 'expected a log, got none' $t fit
says 2 'no column says who worked' $t fit "$d/nameless0.csv"
sed 's/rank/trainer/' "$d/rank0.csv" > "$d/trainer.csv"
says 2 'no column says who worked' $t fit "$d/trainer.csv" "$d/rank1.csv"
says 2 'cannot be opened' $t fit "$d/early.csv" "$d/nowhere.csv"
says 2 'one tells dates, the other times since it began' $t fit "$d/early.csv" "$d/one.csv"
cut -d, -f1,3 "$d/early.csv" > "$d/untimed.csv"
says 2 'starts are in one of them only' $t fit "$d/early.csv" "$d/untimed.csv"
says 2 'expected one file, got 2' $t spectrum "$d/early.csv" "$d/late.csv"
printf '[1, 2,' > "$d/cut.txt"
says 2 'a list is not closed after 2 numbers: the file is cut short' $t spectrum "$d/cut.txt"
printf '[[3, 2], [1' > "$d/cut.txt"
says 2 'a list is not closed after 3 numbers' $t spectrum "$d/cut.txt"
printf '[1, 2]]' > "$d/cut.txt"
says 2 'without its "["' $t spectrum "$d/cut.txt"
printf 'tensor([[3., 2.],\n        [1., 0.5]])' > "$d/whole.txt"
$t spectrum "$d/whole.txt" > /dev/null || fail 'what torch prints'
exit $bad
