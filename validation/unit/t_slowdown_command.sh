#!/bin/sh
# slowdown: batches to the target over a setting, against recursions by awk, where a run has no noise; the ratio of
# means over replicas and its error; the same bytes for any threads; what is wrong.
. "$(dirname "$0")/outside.sh"

cat > "$d/s.yaml" <<'END'
name: s
objective: {quadratic: {eigenvalues: [1.0], start: 1.0}}
workers: {count: 1, compute: {law: constant, value: 1}}
workers_start: together
algorithm: {name: stale_constant, extra: 0, step: 0.05}
target: {loss: 1e-4}
horizon: 2000
points: 3
replicas: 2
END

# steps STEP EXTRA: of x <- x - STEP times x of EXTRA rounds before, which was 1 before the beginning, until
# x^2/2 <= 1e-4; inf: not in 2000
steps() {
    awk -v step="$1" -v extra="$2" 'BEGIN { x[0] = 1
        for (n = 0; n < 2000 && x[n] * x[n] / 2 > 1e-4; n++) x[n + 1] = x[n] - step * (n < extra ? 1 : x[n - extra])
        print n < 2000 ? n : "inf" }'
}
# cell SERIES VALUE COLUMN
cell() {
    awk -F, -v s="$1" -v v="$2" -v name="$3" '/^#/ { next }
        !c { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        $1 == s && $2 == v { print $c }' "$d/$folder/slowdown.csv"
}
folder=a
$t slowdown "$d/s.yaml" --over 'algorithm[].extra=0,3,9,40' --per algorithm.step=.07,.15 --out "$d/a" > "$d/words" || fail "slowdown"
for step in .07 .15; do
    for extra in 0 3 9 40; do
        [ "$(cell "step-$step" $extra batches)" = "$(steps $step $extra)" ] ||
            fail "batches at $extra rounds, step $step: $(cell "step-$step" $extra batches) instead of $(steps $step $extra)"
    done
    near "$(cell "step-$step" 3 ratio)" "$(steps $step 3) / $(steps $step 0)" 1e-12 "ratio at step $step"
done
near "$(cell step-.07 3 gain_limit)" "$(awk 'BEGIN { print 2 * sin(atan2(0, -1) / 14) }')" 1e-5 "largest gain of 3 rounds"
# 2 sin(pi / (2 (2 * 40 + 1))) = .0388: it never comes there
[ "$(cell step-.07 40 batches)" = inf ] && [ "$(cell step-.07 40 reached)" = 0 ] || fail "it came there at 40 rounds"
tr -s '\n ' ' ' < "$d/words" |
    grep -q 'step-.07: 59 +- 0 batches to the target with extra = 0; .*; 0 of 2 runs at the target with extra = 40' ||
    fail "words: $(cat "$d/words")"
[ -s "$d/a/figures/slowdown.svg" ] || fail "no figure"

# noise: the ratio is that of means; pairs of replicas tell its error, and the same setting twice has none
cat > "$d/n.yaml" <<'END'
name: n
objective: {quadratic: {eigenvalues: [1.0, 0.2], start: 1.0, noise: {additive: 0.3}}}
workers: {count: 4, compute: {law: exponential, mean: 1}}
algorithm:
  - {name: asgd, step: 0.02}
  - {name: asgd, step: 0.02, optimiser: heavy_ball}
target: {loss: 0.01}
horizon: 400
points: 3
replicas: 40
END
folder=b
$t slowdown "$d/n.yaml" --over algorithm[].step=.02,.01,.02 --threads 1 --out "$d/b" --quiet || fail "noise"
$t slowdown "$d/n.yaml" --over algorithm[].step=.02,.01,.02 --threads 4 --out "$d/c" --quiet || fail "noise, 4 threads"
grep -v '^#' "$d/b/slowdown.csv" > "$d/1"
grep -v '^#' "$d/c/slowdown.csv" | cmp -s - "$d/1" || fail "other bytes for other threads"
awk -F, '$1 == "sgd" && NR > 1 { b[++n] = $7; r[n] = $9; e[n] = $10; p[n] = $13; s[n] = $11; se[n] = $12 }
    END { exit !(n == 3 && r[1] == 1 && e[1] == 0 && r[3] == 1 && e[3] == 0 && (r[2] - b[2] / b[1]) ^ 2 < 1e-20 &&
          r[2] > 1.5 && r[2] < 2.5 && e[2] > 0 && e[2] < .3 &&
          (p[1] - s[1]) ^ 2 < (4 * se[1] + .1 * p[1]) ^ 2 && (p[2] - s[2]) ^ 2 < (4 * se[2] + .1 * p[2]) ^ 2) }' "$d/1" ||
    fail "ratios: $(cat "$d/1")"
awk -F, '$1 == "heavy_ball" { n++; if ($13 != "nan" && $13 != "inf") bad = 1 } END { exit !(n == 3) }' "$d/1" || fail "series by optimisers"

# ---- what is wrong
says 2 '--over is needed' $t slowdown "$d/s.yaml"
says 2 '--over: expected PATH=VALUE' $t slowdown "$d/s.yaml" --over nothing
says 2 '--over: an empty value' $t slowdown "$d/s.yaml" --over algorithm.step=.1,,.2
says 2 '--per: an empty value' $t slowdown "$d/s.yaml" --over algorithm.step=.1 --per horizon=
says 2 'unknown key' $t slowdown "$d/s.yaml" --over 'algorithm[].most=0,4'
says 2 'the study has no such list' $t slowdown "$d/s.yaml" --over 'nowhere[].most=0,4'
says 2 'as many algorithms as there are' $t slowdown "$d/s.yaml" \
    --over 'algorithm={name: asgd, step: 1},[{name: asgd, step: 1}, {name: asgd, step: 1}]'
sed '/^target/d' "$d/s.yaml" > "$d/none.yaml"
says 2 'the study has none' $t slowdown "$d/none.yaml" --over algorithm.step=.1
says 2 'would take about' $t slowdown "$d/n.yaml" --over replicas=10,10000000 --set horizon=1e5
timeout --preserve-status -s INT 1 $t slowdown "$d/n.yaml" --over replicas=10,100000 --set horizon=4000 > "$d/stdout" 2> "$d/stderr"
[ $? = 130 ] && grep -q '^sgd ' "$d/stdout" || fail "a stop request: $(cat "$d/stdout" "$d/stderr")"
exit $bad
