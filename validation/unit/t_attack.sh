#!/bin/sh
# No text is ever code: names, paths, options and cells of tables that would run something in
# gnuplot, a shell or a browser are values there.
. "$(dirname "$0")/outside.sh"
cd "$d" || exit 1

cat > s.yaml <<'END'
name: "<img src=x onerror=alert(1)>"
objective: {quadratic: {eigenvalues: [1.0, 0.3], noise: {additive: 0.1}}}
workers: {name: "<b>", count: 6, compute: {law: gamma, shape: 4, mean: 1.0}}
algorithm: {name: asgd, step: 0.05}
target: {loss: 0.02}
horizon: 20
points: 11
replicas: 4
sweep: {workers: [2, 6]}
END
clean() { # WHAT: nothing was run
    [ -z "$(find . -name 'PWN*')" ] || fail "$1 ran: $(find . -name 'PWN*')"
    find . -name 'PWN*' -exec rm -rf {} +
}
long=$(awk 'BEGIN { while (n++ < 10000) printf "a" }')
bytes=$(printf 'a\377\300b')

# ---- HTML: the template's own elements are the only ones
$t study s.yaml --out o > summary || fail "study"
grep -q 'onerror=alert' o/report.html || fail "the name is not in the report"
grep -qE '<img|<b>' o/report.html && fail "the name is an element of the report"
tags=$(grep -o '<[a-zA-Z]*' o/report.html | sort -u | tr A-Z a-z | tr '<\n' '  ')
[ "$tags" = "$(printf %s "$tags" | sed 's/ img / /; s/ iframe / /; s/ object / /')" ] || fail "elements: $tags"
[ "$(grep -ci '<script' o/report.html)" = 1 ] || fail "another script than the template's"
grep -qE '<[a-z]+ [^>]*\bon[a-z]+=' o/report.html && fail "an event handler is an attribute"
grep -q "default-src 'none'" o/report.html || fail "the page may ask for other things"

# ---- folders
for out in '<touch PWN1;' '|touch PWN2;' '`touch PWN3`' '$(touch PWN4)' "';system('touch PWN5');x='" \
           '-e' '-' 'a"b' "it's" 'a b
c' "$bytes" '"; system("touch PWN6"); x="' '@x $0 \'; do
    $t study s.yaml --quiet --out "$out" || fail "--out $out"
    [ -s "./$out/figures/trajectory.svg" ] || fail "no figures in $out"
    $t region s.yaml --x algorithm.step=.01:1:4 --y 'workers[0].count=1:9:4' --quiet --out "./$out/r" ||
        fail "region --out $out/r"
    [ -s "./$out/r/figures/chart-asgd.svg" ] || fail "no chart in $out"
    $t plot -- "$out" || fail "plot $out"
    clean "$out"
done
says 2 'the name of a folder, got none' $t study s.yaml --out ''
says 2 'the name of a folder, got none' $t predict s.yaml --out=
says 2 'too long' $t predict s.yaml --out "$long"
says 2 'folder' $t study s.yaml --set "name=$long"
says 2 'folder' $t study s.yaml --set "name=."
says 2 'not valid YAML' $t study s.yaml --set "name=$bytes"

# ---- cells of the list and the tables that `plot` reads
for cell in "';system('touch\${IFS}PWNED');x='" '";system("touch PWNED");x="' '`touch${IFS}PWNED`' \
            '<touch${IFS}PWNED' '|touch${IFS}PWNED' '../../x' "$long" "$bytes" '{/Symbol' '\' '$0' '-e'; do
    rm -rf p
    cp -r o p
    for column in 1 2 3 4 7; do # of the first figure alone
        rm -f p/figures/*.svg
        cell="$cell" column=$column awk 'BEGIN { FS = OFS = "," } /^#/ || !n++ { print; next }
            { $ENVIRON["column"] = ENVIRON["cell"]; print; exit }' o/figures/figures.csv > p/figures/figures.csv
        for format in svg $([ $column != 7 ] || echo tex); do
            $t plot p --format $format > /dev/null 2> stderr
            status=$?
            [ $status -le 2 ] || fail "plot ended with $status: $(cat stderr)"
            clean "the cell $cell in column $column"
            grep -lE '<[a-z]+ [^>]*\bon[a-z]+=|<script' p/figures/*.svg 2> /dev/null && fail "script in a figure"
        done
    done
    cp o/figures/figures.csv p/figures/figures.csv
    for kind in trajectory sweep curve marks region boundary roots staleness; do
        cp o/tables/$kind-asgd.csv "p/tables/$kind-$cell.csv" 2> /dev/null
    done
    $t plot p > /dev/null 2> stderr
    status=$?
    [ $status -le 2 ] || fail "plot ended with $status: $(cat stderr)"
    clean "the cell $cell"
done

# ---- logs: names of workers and columns, and of the file and the study
for name in "';system('touch PWN1');x='" '`touch PWN2`' '<img src=x onerror=alert(1)>' '@x $0 \' 'a: [b'; do
    awk -v name="$(printf %s "$name" | sed 's/\\/\\\\/g')" 'BEGIN { print "worker,seconds"
        for (i = 0; i < 90; i++) printf "\"%s %d\",%.3f\n", name, i % 3, 1 + (i * 7919 % 101) / 50 }' > "./$name.csv"
    $t fit "./$name.csv" --study "./$name.yaml" --out "./fit" > shown || fail "a log called $name"
    [ -s fit/figures/speeds.svg ] || fail "no figures of $name"
    $t predict "./$name.yaml" --set sweep.workers=3 > /dev/null || fail "the study $name.yaml"
    clean "the log $name"
done
says 2 'without control characters' $t fit "./$name.csv" --study 'a
b.yaml'

# ---- what is shown on a terminal holds no escape sequences
$t predict "$(printf 'no\033[2Jfile')" 2> stderr
grep -q "$(printf '\033')" stderr && fail "an escape sequence on the terminal"
exit $bad
