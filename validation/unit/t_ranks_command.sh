#!/bin/sh
# Ranks under mpirun write what one process writes, however many there are and whatever becomes of them.
. "$(dirname "$0")/outside.sh"
. "$(dirname "$0")/blocks.sh"
if ! command -v mpirun > /dev/null || ! ldd "$t" | grep -q 'libmpi'; then
    echo "this needs mpirun, and a command built with MPI (libopenmpi-dev, openmpi-bin)"
    exit 77
fi
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none TMPDIR=/tmp

long='--set horizon=2500' longer='--set horizon=12000'

# The youngest rank of the mpirun with this id: never rank 0, which began first.
youngest() {
    pgrep -P "$1" | sort -n | tail -n 1
}

# Wait until blocks are being computed, so that MPI has begun: ten seconds at most.
begun() {
    for i in $(seq 200); do
        [ -s "$1.records" ] && [ "$(wc -c < "$1.records")" -gt 200000 ] && return
        sleep .05
    done
}

# ---- the same bytes
(place whole && $t simulate s.yaml --out o > said 2>&1 && $t study s.yaml --out study > said 2>&1 &&
 $t region s.yaml --x 'algorithm[0].step=0.001:0.1:20' --y 'workers[0].count=4:64:15' --out region > said 2>&1 &&
 $t simulate s.yaml $long --out long > said 2>&1 && $t simulate s.yaml $longer --out longer > said 2>&1) || fail "whole"
for ranks in 1 2 4 7; do
    for threads in 1 2; do
        (place r$ranks-$threads &&
         timeout -k 5 100 mpirun -n $ranks $t simulate s.yaml --out o --threads $threads > said 2>&1) ||
            fail "$ranks ranks: $(cat "$d/r$ranks-$threads/said")"
        same "$d/whole/o" "$d/r$ranks-$threads/o" "$ranks ranks of $threads threads"
    done
done
(place study && timeout -k 5 100 mpirun -n 3 $t study s.yaml --out study > said 2>&1) || fail "study by ranks"
same "$d/whole/study" "$d/study/study" "study"
(place region &&
 timeout -k 5 100 mpirun -n 3 $t region s.yaml --x 'algorithm[0].step=0.001:0.1:20' \
    --y 'workers[0].count=4:64:15' --out region > said 2>&1) || fail "region by ranks"
same "$d/whole/region" "$d/region/region" "region"
(place both && for i in 1 2; do
    timeout -k 5 100 mpirun -n 2 $t simulate s.yaml --shard $i/2 --out o-$i > said 2>&1 || exit 1
done && $t merge o-2 o-1 --out o > said 2>&1) || fail "shards by ranks"
same "$d/whole/o" "$d/both/o" "shards by ranks"

# ---- ranks that are lost: silent for good, or killed where mpirun bears it
# (now and then mpirun itself crashes or never ends after its ranks have ended, in PMIx_server_finalize of
# PMIx 4.2: then once more; a rank that crashes is named by mpirun, and is a fault)
place lost
for how in STOP KILL; do
    [ $how = KILL ] && recover=--enable-recovery || recover=
    for try in 1 2 3; do
        rm -rf long long.records
        timeout -k 5 60 mpirun $recover -n 3 $t simulate s.yaml $long --out long --threads 1 --patience 1 --quiet \
            > said 2>&1 &
        mpirun=$!
        begun long
        ranks=$(pgrep -P "$(pgrep -P $mpirun)") rank=$(youngest "$(pgrep -P $mpirun)")
        [ -n "$rank" ] && kill -$how "$rank"
        wait $mpirun && ended=0 || ended=$?
        kill -KILL $ranks 2> /dev/null
        case $ended in 139 | 137 | 124) grep -q 'exited on signal 11' said || continue ;; esac
        break
    done
    [ $ended = 0 ] || fail "mpirun with a lost rank ($how): $ended"
    grep -q 'was silent for 1 s: its blocks are computed again' said || fail "$how: $(cat said)"
    same "$d/whole/long" long "a rank lost ($how)"
done

# ---- killed at random, and gone on with; stopped on request
rm -f long.records
kills=0 round=0
while [ $kills -lt 20 ] && [ $round -lt 60 ]; do
    round=$((round + 1))
    timeout -k 5 60 mpirun -n 3 $t simulate s.yaml $long --out long --threads 1 --resume --quiet > said 2>&1 &
    mpirun=$!
    sleep "0.$(awk "BEGIN { srand($round); printf \"%02d\", 35 + rand() * 40 }")"
    rank=$(pgrep -P "$(pgrep -P $mpirun)" | sort -n | sed -n "$((round % 3 + 1))p")
    [ -n "$rank" ] && kill -KILL "$rank" 2> /dev/null && kills=$((kills + 1))
    wait $mpirun 2> /dev/null
    [ -d long ] && rm -rf long
done
[ $kills = 20 ] || fail "killed $kills times"
timeout -k 5 100 mpirun -n 3 $t simulate s.yaml $long --out long --resume --quiet > said 2>&1 || fail "after kills"
same "$d/whole/long" long "ranks killed 20 times"
rm -rf long
# (now and then mpirun itself never ends once it is stopped, nor stops its ranks: a lock within PMIx 4.2; then once more)
for try in 1 2 3; do
    timeout -k 5 40 mpirun -n 3 $t simulate s.yaml $longer --out longer --threads 1 > said 2>&1 &
    mpirun=$!
    begun longer
    ranks=$(pgrep -P "$(pgrep -P $mpirun)") since=$(date +%s)
    kill -INT $mpirun
    wait $mpirun && fail "a stopped run succeeds"
    [ $(($(date +%s) - since)) -lt 20 ] && break
    kill -KILL $ranks 2> /dev/null
    rm -rf longer longer.records
done
[ -s longer.records ] && [ ! -e longer ] || fail "nothing is kept of a stopped run: $(cat said)"
timeout -k 5 100 mpirun -n 2 $t simulate s.yaml $longer --out longer --resume > said 2>&1 || fail "after a stop"
grep -q '^[1-9][0-9]* blocks were finished before' said || fail "resume: $(cat said)"
same "$d/whole/longer" longer "stopped ranks"

# ---- what is refused, by rank 0 alone
refused() {
    words=$1
    shift
    timeout -k 5 100 "$@" > said 2>&1 && fail "not refused: $*"
    [ "$(grep -c '^tardigrad: ' said)" = 1 ] || fail "not one complaint: $(cat said)"
    grep -qF -- "$words" said || fail "\"$words\" is not in: $(cat said)"
}
place wrong
refused 'has nothing to share among ranks' mpirun -n 3 $t predict s.yaml
refused 'ranks need --out' mpirun -n 3 $t simulate s.yaml
refused 'no.yaml' mpirun -n 3 $t simulate no.yaml --out o
refused '--patience: expected seconds > 0' mpirun -n 2 $t simulate s.yaml --out o --patience 0
refused 'expected I/N' mpirun -n 2 $t simulate s.yaml --out o --shard 3/2
refused 'cannot be kept' mpirun --mca btl self,tcp -n 1 sh -c 'ulimit -f 2000; exec "$@"' limited \
    $t simulate s.yaml --out o --quiet : -n 2 $t simulate s.yaml --out o --quiet
timeout -k 5 100 mpirun -n 2 $t simulate s.yaml --out o --resume > said 2>&1 || fail "after a full disk: $(cat said)"
same "$d/whole/o" o "full disk"
sed 's/seed: 3/seed: 4/' s.yaml > other.yaml
timeout -k 5 100 mpirun -n 2 $t simulate s.yaml --out o --quiet : -n 1 $t simulate other.yaml --out o > said 2>&1 ||
    fail "another study: $(cat said)"
grep -q 'rank 2 has another study: it is left out' said || fail "another study: $(cat said)"
sed '1d' o/simulation.csv > a
sed '1d' "$d/whole/o/simulation.csv" | cmp -s - a || fail "another study: other numbers"
exit $bad
