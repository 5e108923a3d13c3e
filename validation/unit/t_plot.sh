#!/bin/sh
# Whatever folder a command draws into can be drawn again, in every format, with the same bytes; each
# script runs by hand; a figure without data is a sentence; and a list that is none is refused.
. "$(dirname "$0")/outside.sh"

cat > "$d/s.yaml" <<'END'
name: plots
objective: {quadratic: {eigenvalues: [1.0, 0.3], noise: {additive: 0.1}}}
workers: {count: 6, compute: {law: gamma, shape: 4, mean: 1.0}}
algorithm: [{name: asgd, step: 0.05}, {name: dude, step: 0.05}]
target: {loss: 0.02}
horizon: 20
points: 21
replicas: 12
sweep: {workers: [2, 6, 9]}
END
awk 'BEGIN { print "worker,seconds"
    for (i = 0; i < 90; i++) printf "%d,%.3f\n", i % 3, 1 + (i * 7919 % 101) / 50 }' > "$d/log.csv"
$t study "$d/s.yaml" --quiet --out "$d/study" || fail study
$t region "$d/s.yaml" --x 'workers[0].count=1:9:5' --y 'algorithm[1].step=.01:1:5:log' --quiet \
    --out "$d/region" || fail region
$t roots --damping 1 --law '{law: gamma, shape: 3, mean: 2}' --right-of -4 --quiet --out "$d/roots" || fail roots
$t roots --damping 1 --law '{law: constant, value: 1}' --along damping=.1:3:5 --quiet --out "$d/locus" || fail locus
$t fit "$d/log.csv" --out "$d/fit" > "$d/words" || fail fit

$t schedule "$d/s.yaml" --quiet --out "$d/schedule" || fail schedule

$t predict "$d/s.yaml" --quiet --out "$d/predict" || fail predict
$t simulate "$d/s.yaml" --quiet --out "$d/simulate" || fail simulate
$t validate "$d/s.yaml" --quiet --out "$d/validate" || fail validate
$t live "$d/s.yaml" --sleep --unit .005 --seconds .5 --quiet --out "$d/live" > /dev/null || fail live
law='{law: gamma, shape: 4, mean: 1}'
$t integrate --damping 1 --law "$law" --paths 200 --quiet --out "$d/paths" || fail paths
$t integrate --damping 1 --law "$law" --meaning path --paths 200 --quiet --out "$d/mixture" || fail mixture
$t integrate "$d/s.yaml" --paths 200 --quiet --out "$d/loss" || fail loss
$t integrate --damping 1 --law "$law" --hit .2 --paths 200 --quiet --out "$d/hitting" || fail hitting
printf '{"0": [3, 2, 1, -0.5], "10": [4, 1, 0.5, -0.1]}' > "$d/two.json"
printf '{"nodes": [-0.5, 0, 0.5, 4], "weights": [0.1, 0.5, 0.3, 0.1]}' > "$d/density.json"
$t spectrum "$d/two.json" --quiet --out "$d/spectrum" || fail spectrum
$t spectrum "$d/density.json" --quiet --out "$d/density" || fail density

for f in study region roots locus fit schedule predict simulate validate live paths mixture loss hitting spectrum density; do
    mkdir "$d/before" && cp "$d/$f"/figures/*.svg "$d/before" || fail "no figures of $f"
    for format in pdf png tex svg; do
        $t plot "$d/$f" --format $format || fail "plot $f as $format"
    done
    for svg in "$d"/before/*.svg; do
        name=$(basename "$svg" .svg)
        cmp -s "$svg" "$d/$f/figures/$name.svg" || fail "$name of $f is another one"
        [ "$(head -c 5 "$d/$f/figures/$name.pdf")" = '%PDF-' ] || fail "$name.pdf of $f"
        [ "$(head -c 4 "$d/$f/figures/$name.png" | tail -c 3)" = PNG ] || fail "$name.png of $f"
        grep -q '^\\caption{[^{}]' "$d/$f/figures/$name.tex" || fail "$name.tex of $f has no caption"
        grep -q 'role="img" aria-label="[^"]' "$svg" && grep -q '^<title>[^<]' "$svg" && grep -q '^<desc>[^<]' "$svg" ||
            fail "$name of $f says nothing to a screen reader"
        grep -q 'onmouse\|GNUPLOT\|fill="white"' "$svg" && fail "$name of $f: a script, a paper or gnuplot's name"
        grep -q '[^a-z]nan[^a-z]' "$svg" && fail "$name of $f: a point at nan"
    done
    rm -r "$d/before"
done
(cd "$d/study" && gnuplot -d figures/workers-dude.svg.values figures/fig_workers.gp) || fail 'a script by hand'

# ---- captions are made of the numbers; without data there is a sentence
grep -q '^workers-asgd,.*asgd is fastest with [0-9]* workers' "$d/study/figures/figures.csv" || fail 'caption of workers'
$t study "$d/s.yaml" --quiet --out "$d/never" --set target.loss=1e-9 --set objective.quadratic.start=0 || fail never
grep -q '^-.*asgd reaches the target of 1e-09 within' "$d/never/figures/figures.csv" || fail 'a sentence for no figure of workers'
grep -q 'reaches the target of 1e-09 within the horizon with none' "$d/never/report.html" || fail 'it is in the report'
[ -e "$d/never/figures/workers-asgd.svg" ] && fail 'an empty figure'
$t plot "$d/never" || fail 'plot what has sentences'

# ---- what a scientist would look for in each is there: the numbers of the figures are those of the tables
points() { grep -c 'class="value"' "$1"; } # those that tell a value
[ "$(points "$d/hitting/figures/hitting.svg")" = 19 ] || fail 'the quantiles of hitting times'
[ "$(points "$d/spectrum/figures/spectrum.svg")" = 4 ] || fail 'the eigenvalues of the last checkpoint'
[ "$(points "$d/spectrum/figures/sharpness.svg")" = 2 ] || fail 'both checkpoints'
[ "$(points "$d/density/figures/spectrum.svg")" = 4 ] || fail 'the nodes of a density'
numbers=$(grep -v '^#' "$d/validate/off.csv" | tail -n +2 | wc -l)
[ "$(points "$d/validate/figures/claims.svg")" = "$numbers" ] || fail "the $numbers claims"

# ---- extremes: nothing moves, nothing is left, nothing is finite
$t integrate --damping 0 --noise 0 --paths 10 --quiet --out "$d/still" || fail 'a still path'
$t integrate --damping -30 --paths 10 --quiet --out "$d/wild" || fail 'a path that grows'
$t integrate --damping 1 --hit 1e-9 --noise 0 --until 1 --paths 10 --quiet --out "$d/nobody" || fail 'nobody gets there'
$t predict "$d/s.yaml" --quiet --out "$d/lost" --set 'algorithm=[{name: asgd, step: 5}]' || fail 'all diverge'
$t simulate "$d/s.yaml" --quiet --out "$d/gone" --set 'algorithm=[{name: asgd, step: 50}]' || fail 'all are gone'
$t simulate "$d/s.yaml" --quiet --out "$d/nothing" --set objective.quadratic.start=0 \
    --set objective.quadratic.noise.additive=0 || fail 'there is no loss'
printf '0\n0\n' > "$d/flat.txt" && $t spectrum "$d/flat.txt" --quiet --out "$d/flat" || fail 'no curvature'
printf -- '-1\n' > "$d/hill.txt" && $t spectrum "$d/hill.txt" --quiet --out "$d/hill" || fail 'a hill'
for f in still wild nobody lost gone nothing flat hill; do $t plot "$d/$f" --format pdf || fail "plot $f"; done
grep -q '^-.*No eigenvalue is positive' "$d/hill/figures/figures.csv" || fail 'the sentence of a hill'
grep -q '^-.*none of 10 paths reached it' "$d/nobody/figures/figures.csv" || fail 'the sentence of nobody'

# ---- what is refused
says 2 'holds no figures' $t plot "$d"
says 2 'expected svg, pdf, png or tex, got "gif"' $t plot "$d/study" --format gif
sed 's/^trajectory,/..\/x,/' "$d/study/figures/figures.csv" > "$d/list" && cp "$d/list" "$d/study/figures/figures.csv"
says 2 'expected the plain name of a picture' $t plot "$d/study"
sed 's/^..\/x,trajectory,/x,none,/' "$d/list" > "$d/study/figures/figures.csv"
says 2 'there is no figure fig_none.gp' $t plot "$d/study"
exit $bad
