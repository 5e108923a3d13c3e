#!/bin/sh
# A run that is killed, at any moment and any number of times, goes on with --resume and writes the
# bytes of one that was not.
. "$(dirname "$0")/outside.sh"

cat > "$d/s.yaml" <<'END'
name: long
seed: 3
workers: [{count: 16, compute: {law: gamma, shape: 4, mean: 1}}]
objective: {quadratic: {eigenvalues: [1, .5], noise: {additive: .3}}}
algorithm: [{name: asgd, step: .05}, {name: dude, step: .05}]
horizon: 12000
replicas: 48
points: 50
END

# The same words in folders of their own, for the command line is part of what is written.
place() {
    mkdir "$d/$1" && cp "$d/s.yaml" "$d/$1" && cd "$d/$1" || exit 1
}

# Killed after a while, and gone before this ends.
killed() {
    delay=$1
    shift
    "$@" > /dev/null 2>&1 &
    sleep "$delay"
    kill -KILL $! 2> /dev/null
    wait $! 2> /dev/null
}

for command in study simulate; do
    (place whole-$command && $t $command s.yaml --out o > /dev/null 2>&1) || fail "$command"
    (place cut-$command
     for delay in .2 .5; do killed $delay $t $command s.yaml --out o --resume; done
     $t $command s.yaml --out o --resume > /dev/null 2> said) || fail "$command"
    grep -q 'blocks were finished before' "$d/cut-$command/said" ||
        fail "$command does not say what was finished"
    diff -r "$d/whole-$command/o" "$d/cut-$command/o" > /dev/null ||
        fail "$command killed twice writes other bytes"
    [ -e "$d/cut-$command/o.records" ] && fail "records are left behind"
done

# ---- a stop on request keeps what was finished, for the next one
cd "$d" || exit 1
for delay in .2 .3 .4 .6 .8 1 1.5 2; do
    timeout -s INT $delay $t simulate s.yaml --out stopped --quiet > /dev/null 2>&1
    [ -s stopped.records ] && break
done
[ -s stopped.records ] || fail "nothing is kept after a stop"
says 2 'there "seed: 3", here "seed: 4"' $t simulate s.yaml --set seed=4 --out stopped --resume
[ -s stopped.records ] || fail "what is of something else was removed"
$t simulate s.yaml --out stopped --resume --quiet || fail "resume after a stop"
cmp -s stopped/simulation.csv whole-simulate/o/simulation.csv && fail "command lines differ"
grep -v '^# command' stopped/simulation.csv > a
grep -v '^# command' whole-simulate/o/simulation.csv | cmp -s - a || fail "other numbers"
says 2 '--resume needs --out' $t simulate s.yaml --resume
echo 'a table of mine' > mine.records && echo >> mine.records
says 2 'something else than records' $t simulate s.yaml --out mine --resume
$t simulate s.yaml --set horizon=1 --out mine > /dev/null || fail "a run beside somebody's file"
grep -q 'a table of mine' mine.records || fail "somebody's file was removed"
exit $bad
