#!/bin/sh
# A results folder under fire: a study killed at 50 random moments leaves the earlier results
# whole or the new ones whole, never some of each; a second study into it is refused meanwhile.
. "$(dirname "$0")/outside.sh"
cd "$d" || exit 1

cat > s.yaml <<'END'
name: small
objective: {quadratic: {eigenvalues: [1.0, 0.3], noise: {additive: 0.1}}}
workers: {count: 6, compute: {law: gamma, shape: 4, mean: 1.0}}
algorithm: [{name: asgd, step: 0.05}, {name: dude, step: 0.03}]
target: {loss: 0.02}
horizon: 30
points: 31
replicas: 4
sweep: {workers: [2, 6]}
END
# Two results that differ in every file, though not in its name.
begin=$(date +%s%N)
$t study s.yaml --quiet --out o --set seed=1 || fail "first"
took=$((($(date +%s%N) - begin) / 1000000))
cp -r o whole1
$t study s.yaml --quiet --out o --set seed=2 || fail "second"
cp -r o whole2
diff -rq whole1 whole2 > /dev/null && fail "the two results do not differ"

olds=0 news=0 n=0
while [ $n -lt 50 ]; do
    seed=$((n % 2 + 1))
    rm -rf o
    cp -r whole$((3 - seed)) o
    $t study s.yaml --quiet --out o --set seed=$seed 2> /dev/null &
    pid=$!
    sleep $(awk -v n=$n -v ms=$took 'BEGIN { srand(n + 1); printf "%.3f", rand() * ms * 1.2 / 1000 }')
    kill -KILL $pid 2> /dev/null
    wait $pid 2> /dev/null
    if diff -rq o whole$seed > /dev/null; then
        news=$((news + 1))
    elif diff -rq o whole$((3 - seed)) > /dev/null; then
        olds=$((olds + 1))
    else
        fail "kill $n: $(diff -rq o whole$seed | head -n 3)"
    fi
    n=$((n + 1))
done
echo "killed 50 times: $olds old, $news new"
[ $olds -gt 0 ] || fail "no kill came in time"

# What the last dead run left is no part of the next.
$t study s.yaml --quiet --out o --set seed=1 || fail "after the kills"
diff -rq o whole1 || fail "after the kills"
[ "$(ls -A | tr '\n' ' ')" = "o s.yaml stderr stdout whole1 whole2 " ] ||
    [ "$(ls -A | tr '\n' ' ')" = "o s.yaml whole1 whole2 " ] || fail "left behind: $(ls -A)"

# ---- one writer at a time
$t study s.yaml --quiet --out o --set seed=2 --set replicas=2000000 2> /dev/null &
pid=$!
while [ ! -d .o.tardigrad-draft ]; do sleep 0.02; done
says 2 'another run' $t study s.yaml --quiet --out o
says 2 'another run' $t predict s.yaml --out ./o/
$t study s.yaml --quiet --out other || fail "another folder"
diff -rq o whole1 > /dev/null || fail "a refused run changed the results"
kill -KILL $pid
wait $pid 2> /dev/null
$t study s.yaml --quiet --out o --set seed=2 || fail "a dead run's lock holds"
diff -rq o whole2 > /dev/null || fail "after a dead run"

# ---- a disk that is full (as a limit of the size of files): exit status 1, the old results
for c in "study s.yaml --quiet --set seed=1" "predict s.yaml" \
         "region s.yaml --quiet --x algorithm[0].step=.01:1:40 --y horizon=1:2:40"; do
    (ulimit -f 1; $t $c --out o > stdout 2> stderr)
    got=$?
    [ $got = 1 ] || fail "exit $got on a full disk: $c"
    grep -q 'cannot be written' stderr || fail "full disk: $c: $(cat stderr)"
done
diff -rq o whole2 > /dev/null || fail "a full disk changed the results"

# ---- with a mask
(umask 077 && $t study s.yaml --quiet --out private) || fail "umask"
[ -z "$(find private -perm /077)" ] || fail "not private: $(find private -perm /077)"
exit $bad
