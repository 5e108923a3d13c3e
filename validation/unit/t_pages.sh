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
says 2 '--observed needs --step' $t explain --largest-eigenvalue 1 --observed '4 converges'
says 2 'did you mean "gamma"' $t explain --largest-eigenvalue 1 --law '{law: gama, shape: 1, mean: 1}'
says 2 'did you mean "dude"' $t explain --largest-eigenvalue 1 --step .1 --rule dud
says 2 'explain needs no file' $t explain --largest-eigenvalue 1 study.yaml
says 2 'does not apply' $t explain --largest-eigenvalue 1 --out there
says 2 'theory does not know' $t explain --largest-eigenvalue 1 --step .1 --rule '{name: ringmaster, r: 3}'
says 2 'ringmaster needs r' $t explain --largest-eigenvalue 1 --step .1 --rule ringmaster

says 2 'sentences only' $t explain --largest-eigenvalue 1 --json

# ---- the document
$t explain --largest-eigenvalue 40 --step .05 --observed '4 converges, 8 diverges' --json > "$d/json"
grep -q '"verdict": "diverges"' "$d/json" && grep -q '"possible": "not with this one"' "$d/json" ||
    fail "explain --json"
exit $bad
