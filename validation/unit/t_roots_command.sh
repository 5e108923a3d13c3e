#!/bin/sh
# `tardigrad roots` and `tardigrad region` from outside: counts agree with certificates, JSON has
# the documented keys in the documented order, tables and figures are written, and every bad
# input gives one clear sentence and the right exit status.
. "$(dirname "$0")/outside.sh"

# numbers KEY FILE: the values of a key of a JSON document, one a line
numbers() {
    sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" "$2"
}

# counts N COMMAND...: so many roots, listed, counted and certified, in order
counts() {
    want=$1
    shift
    "$@" --json > "$d/json" 2> "$d/stderr" || fail "$*: $(cat "$d/stderr")"
    for key in roots count certificate winding found residual backward_error; do
        grep -q "\"$key\":" "$d/json" || fail "no key $key: $*"
    done
    got=$(numbers multiplicity "$d/json" | awk '{ n += $1 } END { print n + 0 }')
    [ "$got" = "$want" ] || fail "$got roots listed instead of $want: $*"
    for key in count winding found; do
        got=$(numbers $key "$d/json")
        [ "$got" = "$want" ] || fail "$key is $got instead of $want: $*"
    done
    numbers re "$d/json" > "$d/re"
    numbers im "$d/json" > "$d/im"
    paste "$d/re" "$d/im" | awk '
        { size = $2 < 0 ? -$2 : $2 }
        NR > 1 && ($1 > re || ($1 == re && size < last)) { exit 1 }
        { re = $1; last = size }' || fail "not sorted by falling real part, then |im|: $*"
}

constant='{law: constant, value: 2}'
gamma='{law: gamma, shape: 2.5, mean: 1}'
lognormal='{law: lognormal, mean: 1, cv: 1}'

# ---- counts
counts 258 $t roots --damping 1 --law "$constant" --right-of -3
counts 6 $t roots --damping 1 --law '{law: constant, value: 1}' --right-of -3
counts 4 $t roots --damping 1 --law '{law: uniform, min: 0.5, max: 1.5}' --right-of -3
counts 4 $t roots --damping 1 --law '{law: gamma, shape: 3, mean: 0.5}' --right-of -8
counts 2 $t roots --damping 0.36787944117144233 --law '{law: constant, value: 1}' --right-of -1.5
[ "$(numbers multiplicity "$d/json")" = 2 ] || fail "the double root at a tau = 1/e"
$t roots --damping 1 --law "$constant" --right-of -3 > "$d/stdout"
grep -q '258 roots right of -3, found and counted' "$d/stdout" || fail "the sentence"

# ---- extreme loops: a = 0 is the integrator; a small a is its own root; a huge one is refused or
# counted
counts 1 $t roots --damping 0 --law "$constant" --right-of -3
[ "$(numbers re "$d/json")" = 0.0 ] || fail "a = 0"
# ---- without --right-of the line is one that can be searched, however long the tail
for law in "$constant" "$gamma" "$lognormal" '{law: half_normal, sd: 1}' \
    '{law: pareto, shape: 1.4, mean: 1, at_most: 10}' \
    '{law: pareto, shape: 1.4, mean: 1, at_most: 100}'; do
    for a in .1 3 30; do
        $t roots --damping $a --law "$law" > /dev/null || fail "default line: $a, $law"
    done
done
for law in "$constant" "$gamma"; do
    counts 1 $t roots --damping 1e-12 --law "$law" --right-of -1
    numbers re "$d/json" | awk '{ exit !($1 < -0.9999e-12 && $1 > -1.0001e-12) }' ||
        fail "a = 1e-12: $(numbers re "$d/json")"
done
says 1 'too many' $t roots --damping 1e8 --law "$constant" --right-of -3
says 1 'the argument principle counts' $t roots --damping 1e8 --law "$gamma" --right-of -1
# exponential delay: s^2 + s + 1e8 = 0
counts 2 $t roots --damping 1e8 --law '{law: exponential, mean: 1}' --right-of -0.9
numbers re "$d/json" | awk '{ exit !($1 > -0.5000001 && $1 < -0.4999999) }' || fail "a = 1e8"

# ---- a root on the edge: moved, and said
edge='{law: constant, value: 1}'
$t roots --damping 1.5707963267948966 --law "$edge" --right-of 0 > "$d/stdout" || fail "root on a line"
grep -q 'the line was moved by' "$d/stdout" || fail "a moved line is not told"
tr -s ' \n' ' ' < "$d/stdout" | grep -q 'to rounding 2 of them are on it' || fail "on the line: $(cat "$d/stdout")"
$t roots --damping 1.5707963267948966 --law "$edge" --inside -1:0:-3:3 > "$d/stdout" ||
    fail "root on an edge"
grep -q "2 roots in .* edges were moved by" "$d/stdout" ||
    tr '\n' ' ' < "$d/stdout" | grep -q "2 roots in .* edges were moved by" ||
    fail "a moved edge is not told: $(cat "$d/stdout")"
counts 1 $t roots --damping 1 --law "$edge" --inside -1:0:0:3

# ---- bad loops
says 2 'value must be >= 0 and <= 1e+60, got -2' $t roots --damping 1 --law '{law: constant, value: -2}'
says 2 'mean must be' $t roots --damping 1 --law '{law: gamma, shape: 4, mean: -1}'
says 2 'the line -3 is not right of -2.5, where the transform of' \
    $t roots --damping 1 --law "$gamma" --right-of -3
says 2 'the line -1 is not right of 0, where the transform of' \
    $t roots --damping 1 --law "$lognormal" --right-of -1
says 2 'is not right of -2.5' $t roots --damping 1 --law "$gamma" --inside -3:1:-1:1
says 2 'expected a finite number, got "nan"' $t roots --damping nan --law "$constant"
says 2 'expected a finite number, got "inf"' $t roots --damping 1 --law "$constant" --right-of inf
says 2 'needs --damping' $t roots --law "$constant"
says 2 'there is no filter "dud"' $t roots --damping 1 --law "$constant" --filter dud
says 2 'LEFT:RIGHT:BOTTOM:TOP, got "1:2:3"' $t roots --damping 1 --law "$constant" --inside 1:2:3
says 2 'not a rectangle' $t roots --damping 1 --law "$constant" --inside 1:0:-1:1
says 2 'exclude each other' $t roots --damping 1 --law "$constant" --inside 0:1:0:1 --right-of 0
says 2 'got "dampin"' $t roots --damping 1 --law "$constant" --along dampin=0:1:5
says 2 'is empty' $t roots --law "$constant" --along damping=1:1:5

# ---- systems
cat > "$d/s.yaml" <<'YAML'
instant: [[-1, 0.5], [0, -2]]
terms:
  - {delay: {law: constant, value: 1}, matrix: [[-1, 0], [0.2, -0.5]]}
  - {delay: {law: gamma, shape: 3, mean: 0.5}, matrix: [[0, 0.3], [-0.4, 0]]}
YAML
$t roots --system "$d/s.yaml" --right-of -2 --json > "$d/json" || fail "a system"
n=$(numbers count "$d/json")
counts "$n" $t roots --system "$d/s.yaml" --right-of -2
[ "$n" -ge 2 ] || fail "a system of two has $n roots"
# s + e^{-2s} = 0 as a system of one
printf 'terms: [{delay: {law: constant, value: 2}, matrix: [[-1]]}]\n' > "$d/one.yaml"
counts 258 $t roots --system "$d/one.yaml" --right-of -3
system() {
    sed "$3" "$d/s.yaml" > "$d/$1.yaml"
    says 2 "$2" $t roots --system "$d/$1.yaml" --right-of -2
}
system ragged 'ragged.yaml:1:' 's/\[0, -2\]/[0]/'
system tall 'expected 2 rows, got 3' 's/\[\[-1, 0\], /[[-1, 0], [1, 1], /'
system nan 'expected a finite number, got "nan"' 's/-0.5/nan/'
system infinite 'expected a finite number, got ".inf"' 's/-0.5/.inf/'
system negative 'value must be >= 0 and <= 1e+60, got -1' 's/value: 1/value: -1/'
system typo 'did you mean "instant"' 's/instant/instnat/'
says 2 'is not right of -6' $t roots --system "$d/s.yaml" --right-of -7
says 2 'needs --right-of' $t roots --system "$d/s.yaml"
says 2 'cannot be opened' $t roots --system "$d/nowhere.yaml" --right-of -2

# ---- a study: a document for every mode; a locus
study="$d/study.yaml"
cat > "$study" <<'YAML'
name: small
objective: {quadratic: {eigenvalues: [1.0, 0.3], noise: {additive: 0.1}}}
workers:
  - {count: 6, compute: {law: gamma, shape: 4, mean: 1.0}}
algorithm: {name: asgd, step: 0.05}
horizon: 60
YAML
$t roots "$study" --json > "$d/json" || fail "roots of a study"
[ "$(grep -c '"certificate"' "$d/json")" = 2 ] || fail "one certificate for each mode"

picture() {
    command -v gnuplot > /dev/null || return 0
    [ -s "$1" ] && grep -q '</svg>' "$1" || fail "no picture $1"
}
if command -v gnuplot > /dev/null; then
    $t roots --damping 1 --law "$constant" --right-of -3 --quiet --out "$d/plane" || fail "plane"
    $t roots "$study" --along algorithm.step=0.01:0.5:20 --quiet --out "$d/locus" || fail "locus"
    [ "$(grep -vc '^#' "$d/plane/roots.csv")" = 259 ] || fail "rows of roots.csv"
    grep -q '^along,algorithm.step,' "$d/locus/axes.csv" || fail "axes.csv"
    picture "$d/plane/figures/plane.svg"
    picture "$d/locus/figures/locus.svg"
fi
says 2 'gnuplot' env PATH="$d" $t roots --damping 1 --law "$constant" --right-of -1 --quiet \
    --out "$d/bare"
[ -s "$d/bare/roots.csv" ] || fail "without gnuplot there are still tables"

# ---- region: P = 6, h = 1: the mean is lost at eta = 2.27418 / 6 for gamma(4)
grid="--x algorithm.step=0.05:0.6:12 --y workers[0].compute.shape=1:8:8"
$t region "$study" $grid --json > "$d/json" || fail "region as JSON"
$t region "$study" $grid --quiet --out "$d/region" || fail "region"
[ "$(grep -vc '^#' "$d/region/region.csv")" = 97 ] || fail "rows of region.csv"
grep -v '^#' "$d/region/boundary.csv" | awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    $c["kind"] != "mean" { next }
    { n++; if ($c["unstable_left"] == $c["unstable_right"]) bad = 1
      q = $c["y"] - 4; if (q < 0) q = -q
      if (q < least || n == 1) { least = q; step = $c["x"] } }
    END { exit bad || !(n > 10 && least < 0.1 && step > 0.36 && step < 0.40) }' ||
    fail "the boundary near (0.379, 4)"
grep -v '^#' "$d/region/region.csv" | awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    # few workers of these laws settle further than many
    ($c["unstable"] == 0) != $c["converges"] || ($c["converges"] == 1 && !($c["rate"] > 0)) { bad = 1 }
    $c["converges"] == 0 && $c["rate"] > 0 && $c["mean_square"] > 1.4 { bad = 1 }
    { faster += $c["converges"] == 0 && $c["rate"] > 0 } END { exit bad || !(faster > 0 && faster < NR / 4) }' ||
    fail "verdict, count and rate disagree"

picture "$d/region/figures/chart-asgd.svg"
$t region "$study" --x algorithm.step=0.01:0.6:12 --y workers[0].count=1:40:14 --quiet \
    --out "$d/workers" || fail "workers as an axis"
# the boundary is the hyperbola eta P = 2.27418
grep -v '^#' "$d/workers/boundary.csv" | awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    $c["kind"] != "mean" { next }
    { n++; k = $c["x"] * $c["y"]; if (k < 2.274165 || k > 2.274175) bad = 1 }
    END { exit bad || !(n > 10) }' || fail "the boundary in (step, workers)"

says 2 'unknown key' $t region "$study" --x algorithm.stp=0.1:0.2:3 --y workers[0].count=1:4:2
says 2 'expected PATH=LOW:HIGH:COUNT' $t region "$study" --x algorithm.step=0.1 --y workers[0].count=1:4:2
says 2 'y is needed' $t region "$study" --x algorithm.step=0.1:1:3
says 2 'is empty, or not > 0 for :log' $t region "$study" --x algorithm.step=0:1:5:log \
    --y workers[0].count=1:4:2
exit $bad
