#!/bin/sh
# From files of real data's formats to results, through the command, on small data sets made here: an
# IDX pair with softmax regression, a LIBSVM file with logistic regression, ratings with factors. What comes out is held
# against sums over the samples and gradient descent by awk.
. "$(dirname "$0")/outside.sh"

# first FILE COLUMN: a cell of a table's first row
first() {
    awk -F, -v name="$2" '/^#/ { next }
        !c { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        { print $c; exit }' "$1"
}

# ---- IDX: 300 images of 1 x 2 pixels, 3 classes
samples='BEGIN { for (i = 0; i < 300; i++) {
    a[i] = i * 37 % 256; b[i] = i * 101 % 200; label[i] = (int(a[i] / 86) + (i % 7 == 0)) % 3 } }'
bytes() { # of a list of numbers
    printf '%b' "$(awk '{ for (i = 1; i <= NF; i++) printf "\\0%o", $i }')"
}
mkdir "$d/data" || exit 1
awk "$samples"' END { print "0 0 8 3  0 0 1 44  0 0 0 1  0 0 0 2"
    for (i = 0; i < 300; i++) print a[i], b[i] }' /dev/null | bytes > "$d/data/images"
awk "$samples"' END { print "0 0 8 1  0 0 1 44"; for (i = 0; i < 300; i++) print label[i] }' /dev/null |
    bytes > "$d/data/labels"
[ "$(wc -c < "$d/data/images")" = 616 ] || fail "the test's images"
gzip -k "$d/data/images"
cat > "$d/softmax.yaml" <<'END'
name: softmax
objective:
  softmax: {images: $TARDIGRAD_DATA/images, labels: data/labels, ridge: 0.02, batch: 8, modes: 5,
            split: {name: dirichlet, alpha: 0.3}}
workers: {count: 4, compute: {law: exponential, mean: 1}}
algorithm: {name: asgd, step: 0.05}
target: {loss: 0.05}
horizon: 200
replicas: 20
END
export TARDIGRAD_DATA="$d/data"
$t study "$d/softmax.yaml" --out "$d/s" --quiet || fail "softmax"
$t study "$d/softmax.yaml" --out "$d/z" --quiet --set 'objective.softmax.images=$TARDIGRAD_DATA/images.gz' ||
    fail "softmax, gzipped"
for f in trajectory-asgd modes-asgd simulation; do
    grep -v '^#' "$d/s/tables/$f.csv" > "$d/plain"
    grep -v '^#' "$d/z/tables/$f.csv" | cmp -s - "$d/plain" || fail "$f of gzipped images"
done
grep -q ',fails$' "$d/s/tables/validation.csv" && fail "a prediction fails: $(cat "$d/s/tables/validation.csv")"

# every worker has a quarter of the samples, so that F is the mean over all; descent to its minimum
awk "$samples"' function descend(  i, c, f, z, p, u) {
        for (f = 0; f < 9; f++) g[f] = .02 * x[f]
        F = 0
        for (f = 0; f < 9; f++) F += .01 * x[f] * x[f]
        for (i = 0; i < 300; i++) {
            u[0] = a[i] / 255; u[1] = b[i] / 255; u[2] = 1; z = 0
            for (c = 0; c < 3; c++) z += p[c] = exp(u[0] * x[c] + u[1] * x[3 + c] + u[2] * x[6 + c])
            F -= log(p[label[i]] / z) / 300
            for (c = 0; c < 3; c++)
                for (f = 0; f < 3; f++) g[3 * f + c] += u[f] * (p[c] / z - (c == label[i])) / 300
        }
    }
    END {
        for (f = 0; f < 9; f++) x[f] = 0
        descend(); start = F
        for (k = 0; k < 600; k++) { for (f = 0; f < 9; f++) x[f] -= g[f]; descend() }
        for (f = 0; f < 9; f++) { least[f] = x[f]; v[f] = f % 3 - .9 }
        bottom = F
        for (k = 0; k < 40; k++) { # differences of gradients: the Hessian; power iteration
            for (f = 0; f < 9; f++) x[f] = least[f] + 1e-4 * v[f]
            descend(); for (f = 0; f < 9; f++) up[f] = g[f]
            for (f = 0; f < 9; f++) x[f] = least[f] - 1e-4 * v[f]
            descend(); n = 0
            for (f = 0; f < 9; f++) { v[f] = (up[f] - g[f]) / 2e-4; n += v[f] * v[f] }
            h = sqrt(n); for (f = 0; f < 9; f++) v[f] /= h
        }
        printf "%.12g %.12g\n", start - bottom, h
    }' /dev/null > "$d/oracle"
read -r excess h < "$d/oracle"
near "$(first "$d/s/tables/trajectory-asgd.csv" simulated)" "$excess" 1e-7 'F(x0) - F* of softmax'
near "$(first "$d/s/tables/modes-asgd.csv" h)" "$h" 1e-5 'largest eigenvalue'
near "$(last "$d/s/tables/trajectory-asgd.csv" simulated) / $excess" 0 .2 'it is minimised'
near "$excess" .2 .05 'there is something to minimise'

# ---- LIBSVM: one worker, all samples a gradient: gradient descent, one step a unit of time
samples='BEGIN { for (i = 0; i < 200; i++) { y[i] = (i * i + int(i / 5)) % 3 ? 1 : -1
    u[i, 0] = (i * 37 % 100) / 50 - 1; u[i, 1] = i % 4 ? 0 : .5; u[i, 2] = y[i] * .3 + (i * 53 % 10) / 20 } }'
awk "$samples"' END { for (i = 0; i < 200; i++) { printf "%+d 1:%.17g", y[i], u[i, 0]
    if (u[i, 1]) printf " 2:%.17g", u[i, 1]
    printf " 3:%.17g\n", u[i, 2] } }' /dev/null > "$d/data/small.txt"
cat > "$d/logistic.yaml" <<'END'
name: logistic
objective: {logistic: {file: $TARDIGRAD_DATA/small.txt, nonconvex: 0.1, batch: 0, start: 0.5}}
workers: {count: 1, compute: {law: constant, value: 1}}
workers_start: together
algorithm: {name: asgd, step: 0.5}
horizon: 20.5
points: 42
replicas: 1
END
$t study "$d/logistic.yaml" --out "$d/l" --quiet || fail "logistic"
awk "$samples"' END {
        for (j = 0; j < 3; j++) x[j] = .5
        for (k = 0; k <= 20; k++) {
            F = 0
            for (j = 0; j < 3; j++) { s = x[j] * x[j]; F += .1 * s / (1 + s); g[j] = .2 * x[j] / (1 + s) ^ 2 }
            for (i = 0; i < 200; i++) {
                m = y[i] * (u[i, 0] * x[0] + u[i, 1] * x[1] + u[i, 2] * x[2])
                F += log(1 + exp(-m)) / 200
                for (j = 0; j < 3; j++) g[j] -= y[i] * u[i, j] / (1 + exp(m)) / 200
            }
            printf "%.12g\n", F
            for (j = 0; j < 3; j++) x[j] -= .5 * g[j]
        }
    }' /dev/null > "$d/descent"
awk -F, '/^#/ { next } !c { for (i = 1; i <= NF; i++) { if ($i == "t") s = i; if ($i == "loss") c = i } next }
    $s * 2 % 2 == 1 { print $c }' "$d/l/tables/progress-asgd.csv" > "$d/seen"
[ "$(wc -l < "$d/seen")" = 21 ] || fail "$(wc -l < "$d/seen") half times"
paste "$d/descent" "$d/seen" | awk '{ e = $1 - $2; if (e * e > 1e-20) { print NR - 1 ": " $0; bad = 1 } }
    NR == 1 { from = $1 } { to = $1 } END { exit bad || !(to < from - .05) }' > "$d/log" ||
    fail "gradient descent of logistic regression: $(cat "$d/log" "$d/descent")"

# ---- MovieLens: one worker, all ratings a gradient, nothing held out. Both forms give
# the same descent
awk 'BEGIN { for (i = 0; i < 400; i++) printf "%d::%d::%d::%d\n", 3 + int(i / 20), 5 * (i % 20), 1 + (i * i + i) % 5, i }' \
    > "$d/data/ratings.dat"
sed 's/::/\t/g' "$d/data/ratings.dat" > "$d/data/u.data"
cat > "$d/factors.yaml" <<'END'
name: factors
objective: {factorisation: {ratings: $TARDIGRAD_DATA/ratings.dat, test: 0, rank: 2, l2: 0.1, batch: 0, start: 1e-9}}
workers: {count: 1, compute: {law: constant, value: 1}}
workers_start: together
algorithm: {name: asgd, step: 0.5}
horizon: 20.5
points: 42
replicas: 1
END
$t study "$d/factors.yaml" --out "$d/m" --quiet || fail "factorisation"
$t study "$d/factors.yaml" --out "$d/n" --quiet --set 'objective.factorisation.ratings=$TARDIGRAD_DATA/u.data' ||
    fail "factorisation, tabs"
cut -d, -f1-4 "$d/m/tables/progress-asgd.csv" | grep -v '^#' > "$d/plain"
cut -d, -f1-4 "$d/n/tables/progress-asgd.csv" | grep -v '^#' | cmp -s - "$d/plain" || fail "both forms of ratings"
# without factors the loss is half the variance of the ratings
near "$(first "$d/m/tables/progress-asgd.csv" loss)" "$(awk -F:: '{ s += $3; q += $3 * $3 }
    END { printf "%.17g", (q / NR - s * s / NR / NR) / 2 }' "$d/data/ratings.dat")" 1e-9 'variance of ratings'
near "$($t study "$d/factors.yaml" --out "$d/o" --quiet --set objective.factorisation.samples=20 --set horizon=1 &&
    first "$d/o/tables/progress-asgd.csv" loss)" "$(awk -F:: 'NR <= 20 { s += $3; q += $3 * $3 }
    END { printf "%.17g", (q / 20 - s * s / 400) / 2 }' "$d/data/ratings.dat")" 1e-9 'of the first 20'

# ---- what is wrong is said with its place
sed '7s/::/:/' "$d/data/ratings.dat" > "$d/data/wrong.dat"
says 2 'wrong.dat:7: expected USER::ITEM' $t simulate "$d/factors.yaml" --set objective.factorisation.ratings=data/wrong.dat
says 2 'either ratings or synthetic' $t simulate "$d/factors.yaml" \
    --set 'objective.factorisation.synthetic={users: 2, items: 2, count: 4}'
says 2 'magic' $t simulate "$d/softmax.yaml" --set objective.softmax.labels=data/images
head -c 600 "$d/data/images" > "$d/data/short"
says 2 'short' $t simulate "$d/softmax.yaml" --set 'objective.softmax.images=$TARDIGRAD_DATA/short'
# one class, whichever it is, is nothing to tell apart
for class in 000 003; do
    { head -c 8 "$d/data/labels"; tail -c +9 "$d/data/labels" | tr '\000-\377' "\\$class"; } > "$d/data/alike"
    says 2 'alike: the labels of all' $t simulate "$d/softmax.yaml" --set 'objective.softmax.labels=$TARDIGRAD_DATA/alike'
    says 2 'expected two classes at least' $t simulate "$d/softmax.yaml" \
        --set 'objective={network: {model: mlr, data: {images: $TARDIGRAD_DATA/images, labels: $TARDIGRAD_DATA/alike}}}'
done
sed 's/^[^ ]*/1/' "$d/data/small.txt" > "$d/data/alike.txt"
says 2 'alike.txt: the labels of all' $t simulate "$d/logistic.yaml" --set objective.logistic.file=data/alike.txt
sed '7s/1:/0:/' "$d/data/small.txt" > "$d/data/wrong.txt"
says 2 'wrong.txt:7' $t simulate "$d/logistic.yaml" --set objective.logistic.file=data/wrong.txt
unset TARDIGRAD_DATA
says 2 TARDIGRAD_DATA $t simulate "$d/logistic.yaml"
exit $bad
