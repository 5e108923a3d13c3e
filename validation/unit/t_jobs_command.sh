#!/bin/sh
# A study as jobs: the script has the size that a measurement gives, and what it computes under Slurm, or
# others by the recipes of examples/cluster, is what one process writes.
. "$(dirname "$0")/outside.sh"
here=$PWD/$(dirname "$0")
cat > "$d/s.yaml" <<'END'
name: it's long
seed: 3
workers: [{count: 16, compute: {law: gamma, shape: 4, mean: 1}}]
objective: {quadratic: {eigenvalues: [1, .5], noise: {additive: .3}}}
algorithm: [{name: asgd, step: .02}, {name: dude, step: .02}]
horizon: 60
replicas: 60
points: 50
END
export TARDIGRAD="$t"

place() {
    mkdir "$d/$1" && cp "$d/s.yaml" "$d/$1" && cd "$d/$1" || exit 1
}

same() {
    diff -r "$1" "$2" > "$d/differences" || fail "$3: $(head -n 3 "$d/differences")"
}

# word N of the line that says what there is to do
said() {
    sed -n 2,3p script | tr '\n' ' ' | awk -v n="$1" '{ print $n }'
}

# ---- how many: core-hours grow as the horizon does; jobs of an hour, never above the blocks
place sizes
$t jobs s.yaml --set horizon=2e6 --cores 100 --hours 100 > script || fail "jobs"
sh -n script || fail "the script is no script"
one=$(said 4)
grep -q -- '--array=1-[0-9]*%100 ' script || fail "cores: $(cat script)"
$t jobs s.yaml --set horizon=2e7 --cores 100 --hours 100 > script || fail "jobs"
awk "BEGIN { exit !($(said 4) > 7 * $one && $(said 4) < 13 * $one) }" || fail "core-hours: $one, $(said 4)"
$t jobs s.yaml --set horizon=2e8 --cores 10 --hours 100 > script || fail "jobs"
jobs=$(sed -n 's/.*--array=1-\([0-9]*\)%10 .*/\1/p' script)
[ "$jobs" -ge 10 ] && [ "$jobs" -le 96 ] || fail "$jobs jobs of 96 blocks"
says 2 'take more cores (96 jobs at once' $t jobs s.yaml --set horizon=2e9 --cores 10 --hours 1 --quiet
says 2 'expected --cores from 1' $t jobs s.yaml --cores 0
says 2 'expected --cores from 1' $t jobs s.yaml --cores 4 --threads-each 8
says 2 '--hours: expected' $t jobs s.yaml --hours 0
says 2 '--command: expected study, simulate or validate' $t jobs s.yaml --command predict
says 2 '--out does not apply' $t jobs s.yaml --out o
says 2 'no.yaml' $t jobs no.yaml

# ---- what it is measured by: one replica takes what its share of all blocks takes
place measured
$t jobs s.yaml --set horizon=6e3 --set replicas=96 --cores 1 > script || fail "jobs"
expected=$(awk "BEGIN { print 3600 * $(said 4) }")
before=$(awk '{ print $16 + $17 }' /proc/$$/stat)
$t simulate s.yaml --set horizon=6e3 --set replicas=96 --threads 1 --quiet > /dev/null || fail "simulate"
after=$(awk '{ print $16 + $17 }' /proc/$$/stat)
awk "BEGIN { t = ($after - $before) / $(getconf CLK_TCK); exit !(t > .5 * $expected && t < 2 * $expected) }" ||
    fail "expected $expected s, took $before to $after"

# ---- by GNU parallel, and xargs
(place whole && $t simulate s.yaml --out o > said 2>&1 &&
 $t simulate s.yaml --set horizon=24000 --out out/it > said 2>&1) || fail "whole"
place by-hand
seq 5 | xargs -P 2 -I '{}' $t simulate s.yaml --shard '{}/5' --out 'parts/{}' --threads 1 --quiet > /dev/null &&
    $t merge parts/* --out o --quiet || fail "by xargs"
same "$d/whole/o" o "by xargs"
if command -v parallel > /dev/null; then
    place parallel
    parallel -j 2 $t simulate s.yaml --shard '{}/5' --out 'parts/{}' --threads 1 --resume --quiet \
        ::: 1 2 3 4 5 > /dev/null 2> said && $t merge parts/* --out o --quiet || fail "by parallel: $(cat said)"
    same "$d/whole/o" o "by GNU parallel"
else
    echo "skipped: GNU parallel is not here"
fi

# ---- by Slurm
. "$here/slurm.sh"
trap 'slurm_end; rm -rf "$d"' EXIT
if slurm_begin "$d/slurm"; then
    place by-slurm
    # as many hours as make two or three jobs of what it takes on this machine, as busy as it is now
    for try in 1 2 3 4 5; do
        $t jobs s.yaml --set horizon=24000 --cores 2 --command simulate --into out/it > script || fail "jobs for Slurm"
        hours=$(awk "BEGIN { print .7 * $(said 4) }")
        $t jobs s.yaml --set horizon=24000 --cores 2 --hours "$hours" --command simulate --into out/it > script &&
            grep -q -- '--array=1-[2-9]%2 ' script && break
    done
    grep -q -- '--array=1-[2-9]%2 ' script || fail "jobs for Slurm: $(cat script)"
    sh script > submitted || fail "the script cannot be submitted: $(cat submitted)"
    for i in $(seq 240); do
        [ -d out/it ] && break
        sleep .5
    done
    [ -d out/it ] || fail "no result under Slurm: $(cat out/it.logs/*; squeue)"
    [ -s out/it.parts/2/shard.records ] || fail "no shard under Slurm"
    same "$d/whole/out/it" out/it "by Slurm"
else
    echo "skipped: Slurm (slurm-wlm, munge) is not here, or does not start"
fi

exit $bad
