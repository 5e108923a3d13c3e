#!/bin/sh
# `tardigrad schedule` from outside: sentence, tables, figure, JSON, what it says of targets that are not
# reached and of what theory does not know.
. validation/unit/outside.sh
export COLUMNS=300 # a sentence is a line
q=examples/quickstart.yaml
sed 's/law: gamma, shape: 4/law: exponential/; s/count: 32/count: 4/; s/workers: \[.*/workers: [1, 2, 4]}/' $q > "$d/few.yaml"
few="--set schedule.steps=6"

# ---- words: one sentence first, then a table of at most 80 columns
$t schedule "$d/few.yaml" $few > "$d/words" || fail "schedule"
head -n 1 "$d/words" | grep -q '^asgd: fastest to loss 0.01 with 4 workers at step' || fail "$(cat "$d/words")"
grep '^ *[0-9]' "$d/words" | awk '{ n++; if (length($0) > 80) bad++ } END { exit !(n == 3 && !bad) }' ||
    fail "table: $(cat "$d/words")"

# ---- tables and the figure: a row for each number of workers, a map of times, the largest step of one
# worker is 2 and of two exponential ones that with e (1 + 2e) = 2 (1 + e)
$t schedule "$d/few.yaml" $few --quiet --out "$d/o" > "$d/quiet" || fail "schedule --out"
[ -s "$d/quiet" ] && fail "--quiet: $(cat "$d/quiet")"
grep -v '^#' "$d/o/schedule.csv" | awk -F, 'NR > 1 { n++; limit[$3] = $4; if (!($5 < $4)) bad++ }
    END { e = limit[2]; exit !(n == 3 && !bad && (limit[1] - 2) ^ 2 < 1e-12 && (e * (1 + 2 * e) - 2 * (1 + e)) ^ 2 < 1e-6) }' ||
    fail "schedule.csv: $(cat "$d/o/schedule.csv")"
[ "$(grep -vc '^#' "$d/o/map.csv")" = 19 ] || fail "rows of map.csv"
[ "$(grep -vc '^#' "$d/o/best.csv")" = 6 ] || fail "rows of best.csv"
grep -q '<svg' "$d/o/figures/schedule-asgd.svg" || fail "no figure"
$t schedule "$d/few.yaml" $few --json --choices > "$d/json" || fail "schedule --json"
for key in best schedule map choices; do grep -q "\"$key\": \[" "$d/json" || fail "JSON without $key"; done

# ---- a price: one worker is cheapest; a range of steps binds; two targets
$t schedule "$d/few.yaml" $few --set schedule.least=price --set schedule.price=3 | grep -q 'cheapest to loss 0.01 with 1 worker at' ||
    fail "price"
$t schedule "$d/few.yaml" $few --set 'schedule.step=[0.001,0.02]' | grep '^ *4 ' | grep -q range || fail "a range of steps"
$t schedule "$d/few.yaml" $few --set 'schedule.step=[1000,10000]' > "$d/beyond" || fail "a range beyond what is stable"
grep -q 'at any step from 1000 to 10000: none of these is stable$' "$d/beyond" || fail "$(cat "$d/beyond")"
grep -q '^ *4 .* nan ' "$d/beyond" || fail "a step outside the range: $(cat "$d/beyond")"
$t schedule "$d/few.yaml" $few --set 'algorithm={name: asgd, step: tune}' > "$d/tune" || fail "step: tune"
head -n 1 "$d/tune" | grep -q '^asgd: fastest to loss 0.01 with 4 workers' || fail "$(cat "$d/tune")"
[ "$($t schedule "$d/few.yaml" $few --set 'schedule.targets=[0.1,0.02]' | grep -c '^asgd: fastest')" = 2 ] || fail "two targets"

# ---- not reached: the floor and the step that would do are named; no target; unknown rules; bad words
$t schedule "$d/few.yaml" $few --set target.loss=1e-7 > "$d/never" || fail "an unreachable target"
grep -q 'no 1 to 4 workers come to loss 1e-07 by t = 120 at any step; nearest are .* floor .*whose floor is the target' "$d/never" ||
    fail "$(cat "$d/never")"
grep -v target $q > "$d/none.yaml"
says 2 'needs target.loss or schedule.targets' $t schedule "$d/none.yaml"
says 2 'theory does not know' $t schedule $q --set 'algorithm={name: mifa, step: 0.01}'
says 2 'expected time, gradients, bytes or price' $t schedule $q --set schedule.least=joy
says 2 'schedule.step: expected the least and the largest' $t schedule $q --set 'schedule.step=[0.1]'
says 2 'expected whole numbers' $t schedule $q --set 'schedule.workers=[1.5]'

# ---- an uplink that one worker keeps busy: it binds for every more of them
$t schedule "$d/few.yaml" $few --set 'uplink={kind: fifo, transfer: {law: exponential, mean: 9}}' --set horizon=2000 > "$d/up" ||
    fail "uplink"
grep '^ *[24] ' "$d/up" | grep -vq uplink && fail "a busy uplink: $(cat "$d/up")"

# ---- choices: of a slow group rounds use nobody
$t schedule $q --set 'workers=[{name: a, count: 2, compute: {law: exponential, mean: 1}}, {name: b, count: 1, compute: {law: exponential, mean: 20}}]' \
    --set 'algorithm={name: sync, step: 0.2}' --set 'sweep.workers=[3]' --choices > "$d/choices" || fail "choices"
grep -q 'of the groups use 2 of 2 a; 0 of 1 b' "$d/choices" || fail "$(cat "$d/choices")"

# ---- as wide as the terminal, and no number is another one
for wide in 40 60 80 132; do
    COLUMNS=$wide $t schedule $q --set 'sweep.workers=[8, 64]' --set schedule.steps=4 > "$d/narrow" || fail "in $wide columns"
    awk -v w=$wide 'length($0) > w { exit 1 }' "$d/narrow" || fail "wider than $wide columns: $(cat "$d/narrow")"
    awk '$1 == 64 && $2 + 0 > 0 { print $1, $NF }' "$d/narrow" > "$d/last.$wide"
    cmp "$d/last.40" "$d/last.$wide" || fail "another row in $wide columns"
    [ $wide = 40 ] || COLUMNS=$wide $t explain --largest-eigenvalue 40 --step .05 --observed '4 converges, 8 diverges' > "$d/narrow"
    awk -v w=$wide 'length($0) > w { exit 1 }' "$d/narrow" || fail "explain is wider than $wide columns"
done
exit $bad
