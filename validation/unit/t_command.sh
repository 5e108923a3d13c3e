#!/bin/sh
# The command from outside: bad input gives one clear sentence and the right exit status, nothing
# is left half-written, and the same seed gives the same bytes for any number of threads.
. "$(dirname "$0")/outside.sh"

study="$d/s.yaml"
cat > "$study" <<'END'
name: small
objective: {quadratic: {eigenvalues: [1.0, 0.3], noise: {additive: 0.1}}}
workers:
  - {count: 6, compute: {law: gamma, shape: 4, mean: 1.0}}
algorithm: [{name: asgd, step: 0.05}, {name: dude, step: 0.03}]
target: {loss: 0.02}
horizon: 60
points: 31
replicas: 20
sweep: {workers: [2, 6, 12]}
END

# ---- study files
sed 's/horizon/horizont/' "$study" > "$d/key.yaml"
says 2 'key.yaml:7:1: unknown key "horizont"; did you mean "horizon"' $t predict "$d/key.yaml"
sed 's/gamma/gama/' "$study" > "$d/law.yaml"
says 2 'did you mean "gamma"' $t predict "$d/law.yaml"
sed 's/mean: 1.0/mean: -1/' "$study" > "$d/negative.yaml"
says 2 'negative.yaml:4:' $t predict "$d/negative.yaml"
says 2 'expected a finite number, got "nan"' $t predict "$study" --set target.loss=nan
says 2 'got "2x"' $t predict "$study" --set horizon=2x
says 2 'got 0' $t predict "$study" --set workers[0].count=0
says 2 'did you mean "asgd"' $t predict "$study" --set algorithm[0].name=asg
: > "$d/empty.yaml"
says 2 'empty.yaml: empty' $t predict "$d/empty.yaml"
says 2 'missing.yaml: cannot be opened' $t predict "$d/missing.yaml"
says 2 'cannot be' $t predict "$d"
says 2 'expected one file, got 0' $t predict
says 2 'did you mean --json' $t predict "$study" --jsn
says 2 'did you mean predict' $t predcit
says 2 'staggered or together' $t simulate "$study" --set workers_start=soon

says 2 "folder's name" $t study "$study" --set name=../elsewhere
says 2 'expected whole numbers, got 1.5' $t predict "$study" --set 'sweep.workers=[1.5, 2]'
says 2 'does not apply to tardigrad plot' $t plot "$d" --json
says 2 'at most 1024' $t predict "$study" --threads 5000
says 2 'would take' $t simulate "$study" --set replicas=1e7 --set horizon=1e9

# ---- odd studies that must work: at the minimum, one replica, two points, no target reached, all
# workers too many, and into a folder that holds another study's tables
for odd in objective.quadratic.start=0 replicas=1 points=2 target.loss=1e-9 horizon=1e-9 \
           'sweep.workers=[300]' 'sweep.workers=[6]' workers_start=together \
           'workers[0].compute={law: constant, value: 1}'; do
    $t study "$study" --out "$d/odd" --set "$odd" > "$d/stdout" 2> "$d/stderr" ||
        fail "$odd: $(cat "$d/stderr")"
    grep -q nan "$d/stdout" && fail "$odd: nan in the summary"
    grep -q ',fails$' "$d/odd/tables/validation.csv" &&
        fail "$odd: $(grep ',fails$' "$d/odd/tables/validation.csv")"
done
$t study "$study" --out "$d/odd" --set 'sweep.workers=[6]' > /dev/null
[ -e "$d/odd/figures/region.svg" ] && fail "a figure of an earlier study was kept"

# ---- logs
printf 'worker,seconds\na,oops\nb,2\na,-1\n' > "$d/log.csv"
says 2 '2 of 3 rows cannot be used: not a time in 1 of them, first in line 2' $t fit "$d/log.csv"
$t fit "$d/log.csv" --unusable 0.7 > "$d/stdout" || fail 'two of three rows may be left out'
grep -q '2 of 3 rows are left out: not a time (1, first in line 2)' "$d/stdout" ||
    fail "rows left out: $(cat "$d/stdout")"
printf 'worker,start,end\na,1,3\na,5,4\na,6\n' > "$d/back.csv"
says 2 '2 of 3 rows cannot be used' $t fit "$d/back.csv"
printf 'who,when\n1,2\n' > "$d/columns.csv"
says 2 'no column says how long a job took' $t fit "$d/columns.csv"
says 2 'there are: who, when' $t fit "$d/columns.csv"
$t fit "$d/columns.csv" --columns worker=who,seconds=when --unit ms > "$d/stdout" ||
    fail 'columns that are said'
says 2 'unknown unit "parsec"' $t fit "$d/columns.csv" --unit parsec
# a log from a pipe, its fit, and the study made of it, which delivers what the log does
awk 'BEGIN { srand(7); print "rank,start,end"
    for (w = 0; w < 8; w++) for (t = i = 0; i < 400; i++) {
        job = -(log(rand()) + log(rand()) + log(rand())) / 3
        printf "%d,%.6f,%.6f\n", w, t, t + job
        t += job + .2 + .8 * -log(rand()) } }' > "$d/idle.csv"
gzip -c "$d/idle.csv" | $t fit - --study "$d/idle.yaml" --json > "$d/idle.json" ||
    fail 'a log from a pipe'
grep -q '"log": "standard input: gzip, CSV, commas' "$d/idle.json" || fail 'what was taken'
grep -q '{sum: \[{law: ' "$d/idle.yaml" || fail 'gaps are no part of the round trip'
rate=$(sed -n 's/.*the log delivers \([0-9.]*\) a second.*/\1/p' "$d/idle.json")
made=$($t predict "$d/idle.yaml" --json --set sweep.workers=[8] | sed -n 's/.*"lambda": \([0-9.]*\).*/\1/p' | tail -n 1)
awk -v a="$rate" -v b="$made" 'BEGIN { exit !(a > 0 && b > 0 && b / a > .99 && b / a < 1.01) }' ||
    fail "the log delivers $rate, the study $made"
# one row of each of 40 workers: each keeps its speed, in the log as in the study by parts
awk 'BEGIN { srand(3); print "client,seconds"; for (w = 0; w < 40; w++) printf "c%d,%.6f\n", w, exp(2 * rand()) }' > "$d/one.csv"
$t fit "$d/one.csv" --study "$d/one.yaml" > "$d/stdout" || fail 'one row each'
rate=$(awk -F, 'NR > 1 { r += 1 / $2 } END { print r }' "$d/one.csv")
made=$($t predict "$d/one.yaml" --json --set sweep.workers=[40] | sed -n 's/.*"lambda": \([0-9.]*\).*/\1/p' | tail -n 1)
near "$made" "$rate" "$rate / 1e4" 'the rate of 40 workers'
# a cluster's table
printf 'JobID|Elapsed|Start|End|State|NodeList\n1|00:10:00|2026-01-01T00:00:00|2026-01-01T00:10:00|COMPLETED|n[1-2]\n2|00:10:00|2026-01-01T00:30:00|2026-01-01T00:40:00|COMPLETED|n[1-2]\n' > "$d/sacct"
$t fit "$d/sacct" --study "$d/nodes.yaml" > "$d/stdout" || fail "$(cat "$d/stdout")"
tr '\n' ' ' < "$d/stdout" | grep -q 'there.*600 s.*away 1200 s' || fail "availability: $(cat "$d/stdout")"
$t simulate "$d/nodes.yaml" --set replicas=2 > /dev/null || fail 'a study of availability'

# ---- data sets
soft="$d/soft.yaml"
cat > "$soft" <<'END'
objective: {softmax: {images: i.gz, labels: l}}
workers: {count: 2, compute: {law: constant, value: 1}}
algorithm: {name: asgd, step: 0.1}
horizon: 3
replicas: 2
END
says 2 'i.gz: cannot be opened' $t simulate "$soft"
printf '\0\0\010\003\0\0\0\004\0\0\0\002\0\0\0\002abcdefghijklmnop' > "$d/i"
printf '\0\0\010\001\0\0\0\004\0\1\0\1' > "$d/l"
gzip -c "$d/i" | head -c 25 > "$d/i.gz"
says 2 'i.gz: truncated' $t simulate "$soft"
printf '\0\0\010\001\0\0\0\004' | gzip > "$d/i.gz"
says 2 'expected magic number 0x00000803, got 0x00000801' $t simulate "$soft"
gzip -c "$d/i" > "$d/i.gz"
$t simulate "$soft" > /dev/null || fail "a whole data set"
says 2 'TARDIGRAD_NOWHERE is not set' env -u TARDIGRAD_NOWHERE $t simulate "$soft" \
    --set objective.softmax.images='$TARDIGRAD_NOWHERE/i.gz'

# ---- divergence is reported with time and replica, never as NaN
$t study "$study" --out "$d/diverged" --set algorithm[0].step=0.9 > "$d/stdout" || fail "divergence"
grep -q 'diverged: .* of 20 replicas, replica 0 at time' "$d/stdout" || fail "divergence not told"
grep -iq 'nan' "$d/stdout" && fail "NaN in the summary"

# ---- places that cannot be written; nothing half-written is left
says 2 'folder' $t study "$study" --out /proc/nowhere
: > "$d/file"
says 2 'is not a folder' $t study "$study" --out "$d/file"
if [ -w /dev/full ]; then
    $t predict "$study" > /dev/full 2> "$d/stderr" && fail "a full disk went unnoticed"
    grep -q 'cannot be written' "$d/stderr" || fail "full disk: $(cat "$d/stderr")"
fi
mkdir "$d/half"
$t study "$d/key.yaml" --out "$d/half" 2> /dev/null
[ -z "$(ls -A "$d/half")" ] || fail "left behind: $(ls -A "$d/half")"

# ---- Ctrl-C: what is finished is kept, exit status 128 + the signal
# (a shell's background jobs ignore SIGINT, so SIGTERM, which is handled alike)
$t study "$study" --out "$d/stopped" --set replicas=4000000 \
    --set 'algorithm={name: asgd, step: 0.05}' > "$d/stdout" 2> "$d/stderr" &
sleep 3
kill -TERM $!
wait $!
[ $? = 143 ] || fail "a stop is exit status 143"
grep -q 'stopped on request' "$d/stderr" || fail "stop not said: $(cat "$d/stderr")"
for f in tables/trajectory-asgd.csv tables/prediction.csv report.html summary.json; do
    [ -s "$d/stopped/$f" ] || fail "a stop lost $f"
done
find "$d/stopped" -name '*.??????' | grep -qE 'csv\.|html\.|json\.' && fail "half-written after a stop"

# ---- same seed, same bytes
for threads in 1 2; do
    for run in a b; do
        (cd "$d" && mkdir -p "t$threads$run" && cd "t$threads$run" &&
         TARDIGRAD_THREADS=$threads "$t" study ../s.yaml --out o > /dev/null) || fail "study"
    done
done
for x in t1b t2a t2b; do
    diff -r "$d/t1a/o/tables" "$d/$x/o/tables" > /dev/null || fail "tables differ: t1a and $x"
done
find "$d/t1a/o" -name '*.??????' | grep -q 'csv\.' && fail "temporary files left"
[ -s "$d/t1a/o/report.html" ] || fail "no report"
grep -q '<svg' "$d/t1a/o/report.html" || fail "no figures in the report"
grep -qE '(src|href)="http' "$d/t1a/o/report.html" && fail "the report is not self-contained"

# ---- JSON holds the same numbers as the table
$t predict "$study" --json > "$d/p.json" || fail "json"
$t predict "$study" --out "$d/p" || fail "csv"
threshold=$(grep -v '^#' "$d/p/prediction.csv" | sed -n 2p | cut -d, -f10)
grep -q "\"threshold\": $threshold" "$d/p.json" || fail "threshold $threshold is not in the JSON"

# ---- help: -h is --help, help COMMAND is COMMAND --help, help study has the keys too
for c in study predict explain roots region integrate simulate validate fit calibrate plot; do
    $t $c --help > "$d/help" || fail "$c --help"
    for form in "$c -h" "help $c"; do
        $t $form > "$d/other" || fail "$form"
        cmp -s "$d/help" "$d/other" || fail "$form is not $c --help"
    done
done
$t -h > "$d/other" && $t --help > "$d/help" && cmp -s "$d/help" "$d/other" || fail "-h is not --help"
$t help study > "$d/help"
grep -q '^usage: tardigrad study' "$d/help" && grep -q '^  horizon ' "$d/help" || fail "help study"

# ---- a write that fails is exit status 1, whatever is written and however it is buffered
export ASAN_OPTIONS=verify_asan_link_order=0 # stdbuf preloads a library
for words in --help --version -h help 'help laws' 'help man' 'help study' 'predict --help' "predict $study" \
             "predict $study --json" "simulate $study --quiet"; do
    for how in 'stdbuf -o0' 'stdbuf -oL' ''; do
        if [ -w /dev/full ]; then
            $how $t $words > /dev/full 2> "$d/stderr"
            got=$?
            [ $got = 1 ] || fail "exit $got on a full disk: $how $words"
            grep -q 'cannot be written' "$d/stderr" || fail "full disk: $how $words: $(cat "$d/stderr")"
        fi
        ($how $t $words 2> "$d/stderr"; echo $? > "$d/status") | true
        got=$(cat "$d/status") # the reader may not have gone yet: then all is well
        [ $got = 1 ] || { [ $got = 0 ] && [ ! -s "$d/stderr" ]; } || fail "exit $got on a closed pipe: $how $words"
    done
done

# ---- a step that is left open is tuned, said, and a setting from then on
says 0 'tuned asgd: step ' $t simulate "$study" --set 'algorithm={name: asgd, step: tune}' --json
grep -q '"algorithm": "{name: asgd, step: 0' "$d/stdout" || fail "the tuned step is no setting"

# ---- the environment's threads are checked like the option's
for wrong in two 1.5 -1 1025 ''; do
    says 2 'TARDIGRAD_THREADS:' env TARDIGRAD_THREADS="$wrong" $t predict "$study"
    says 2 '--threads:' $t predict "$study" --threads="$wrong"
done
TARDIGRAD_THREADS=1024 $t predict "$study" > /dev/null || fail "1024 threads"
TARDIGRAD_THREADS=0 $t predict "$study" --threads 1 > /dev/null || fail "threads"

# ---- workers that fail and lose their work, or never come back
for repair in 1 inf; do
    $t simulate "$study" --set "workers[0].speed={name: failure, working: 5, repair: $repair}" \
        > "$d/stdout" 2> "$d/stderr" || fail "failing workers, repair $repair"
    if [ $repair = inf ]; then
        grep -q 'never come back in .*, the first of them worker' "$d/stderr" || fail "not told who is gone"
    fi
done

# ---- the jobs of a run: to a device, which stays one; a unit that is none
if [ -c /dev/null ]; then
    $t simulate "$study" --events /dev/stdout --quiet > "$d/stdout" || fail "events to standard output"
    grep -q '^worker,number,read' "$d/stdout" && grep -q '^the same in all rows' "$d/stdout" ||
        fail "events and the table are not both on standard output"
    [ -L /dev/stdout ] || [ -c /dev/stdout ] || fail "/dev/stdout is gone"
fi
for unit in 0 -1; do
    says 2 'expected seconds > 0' $t simulate "$study" --timeline "$d/t.json" --unit $unit
done

# ---- dotted keys, deep documents, other words for laws
says 2 'unknown key "quadratic.noise.additive"' $t predict "$study" \
    --set 'objective={quadratic.noise.additive: 5, quadratic: {eigenvalues: [1]}}'
(cat "$study"; echo 'objective.quadratic.noise.additive: 5') > "$d/dotted.yaml"
says 2 'dotted.yaml:11:1: unknown key "objective.quadratic.noise.additive"' $t predict "$d/dotted.yaml"
awk 'BEGIN { while (n++ < 50000) printf "{a: " }' > "$d/deep.yaml"
says 2 'nested more than 64 deep' timeout 2 $t predict "$d/deep.yaml"
says 2 'did you mean "truncated_normal"?' $t predict "$study" --set 'workers[0].compute={law: normal, mean: 1}'

# ---- no BLAS threads: nothing is started that is not needed
(ulimit -v 200000; timeout 5 $t --version > /dev/null) ||
    nm "$t" 2> /dev/null | grep -q __asan_init || fail "--version in 200 MB of address space"

# ---- a chart of each algorithm
$t region "$study" --x 'workers[0].count=1:8:8' --y algorithm[0].step=.01:1:10:log --quiet \
    --out "$d/two" || fail "charts of two algorithms"
for c in asgd dude; do
    grep -q "^$c,[0-9]*,converges," "$d/two/fill.csv" &&
        grep -q '</svg>' "$d/two/figures/chart-$c.svg" || fail "no outline in the chart of $c"
done

# ---- help and man pages know every command
for c in study predict explain roots region integrate simulate validate slowdown live fit calibrate spectrum plot; do
    $t help | grep -q "^  $c " || fail "help lacks $c"
    $t $c --help > /dev/null || fail "$c --help"
    $t help man | grep -q "^.B $c" || fail "the man page lacks $c"
    $t help man $c | grep -q "^.B tardigrad $c" || fail "no man page of $c"
done
$t help study > "$d/help"
$t help man study-file > "$d/man"
for c in sync ringmaster stale_geometric adamw cosine send_innovation drift shared label workers progress; do
    grep -q "^  $c  " "$d/help" || fail "help study lacks $c"
    grep -q "^.B $c\$" "$d/man" || fail "the man page lacks $c"
done
says 2 'no man page of that' $t help man nowhere

# ---- bash completes commands, options that apply, keys of a study
complete() { # WORDS...: what the last of them may become, on one line
    bash -c '. "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _tardigrad; echo "${COMPREPLY[*]}"' "$d/complete" "$@"
}
$t help completion > "$d/complete"
[ "$(complete tardigrad pre)" = predict ] || fail "completion of a command: $(complete tardigrad pre)"
[ "$(complete tardigrad predict --le)" = --level ] || fail 'completion of an option'
[ "$(complete tardigrad simulate --le)" = '' ] || fail 'completion of an option of another command'
[ "$(complete tardigrad plot --js)" = '' ] || fail 'completion of a refused option'
[ "$(complete tardigrad plot o --format p)" = 'pdf png' ] || fail 'completion of a value'
[ "$(complete tardigrad explain --rule ring)" = 'ringmaster ringleader' ] || fail 'completion of a name'
$t explain --help | grep -qE -- '--(set|out|threads) ' && fail 'help tells of a refused option'
[ "$($t explain --help | head -1)" = 'usage: tardigrad explain [options]' ] || fail 'usage without an operand'
$t predict --help | grep -q -- '--out FOLDER' || fail 'help of an option of all commands'
[ "$(complete tardigrad predict --set workers[0].co)" = 'workers[0].count= workers[0].compute=' ] || fail 'completion of a key'
exit $bad
