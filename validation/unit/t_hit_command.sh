#!/bin/sh
# tardigrad integrate --hit from outside: first passage by every law, meaning and method, from
# options and from a study, sequential stopping, settling, memory said before, Ctrl-C, bad input.
. "$(dirname "$0")/outside.sh"

# hit NAME ARGUMENTS...: run it into a folder; $mean and $error are what it says
hit() {
    into=$d/$1
    shift
    $t integrate --hit .2 "$@" --out "$into" > /dev/null || fail "hit: $*"
    mean=$(note "$into/hitting.csv" mean)
    error=$(note "$into/hitting.csv" mean_error)
}

half='{law: constant, value: 0.5}'
exp='{law: exponential, mean: 0.5}'

# ---- first hitting of .2 from 1 without delay: mean 1.55803737259558
hit plain --damping 1 --noise .1 --paths 20000 --until 40
near "$mean" 1.55803737259558 "4 * $error" "hitting mean"
near "$error" 0 .004 "its error"
note "$d/plain/hitting.csv" summary | grep -q 'over 20000 paths, all of which reached it by t = 40$' ||
    fail "counts: $(note "$d/plain/hitting.csv" summary)"
[ "$(note "$d/plain/hitting.csv" reached)" = 20000 ] || fail "how many reached it"

# ---- one equation by every method: the fast path with other noise
hit fast --damping 1 --noise .3 --law "$half" --until 20 --seed 7
fast=$mean
for method in exact euler milstein rk heun; do
    hit $method --damping 1 --noise .3 --law "$half" --until 20 --method $method
    near "$mean" "$fast" "6 * $error + .01" "$method"
done

# ---- every meaning of a random delay: step and distributed are one at a fine step; jumps of .01
# are nearly it; a draw for each path is another equation
for meaning in distributed step path arrival; do
    [ $meaning = arrival ] && rate=--arrivals=400 || rate=--seed=0
    hit $meaning --damping 1 --noise .3 --law "$exp" --until 20 --meaning $meaning $rate
    [ "$(note "$d/$meaning/hitting.csv" meaning)" = $meaning ] || fail "$meaning is not named"
    case $meaning in
    distributed) kernel=$mean ;;
    path) near "$mean" 1.013 "5 * $error" "path" ;;
    *) near "$mean" "$kernel" "6 * $error + .01" "$meaning" ;;
    esac
done

# ---- cut off at the horizon; the same numbers in JSON, for any number of threads
hit early --damping 1 --noise .1 --until 1.5 --paths 3000
note "$d/early/hitting.csv" summary | grep -q '^mean of min(time, 1.5)' || fail "cut-off not said"
for threads in 1 3; do
    $t integrate --hit .2 --damping 1 --noise .1 --until 1.5 --paths 3000 --threads $threads \
        --json | grep -v '"command"' > "$d/json$threads" || fail "json"
done
cmp -s "$d/json1" "$d/json3" || fail "threads change the numbers"
for column in t reached low high; do
    grep -q "\"$column\": $(last "$d/early/hitting.csv" $column)" "$d/json1" ||
        fail "$column differs between table and JSON"
done
grep -q "\"mean\": $mean" "$d/json1" || fail "mean is not a number in JSON"
$t integrate --hit .2 --damping 1 --noise .1 --paths 3000 | grep -q '^mean 1.5.* over 3000' ||
    fail "no mean on the terminal"

# ---- paths until the error is as asked, or it is said that it is not
hit asked --damping 1 --noise .1 --until 20 --hit-error .002
awk "BEGIN { exit !($error <= .002 && $error > .0019) }" || fail "asked .002, got $error"
near "$mean" 1.55803737259558 "4 * $error" "mean at the asked error"
says 1 'give more --paths' $t integrate --hit .2 --damping 1 --noise .1 --hit-error 1e-9 \
    --paths 2000
says 1 'fewer than 30 of 4000 paths' $t integrate --hit 5 --damping 1 --noise .1 --hit-error .1 \
    --paths 4000

# ---- settling comes later than hitting
hit settle --damping 1 --noise .1 --until 5 --settle
near "$mean" 2.02 .05 "settling"
awk "BEGIN { exit !($(last "$d/settle/hitting.csv" settled) >= .95) }" || fail "settled"

# ---- a study: the loss, with modes that settle off the minimum (two groups, and minima of the workers'
# own: shift != 0); at the mean hitting time the mean loss is about the level
cat > "$d/s.yaml" <<'END'
name: small
objective: {quadratic: {eigenvalues: [1.0, 0.3], noise: {additive: 0.1}, minimum_spread: 0.5}}
workers:
  - {count: 6, compute: {law: gamma, shape: 4, mean: 1.0}}
  - {count: 2, compute: {law: constant, value: 5}}
algorithm: [{name: asgd, step: 0.05}]
horizon: 60
points: 31
END
for meaning in path step distributed arrival; do
    $t integrate "$d/s.yaml" --hit .1 --paths 2000 --meaning $meaning --out "$d/s$meaning" \
        > /dev/null || fail "study by $meaning"
    [ "$(note "$d/s$meaning/hitting.csv" shown)" = loss ] || fail "the loss is not named"
    at=$(note "$d/s$meaning/hitting.csv" mean)
    $t integrate "$d/s.yaml" --paths 2000 --meaning $meaning --until "$at" --rows 1 \
        --out "$d/c$meaning" > /dev/null || fail "study up to its hitting time"
    near "$(last "$d/c$meaning/ensemble.csv" mean)" .1 .02 "mean loss at the hitting time, $meaning"
done
$t integrate "$d/s.yaml" --set 'workers={count: 6, compute: {law: constant, value: 1}}' --hit .1 \
    --paths 500 > /dev/null || fail "a constant delay in a study"

# ---- memory: said where it is much, refused with the number where it is too much
$t integrate --hit .2 --damping 1 --noise .1 --hit-error .1 --paths 4e6 > /dev/null \
    2> "$d/stderr" || fail "a large limit of paths"
grep -qE '^tardigrad: 4e\+06 paths x 1000 steps, 3[0-9]+\.[0-9] MiB$' "$d/stderr" ||
    fail "memory not said: $(cat "$d/stderr")"
says 2 '82.9 GiB would be needed' $t integrate --damping 1 --hit .2 --paths 1e9
says 2 'GiB would be needed' $t integrate --damping 1 --hit .2 --law "$exp" --paths 1e9
says 2 'GiB would be needed' $t integrate --damping 1 --hit .2 --law "$exp" --paths 1e9 \
    --meaning arrival --arrivals 4

# ---- Ctrl-C: the lots that are whole are shown, exit status 1
$t integrate --hit -5 --damping 1 --noise .1 --until 100 --paths 2e6 --out "$d/stop" \
    > /dev/null 2> "$d/stderr" &
sleep 1
kill -TERM $!
wait $!
[ $? = 143 ] || fail "a stop is exit status 143"
grep -qE '^tardigrad: stopped after [0-9]+ of 2000000 paths$' "$d/stderr" ||
    fail "stop not said: $(cat "$d/stderr")"
note "$d/stop/hitting.csv" 'stopped after' | grep -q 'of 2000000 paths' || fail "stop not noted"
note "$d/stop/hitting.csv" summary | grep -q '^none of .* paths reached it by t = 100' ||
    fail "summary of the lots that are whole: $(note "$d/stop/hitting.csv" summary)"

# ---- bad input
says 2 'finite number' $t integrate --damping 1 --hit nan
says 2 'need --hit' $t integrate --damping 1 --settle
says 2 'need --hit' $t integrate --damping 1 --hit-error .1
says 2 'must be > 0' $t integrate --damping 1 --hit .2 --hit-error -1
says 2 'divides the delay' $t integrate --damping 1 --hit .2 --law "$half" --method exact \
    --step .70710678
says 1 'finite range' $t integrate --damping -50 --hit -1 --law "$half" --until 300
exit $bad
