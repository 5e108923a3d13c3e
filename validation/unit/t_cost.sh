#!/bin/sh
# What could not end in a day is refused before it begins, with the number and the option that
# lowers it; what takes minutes is announced on a terminal, and nowhere else.
. "$(dirname "$0")/outside.sh"
q="$d/q.yaml"
cat > "$q" <<'END'
name: q
objective: {quadratic: {eigenvalues: [1.0, 0.1], noise: {additive: 0.1}}}
workers: {count: 32, compute: {law: gamma, shape: 4, mean: 1.0}}
algorithm: {name: asgd, step: 0.01}
target: {loss: 1.0e-2}
horizon: 120
replicas: 400
END
refused() { # WORDS COMMAND...: at once
    words=$1
    shift
    says 2 "$words" timeout 2 $t "$@"
}
for c in simulate validate study; do
    refused 'horizon=T' $c "$q" --set horizon=1e300 --out "$d/o"
done
refused 'a job takes no time' simulate "$q" --set 'workers.compute={law: constant, value: 0}'
for law in 'constant, value: 1e-60' 'uniform, min: 0, max: 1e-60'; do
    refused 'horizon=T' simulate "$q" --set "workers.compute={law: $law}"
done
for law in 'exponential, mean: 1e-9' 'gamma, shape: 0.05, mean: 1e-9'; do
    refused 'deliveries would take' simulate "$q" --set "workers.compute={law: $law}" --set replicas=4000
done
refused 'deliveries would take' simulate "$q" --set horizon=2.5e10 --set replicas=100
refused 'GiB' simulate "$q" --set workers.count=1e7 --set replicas=1 \
    --set 'objective={quadratic: {spectrum: {law: power, count: 1000}}}'
refused 'eigenvalues' predict "$q" --set "sweep.workers=[$(seq -s, 1 40)]" \
    --set 'objective={quadratic: {spectrum: {law: power, count: 1000000}}}' \
    --set 'workers.compute={law: lognormal, mean: 1, cv: 1}' \
    --set 'algorithm=[{name: asgd, step: 0.01}, {name: dude, step: 0.01}, {name: asgd, step: 0.02}]'
refused 'steps of a path would take' integrate --damping 100 --law '{law: constant, value: 1}' \
    --paths 100000000 --until 100000

# what rules, links, speeds and local steps take beside deliveries is counted too
refused 'deliveries would take' simulate "$q" --set workers.count=100000 --set replicas=10 \
    --set 'algorithm={name: stale_constant, extra: 1, step: .01}'
refused 'deliveries would take' simulate "$q" --set workers.count=100000 --set replicas=100 \
    --set 'algorithm={name: ringmaster, r: 1, step: .01}'
refused 'deliveries would take' simulate "$q" --set workers.count=1000000 --set replicas=400 \
    --set horizon=1 --set 'algorithm.behaviour={name: local_steps, steps: 1000000, rate: .01}'
refused 'deliveries would take' simulate "$q" --set 'workers.speed={name: on_off, on: 1e-7, off: 1e-7}'
refused 'deliveries would take' simulate "$q" --set 'workers.speed={name: on_off, on: 1, off: 1, fast: 1e9}'
refused 'GiB' simulate "$q" --set workers.count=1000000 --set replicas=1 --set horizon=.001 \
    --set 'algorithm={name: stale_constant, extra: 4000, step: .01}'
refused 'GiB' simulate "$q" --set workers.count=1000000 --set replicas=1 --set horizon=.001 \
    --set 'algorithm={name: dude, step: .01}' \
    --set 'objective={quadratic: {spectrum: {law: power, count: 3000}}}'

# ---- the number is right: 32 workers, a hundred replicas, 1e10 / value renewals of each
for value in 1 0.001 1e-9 0.37; do
    says 2 'deliveries would take' $t simulate "$q" --set horizon=1e10 --set replicas=100 --set points=2 \
        --set "workers.compute={law: constant, value: $value}"
    near "$(sed 's/tardigrad: \([^ ]*\) deliveries.*/\1/' "$d/stderr") * $value / 3.2e13" 1 .06 "renewals of $value"
done
for law in 'exponential, mean: 1' 'gamma, shape: 16, mean: 1' 'lognormal, mean: 1, cv: 2'; do
    says 2 'deliveries would take' $t simulate "$q" --set horizon=1e10 --set replicas=100 --set points=2 \
        --set "workers.compute={law: $law}"
    near "$(sed 's/tardigrad: \([^ ]*\) deliveries.*/\1/' "$d/stderr") / 3.2e13" 1 .06 "renewals of $law"
done

# ---- minutes are announced on a terminal only
if command -v script > /dev/null; then
    script -qc "timeout -s INT 1 $t simulate $q --set replicas=4000 --set horizon=1e5" /dev/null > "$d/tty" 2>&1
    grep -aq 'deliveries, about .* minutes; a shorter horizon' "$d/tty" || fail "not announced"
fi
timeout -s INT 1 $t simulate "$q" --set replicas=4000 --set horizon=1e5 > /dev/null 2> "$d/stderr"
grep -q 'about' "$d/stderr" && fail "announced in a log"
exit $bad
