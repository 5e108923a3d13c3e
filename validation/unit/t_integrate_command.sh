#!/bin/sh
# tardigrad integrate from outside: numbers against exact ones, table and JSON alike, studies,
# meanings of a random delay, bad input.
. "$(dirname "$0")/outside.sh"

half='{law: constant, value: 0.5}'

# ---- the Euler scheme's own variance (cases: .867754385 at dt = .05), within 4 errors of 40000
$t integrate --damping 1 --law "$half" --start 0 --step 0.05 --until 20 --rows 4 --paths 40000 --method euler \
    --seed 3 --out "$d/euler" > /dev/null || fail "euler"
near "$(last "$d/euler/ensemble.csv" sd)^2" .867754385 '4 * .867754385 * sqrt(2 / 40000)' "variance of the scheme"
near "$(last "$d/euler/ensemble.csv" predicted_sd)^2" .842898208584 1e-6 "predicted variance"
near "$(last "$d/euler/ensemble.csv" q95)" '1.6448536 * sqrt(.867754385)' .035 "95 % quantile"

# ---- the exact stepper has the equation's variance at the same step; mean at t = 1 is .125
$t integrate --damping 1 --law "$half" --method exact --step 0.05 --until 1 --rows 4 \
    --paths 40000 --out "$d/exact" > /dev/null || fail "exact"
near "$(last "$d/exact/ensemble.csv" sd)^2" .791666666666667 '4 * .79 * sqrt(2 / 40000)' "exact variance"
near "$(last "$d/exact/ensemble.csv" mean)" .125 '4 * sqrt(.79 / 40000)' "exact mean"
near "$(last "$d/exact/ensemble.csv" predicted_mean)" .125 1e-7 "predicted mean"

# ---- JSON holds the table's numbers, for any number of threads
for threads in 1 2; do
    $t integrate --damping 1 --law "$half" --paths 1000 --rows 4 --threads $threads --json \
        > "$d/json$threads" || fail "json"
    grep -v '"command"' "$d/json$threads" > "$d/same$threads"
done
cmp -s "$d/same1" "$d/same2" || fail "threads change the numbers"
$t integrate --damping 1 --law "$half" --paths 1000 --rows 4 --out "$d/j" > /dev/null
for column in mean sd q05 q50 predicted_sd; do
    grep -q "\"$column\": $(last "$d/j/ensemble.csv" $column)" "$d/json1" ||
        fail "$column differs between table and JSON"
done

# ---- four meanings of a random delay; the arrivals' variance by theory 3.2, (1 + k)/(2a) = .75
# without jumps, .75/(1 - .25 * .75) with a = 1, lambda = 4
exp='{law: exponential, mean: 0.5}'
for meaning in path step arrival distributed; do
    [ $meaning = arrival ] && rate=--arrivals=4 || rate=--seed=0
    $t integrate --damping 1 --law "$exp" --start 0 --meaning $meaning --until 12 $rate \
        --rows 2 --paths 20000 --out "$d/$meaning" > /dev/null || fail "$meaning"
    [ "$(note "$d/$meaning/ensemble.csv" meaning)" = $meaning ] || fail "$meaning is not named"
done
near "$(last "$d/distributed/ensemble.csv" sd)^2" .75 .04 "distributed"
near "$(last "$d/step/ensemble.csv" sd)^2" .75 .04 "step"
near "$(last "$d/arrival/ensemble.csv" sd)^2" '.75 / (1 - .25 * .75)' '6 * .92 * sqrt(2 / 20000)' "arrival"
near "$(last "$d/arrival/ensemble.csv" predicted_sd)^2" '.75 / (1 - .25 * .75)' 1e-4 "predicted arrival"
grep -q predicted_sd "$d/path/ensemble.csv" && fail "path has a prediction"

# ---- from a study: the loss, against the moments of the modes
cat > "$d/s.yaml" <<'END'
name: small
objective: {quadratic: {eigenvalues: [1.0, 0.3], noise: {additive: 0.1}}}
workers: {count: 6, compute: {law: gamma, shape: 4, mean: 1.0}}
algorithm: [{name: dude, step: 0.03}, {name: asgd, step: 0.05}]
horizon: 60
points: 31
END
for meaning in distributed arrival; do
    $t integrate "$d/s.yaml" --meaning $meaning --paths 4000 --out "$d/s$meaning" > /dev/null ||
        fail "study"
    f="$d/s$meaning/ensemble.csv"
    near "$(last "$f" mean)" "$(last "$f" predicted_mean)" "4 * $(last "$f" mean_error) + 1e-6" \
        "loss of the study"
    [ "$(note "$f" shown)" = loss ] || fail "the study's loss is not named"
done
says 2 'plain asgd, not dude' $t integrate "$d/s.yaml" --algorithm dude
says 2 'no algorithm "sgd"' $t integrate "$d/s.yaml" --algorithm sgd
says 2 'set by the study' $t integrate "$d/s.yaml" --damping 1

# ---- Ctrl-C (SIGTERM, as background jobs of a shell ignore SIGINT): 1e9 paths take no memory, and
# those that are whole by then are shown, by every integrator
for method in euler exact milstein; do
    $t integrate --damping 1 --law "$half" --method $method --paths 1e9 --rows 4 \
        --out "$d/stop" > /dev/null 2> "$d/stderr" &
    sleep 1
    kill -TERM $!
    wait $!
    [ $? = 143 ] || fail "$method: a stop is exit status 143"
    grep -qE '^tardigrad: stopped after [0-9]+ of 1000000000 paths$' "$d/stderr" ||
        fail "$method: stop not said: $(cat "$d/stderr")"
    note "$d/stop/ensemble.csv" 'stopped after' | grep -q 'of 1000000000 paths' ||
        fail "$method: stop not noted"
    near "$(last "$d/stop/ensemble.csv" mean)" "$(last "$d/stop/ensemble.csv" predicted_mean)" \
        "4 * $(last "$d/stop/ensemble.csv" mean_error) + .01" "mean of what is finished"
done

# ---- a step larger than the delay works: x' = -x(t - 1/2) at dt = .7, against the scheme
$t integrate --damping 1 --law "$half" --step .7 --until 35 --rows 5 --noise 0 \
    --out "$d/long" > /dev/null || fail "a step longer than the delay"
near "$(last "$d/long/ensemble.csv" mean)" 0 1e-6 "a step longer than the delay"

# ---- single precision: the same paths, not the same bits
for f in "" --float32; do
    $t integrate --damping 1 --law "$half" --rows 2 --method euler $f --out "$d/bits$f" > /dev/null || fail "float32"
done
near "$(last "$d/bits--float32/ensemble.csv" sd)" "$(last "$d/bits/ensemble.csv" sd)" 1e-5 "float32"
[ "$(last "$d/bits--float32/ensemble.csv" sd)" != "$(last "$d/bits/ensemble.csv" sd)" ] ||
    fail "float32 makes no difference"

# ---- by default the method is the most accurate, and one that is not good enough is said to be so
$t integrate --damping 1 --law "$half" --paths 40000 --until 4 --rows 4 --out "$d/best" \
    > /dev/null 2> "$d/stderr" || fail "default method"
[ "$(note "$d/best/ensemble.csv" method)" = exact ] || fail "the default is not exact"
[ -s "$d/stderr" ] && fail "an exact run warns: $(cat "$d/stderr")"
$t integrate --damping 1 --law "$half" --paths 40000 --until 4 --rows 4 --method euler --step .25 \
    > /dev/null 2> "$d/stderr" || fail "a poor method"
grep -q 'standard errors from its prediction' "$d/stderr" || fail "a poor method is not said"

# ---- an unstable mean is predicted as one that grows
$t integrate --damping 3 --law '{law: uniform, min: .9, max: 1.1}' --noise 0 --until 20 --rows 4 \
    --paths 10 --method rk --out "$d/grows" > /dev/null || fail "an unstable mean"
near "$(last "$d/grows/ensemble.csv" mean)" "$(last "$d/grows/ensemble.csv" predicted_mean)" 50 \
    "an unstable mean"

# ---- bad input
says 2 'study or --damping' $t integrate
says 2 'finite number' $t integrate --damping nan
says 2 'finite number' $t integrate --damping 1 --noise inf
says 2 'expected 0 < step' $t integrate --damping 1 --step -1
says 2 'expected 0 < step' $t integrate --damping 1 --step 0
says 2 'rows must be at least 1' $t integrate --damping 1 --rows 0
says 2 'got the option --quiet' $t integrate --damping --quiet
says 2 'from 0 to 2^53' $t integrate --damping 1 --seed 18446744073709551615
says 2 'float32 is for ensembles' $t integrate --damping 1 --law "$exp" --float32
says 2 'one of exact, euler' $t integrate --damping 1 --method eulre
says 2 'is of --meaning arrival' $t integrate --damping 1 --arrivals 4
says 2 'takes no --step' $t integrate --damping 1 --meaning arrival --arrivals 4 --step 1
says 2 'does not apply to --hit' $t integrate --damping 1 --hit .2 --rows 4
says 2 'set is of a study' $t integrate --damping 1 --set seed=3
says 2 'noise must be >= 0' $t integrate --damping 1 --noise -1
says 2 'did you mean arrival' $t integrate --damping 1 --meaning arival
says 2 'needs --arrivals' $t integrate --damping 1 --meaning arrival
says 2 'divides the delay' $t integrate --damping 1 --law "$half" --method exact --step .70710678 --until 7
says 2 'needs a constant delay' $t integrate --damping 1 --law "$exp" --method exact
says 2 'did you mean "constant"' $t integrate --damping 1 --law '{law: constnt, value: 1}'
says 2 'GiB' $t integrate --damping 1 --law "$half" --paths 1e9 --step 1e-9 --until 1
says 1 'finite range' $t integrate --damping -50 --law "$half" --until 100
exit $bad
