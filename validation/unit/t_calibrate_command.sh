#!/bin/sh
# tardigrad calibrate on its example: what it says, the study that it writes, JSON, folders, and what it refuses.
t=${TARDIGRAD:-build/cc/tardigrad}
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
fail() { echo "FAILED: $1"; exit 1; }
says() { # STATUS WORDS COMMAND...
    want=$1; words=$2; shift 2
    "$@" > "$d/stdout" 2> "$d/stderr"
    got=$?
    [ $got = "$want" ] || fail "$* ended with $got, not $want: $(cat "$d/stderr")"
    tr '\n' ' ' < "$d/stderr" | grep -qF -- "$words" || fail "$*: no \"$words\" in: $(cat "$d/stderr")"
}
e=examples/calibrate
how="--step 0.02 --least 0 --runs 39"

$t calibrate $e/log.csv --loss $e/curve.csv $how --study "$d/c.yaml" > "$d/words" 2> "$d/err" || fail "$(cat "$d/err")"
grep -q '^Fits: ' "$d/words" || fail 'a run of its own study is said not to fit'
grep -q '^Best: ' "$d/words" || fail 'nothing is best'
grep -q 'group 2' "$d/words" || fail 'two groups are one'

# The study is one, and has the run's workers and step.
$t predict "$d/c.yaml" --json > "$d/p.json" || fail 'the study cannot be predicted'
grep -q '"workers": 8' "$d/p.json" || fail 'not eight workers'
grep -q '^algorithm: {name: asgd, step: 0.02' "$d/c.yaml" || fail 'not the step'
[ "$(grep -c '^# .*95 %' "$d/c.yaml")" = 9 ] || fail 'nine intervals'

# A folder has the tables; JSON has the same, and no folder is left where studies are read back.
TMPDIR=$d/tmp; export TMPDIR; mkdir "$TMPDIR"
$t calibrate $e/log.csv --loss $e/curve.csv $how --out "$d/o" --quiet || fail 'into a folder'
for f in parameters claims effects course; do [ -s "$d/o/$f.csv" ] || fail "no $f.csv"; done
$t calibrate $e/log.csv --loss $e/curve.csv $how --json > "$d/j.json" || fail 'as JSON'
for f in provenance parameters claims effects course; do grep -q "\"$f\"" "$d/j.json" || fail "no $f in JSON"; done
[ -z "$(ls "$TMPDIR")" ] || fail 'a folder is left'

says 2 'expected --loss' $t calibrate $e/log.csv --step 0.02
says 2 'expected --step' $t calibrate $e/log.csv --loss $e/curve.csv
says 2 'expected a log, got none' $t calibrate --loss $e/curve.csv --step 1
says 2 'do not overlap' $t calibrate $e/log.csv --loss $e/curve.csv --step 0.02 --time 1e6
says 2 'whose workers go on at once' $t calibrate $e/log.csv --loss $e/curve.csv --step 0.02 --rule sync
says 2 '--eigenvalues: expected numbers > 0' $t calibrate $e/log.csv --loss $e/curve.csv --step 0.02 --eigenvalues '1,-2'
says 2 'nowhere.csv' $t calibrate $e/log.csv --loss nowhere.csv --step 0.02
says 2 '--set does not apply' $t calibrate $e/log.csv --loss $e/curve.csv --step 0.02 --set seed=2
echo "calibrate command: ok"
