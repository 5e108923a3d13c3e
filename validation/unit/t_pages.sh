#!/bin/sh
# What is said in sentences, page by page: each file of validation/unit/pages begins with a command, and
# the rest is what it prints. The numbers in it are tested elsewhere; here the words are. A page is
# written anew by removing all but its first line and running this with TARDIGRAD_PAGES=write.
. "$(dirname "$0")/outside.sh"
unset COLUMNS

for page in "$(dirname "$0")"/pages/*.txt; do
    command=$(sed -n '1s/^\$ tardigrad //p' "$page")
    { echo "\$ tardigrad $command"; eval "$t $command" 2>&1 < /dev/null; } > "$d/page"
    if [ "$TARDIGRAD_PAGES" = write ]; then
        cp "$d/page" "$page"
    elif ! cmp -s "$d/page" "$page"; then
        fail "$page"
        diff "$page" "$d/page" | head -20
    fi
    [ "$(awk '{ if (length($0) > 80 && NR > 1) n++ } END { print n + 0 }' "$d/page")" = 0 ] ||
        fail "$page is wider than 80 columns"
done

# ---- every command keeps to the columns there are: 80 in a pipe, else what COLUMNS says
q=examples/quickstart.yaml
narrow() {
    for columns in 80 100; do
        { [ $columns = 80 ] || export COLUMNS=$columns; "$t" "$@"; } > "$d/wide" 2> "$d/stderr" ||
            fail "$*: $(cat "$d/stderr")"
        unset COLUMNS
        [ "$(awk -v most=$columns 'length($0) > most { n++ } END { print n + 0 }' "$d/wide")" = 0 ] ||
            { fail "wider than $columns columns: $*"; awk -v m=$columns 'length($0) > m' "$d/wide" | head -3; }
    done
}
few='--set replicas=4 --set horizon=30'
narrow predict $q
narrow explain --largest-eigenvalue 40 --step .05 --observed '1 converges, 3 diverge'
narrow roots $q
narrow roots --law '{mixture: [{weight: .25, law: gamma, shape: 3.25, mean: 1}, {weight: .75, law: exponential, mean: 2}]}' \
    --damping 1 --right-of -.4
narrow region $q --x 'workers[0].count=1:256:6' --y algorithm.step=.001:.1:6
narrow schedule $q
narrow integrate --damping 1 --law '{law: gamma, shape: 4, mean: 1}' --noise .1 --hit .2 --paths 1000
narrow integrate --damping 1 --law '{law: gamma, shape: 4, mean: 1}' --noise .1 --paths 1000
narrow simulate $q $few
narrow validate $q $few --set 'sweep.workers=[32]'
narrow study $q $few --set 'sweep.workers=[16, 32]' --out "$d/study"
narrow fit examples/worker-log/log.csv
narrow spectrum validation/unit/pages/eigenvalues.json --workers 12

# a screen shows the beginning of a long table, and says where the rest is
if command -v script > /dev/null; then
    cat > "$d/long" << END
$t region $q --x 'workers[0].count=1:200:10' --y algorithm.step=.001:.002:10
END
    script -qec "sh $d/long" /dev/null < /dev/null > "$d/screen"
    grep -q 'and 40 rows more: --out FOLDER, --json or a pipe have all' "$d/screen" || fail "100 rows on a screen"
    [ "$(sh "$d/long" | grep -c 'rows more')" = 0 ] || fail "rows left out in a pipe"
fi

# the same report, whatever the terminal
mv "$d/study/report.html" "$d/of-100"
COLUMNS=50 $t study $q $few --set 'sweep.workers=[16, 32]' --out "$d/study" > /dev/null
cmp "$d/of-100" "$d/study/report.html" || fail "the report depends on the terminal"

# ---- what is asked for in the wrong way
says 2 '--largest-eigenvalue: expected a number > 0' $t explain
says 2 '--largest-eigenvalue: expected a number > 0' $t explain --largest-eigenvalue -1 --step 1
says 2 '--step: expected a learning rate > 0' $t explain --largest-eigenvalue 1 --step 0
says 2 '--workers: expected at least 1' $t explain --largest-eigenvalue 1 --workers 0
says 2 'expected something like "4 converges, 8 diverges", got "well"' \
    $t explain --largest-eigenvalue 1 --step 1 --observed well
says 2 'got "0 diverges"' $t explain --largest-eigenvalue 1 --step 1 --observed '4 converges, 0 diverges'
says 2 '--momentum: expected a number in [0, 1)' $t explain --largest-eigenvalue 1 --step .1 --momentum -.5
$t explain --largest-eigenvalue 1 --step 1 --observed well 2> /dev/null | grep -q . && fail "words before --observed is read"
$t explain --largest-eigenvalue 40 --step .06 | grep -q 'even one worker diverges' || fail "one worker at 2.4"
$t explain --largest-eigenvalue 40 --step .05 --workers 1 | grep -q '^It does not converge: eta h P = 2 is just where' ||
    fail "one worker at 2"
$t explain --largest-eigenvalue 40 --step .06 --rule sync | tr '\n' ' ' | grep -q 'loop gain 2.4 is .* no number of workers converges' ||
    fail "rounds that diverge"
says 1 '--momentum 0.9999 remembers 10000 updates, more than theory can follow with these workers' \
    $t explain --largest-eigenvalue 40 --step .05 --momentum .9999
says 2 'from 1e-30 to 1e30, got 1e-300' $t explain --largest-eigenvalue 1e-300 --step 1
says 2 'from 1e-30 to 1e30, got 1e+200' $t explain --largest-eigenvalue 1 --step 1e200
says 2 'got "4.5 converges"' $t explain --largest-eigenvalue 1 --step 1 --observed '4.5 converges'
says 2 'got "8 oscillate"' $t explain --largest-eigenvalue 1 --step 1 --observed '4 workers converge and 8 oscillate'
for same in '4 workers converge and 8 diverge' '4 are stable; 8 blow up' '8 Diverge but 4 converge,' '8 workers explode, 4 settle'; do
    $t explain --largest-eigenvalue 10 --step .05 --observed "$same" | tr '\n' ' ' |
        grep -q 'A largest eigenvalue of 10 fits that with 1 of these 5 laws of the round trips: {law: gamma, shape: 4, mean: 1}' ||
        fail "observed: $same"
done
$t explain --largest-eigenvalue 40 --step .05 --observed '4 converges, 8 diverges' | tr '\n' ' ' |
    grep -q 'would have to be between 4.181 and 17.82, with {law: gamma, shape: 4, mean: 1} between 5.944 and 11.87' ||
    fail "an eigenvalue that does not fit"
$t explain --largest-eigenvalue 40 --step .002 --momentum .9 --workers 1 | tr '\n' ' ' |
    grep -q 'steps by heavy_ball (momentum 0.9).*right to about 0.1 %' || fail "one worker with momentum"
$t explain --largest-eigenvalue 40 --step .002 --rule staleness_aware --workers 2 | tr '\n' ' ' |
    grep -q 'not at all of the limit' || fail "an error as large as the limit"
says 2 '--observed needs --step' $t explain --largest-eigenvalue 1 --observed '4 converges'
says 2 'did you mean "gamma"' $t explain --largest-eigenvalue 1 --law '{law: gama, shape: 1, mean: 1}'
says 2 'did you mean "dude"' $t explain --largest-eigenvalue 1 --step .1 --rule dud
says 2 'explain needs no file' $t explain --largest-eigenvalue 1 study.yaml
says 2 'does not apply' $t explain --largest-eigenvalue 1 --out there
says 2 'theory does not know' $t explain --largest-eigenvalue 1 --step .1 --rule '{name: ringmaster, r: 3}'
says 2 'ringmaster needs r' $t explain --largest-eigenvalue 1 --step .1 --rule ringmaster

# ---- without a step: the largest by number of workers, in words and as rows
$t explain --largest-eigenvalue 2 --workers 3 --json > "$d/json"
[ "$(grep -c '"step_limit"' "$d/json")" = 8 ] && grep -q '"workers": 3.0' "$d/json" || fail "limits as rows"
# one worker of any law: eta h = 2
grep -A1 '"workers": 1.0' "$d/json" | grep -q '"step_limit": 1.0' || fail "the limit of one worker"
$t explain --largest-eigenvalue 2 --workers 100 --momentum .5 | tr '\n' ' ' | grep -q 'asgd, momentum 0.5, with.* 100: 0.00542' || fail "limits with momentum"
$t explain --largest-eigenvalue 2 --workers 8 --rule staleness_aware | tr '\n' ' ' | grep -q ' 1: 1, 2: .*(?) marks those' || fail "limits that are not known"

# ---- the document
$t explain --largest-eigenvalue 40 --step .05 --observed '4 converges, 8 diverges' --json > "$d/json"
grep -q '"verdict": "diverges"' "$d/json" && grep -q '"possible": "not with this one"' "$d/json" ||
    fail "explain --json"
exit $bad
