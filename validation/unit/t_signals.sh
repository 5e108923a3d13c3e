#!/bin/sh
# Every command, stopped by SIGINT and SIGTERM at 20 random moments each: it ends within 0.2 s
# with 128 + the signal, leaves no draft behind, and a results folder that is whole. A machine
# under load may take longer to run it at all, so a late end counts if it comes three times.
. "$(dirname "$0")/outside.sh"
cd "$d" || exit 1

cat > s.yaml <<'END'
name: long
objective: {quadratic: {spectrum: {law: power, count: 4}, noise: {additive: 0.1}}}
workers: {count: 32, compute: {law: gamma, shape: 4, mean: 1.0}}
algorithm: {name: asgd, step: 0.01}
target: {loss: 0.02}
horizon: 120
replicas: 200000
sweep: {workers: [1, 2, 4, 8, 16, 32, 48, 64, 96, 128]}
END
awk 'BEGIN { srand(1); print "worker,seconds"
    while (n++ < 400000) printf "w%d,%g\n", n % 40, .1 - log(1 - rand()) }' > log.csv
$t study s.yaml --quiet --out whole --set replicas=4 --set sweep.workers=32 || fail "study"
cp -r whole o
bound=200
nm "$t" 2> /dev/null | grep -q __asan_init && bound=1000 # what ends there looks for leaks first
law='{law: gamma, shape: 4, mean: 1}'

now() {
    date +%s%N
}

# stop SIGNAL SECONDS COMMAND...: $status, $took in ms
stop() {
    signal=$1 moment=$2
    shift 2
    env --default-signal=INT "$t" "$@" > out 2> err &
    pid=$!
    sleep "$moment"
    begin=$(now)
    kill -"$signal" $pid 2> /dev/null
    wait $pid 2> /dev/null
    status=$?
    took=$((($(now) - begin) / 1000000))
}

check() { # COMMAND...: stopped at 20 moments by each signal
    worst=0 ended=0 n=0
    while [ $n -lt 40 ]; do
        [ $((n % 2)) = 0 ] && signal=INT wanted=130 || signal=TERM wanted=143
        moment=$(awk -v n=$n 'BEGIN { srand(n + 1); rand(); printf "%.3f", .02 + rand() * rand() * .2 }')
        for try in 1 2 3; do
            stop $signal $moment "$@"
            [ $took -le $bound ] && break
        done
        [ $took -gt $worst ] && worst=$took
        case $status in
        $wanted) ;;
        0 | 1) ended=$((ended + 1)) ;; # it was done before
        *) fail "status $status instead of $wanted: $*: $(cat err)" ;;
        esac
        n=$((n + 1))
    done
    echo "$1: worst $worst ms, $ended of 40 had ended"
    [ $worst -le $bound ] || fail "$worst ms: $*"
    [ $ended -lt 40 ] || fail "ended each time: $*"
    [ -z "$(find . -name '*tardigrad-draft*')" ] || fail "left behind: $(find . -name '*draft*')"
}

check study s.yaml --quiet --out o
diff -rq whole o > /dev/null || [ -s o/report.html ] || fail "neither whole nor old"
check predict s.yaml --set objective.quadratic.spectrum.count=20000
check simulate s.yaml --out sim
check simulate s.yaml --set horizon=1e7 --set replicas=1
check validate s.yaml
check integrate --damping 1 --law "$law" --paths 100000000
check integrate --damping 1 --law "$law" --noise .1 --hit .2 --paths 10000000
check integrate s.yaml --meaning arrival --paths 1000000 --until 1000
check roots s.yaml --along algorithm.step=0.001:0.1:1000
check region s.yaml --x algorithm.step=.001:.1:300:log --y 'workers[0].compute.shape=1:8:300' --out reg
check fit log.csv
check live s.yaml --sleep
check live s.yaml --out real
check plot whole
exit $bad
