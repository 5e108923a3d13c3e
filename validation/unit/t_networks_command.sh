#!/bin/sh
# Networks from a study to its tables: by name and by layers, on images made up and in CIFAR's layout; the
# same bytes for any threads; what is wrong is told with its place.
. "$(dirname "$0")/outside.sh"

cat > "$d/net.yaml" <<'END'
name: net
objective:
  network:
    model: {name: dnn, depth: 2, width: 24}
    data: {synthetic: {samples: 300, test: 100, height: 6, width: 5, channels: 2, classes: 4}}
    batch: 16
    split: {name: dirichlet, alpha: 1}
workers: {count: 4, compute: {law: gamma, shape: 4, mean: 1}}
algorithm: {name: asgd, step: 0.05}
horizon: 40
points: 9
replicas: 3
END
$t study "$d/net.yaml" --out "$d/a" --threads 1 > "$d/stdout" || fail "dnn"
TARDIGRAD_THREADS=4 $t study "$d/net.yaml" --out "$d/b" > /dev/null || fail "dnn, 4 threads"
for f in trajectory-asgd progress-asgd; do
    grep -v '^#' "$d/a/tables/$f.csv" > "$d/1"
    grep -v '^#' "$d/b/tables/$f.csv" > "$d/2"
    cmp -s "$d/1" "$d/2" || fail "$f: other bytes for other threads"
done
# It learns: the score of the end is above that of the start, which is one of four classes by chance.
progress="$d/a/tables/progress-asgd.csv"
awk "BEGIN { exit !($(last "$progress" score) > .8) }" || fail "it does not learn"
awk -F, '/^#/ { next } !c { for (i = 1; i <= NF; i++) if ($i == "score") c = i; next } { exit !($c < .6) }' "$progress" ||
    fail "it knows what it has not seen"

# ---- layers one by one
layers='[{name: convolution, channels: 4}, {name: group_norm, groups: 2}, {name: relu},
 {name: convolution, channels: 4}, {name: add, back: 2}, {name: max_pool}, {name: tanh},
 {name: dense, width: 4}, {name: softmax_loss}]'
sed "s/model: .*/layers: $(echo "$layers" | tr -d '\n')/" "$d/net.yaml" > "$d/layers.yaml"
$t simulate "$d/layers.yaml" --out "$d/c" --quiet || fail "layers"
$t simulate "$d/layers.yaml" --set 'objective.network.layers[7].width=5' > "$d/stdout" 2>&1 && fail "misfit"
grep -q 'layers.yaml:4:.*network: layer 9, softmax_loss on 1 x 1 x 5: the data have 4 classes' "$d/stdout" || {
    fail "misfit not told"; cat "$d/stdout"; }
says 2 'layer 5, add on 6 x 5 x 7: 6 x 5 x 4 cannot be added to 6 x 5 x 7; project: 1 makes it fit' \
    $t simulate "$d/layers.yaml" --set 'objective.network.layers[3].channels=7'
says 2 'did you mean "max_pool"' $t simulate "$d/layers.yaml" --set 'objective.network.layers[5].name=maxpool'
says 2 'expected either a model or layers' $t simulate "$d/layers.yaml" --set 'objective.network.model=mlr'
says 2 'expected a depth 8, 14, 20' $t simulate "$d/net.yaml" --set 'objective.network.model={name: resnet, depth: 10}'
says 2 'expected either images and labels, cifar or synthetic' \
    $t simulate "$d/net.yaml" --set 'objective.network.data={}'
says 2 'expected images and labels' $t simulate "$d/net.yaml" --set 'objective.network.data={images: x}'
says 2 'a sample of each' $t simulate "$d/net.yaml" --set objective.network.data.synthetic.samples=3
says 2 '300 samples cannot be split over 400 workers' $t simulate "$d/net.yaml" --set 'workers[0].count=400'

# ---- an autoencoder: what comes out is held against the image; by name, and by its layers from the same seed
vae='model: {name: vae, depth: 1, width: 16, latent: 4}'
list='layers: [{name: dense, width: 16}, {name: relu}, {name: dense, width: 8}, {name: gaussian},
 {name: dense, width: 16}, {name: relu}, {name: dense, width: 60}, {name: image_loss}]'
for of in "$vae" "$(echo "$list" | tr -d '\n')"; do
    sed "s/model: .*/$of/; s/step: 0.05/step: 0.005, optimiser: adam/; s/horizon: 40/horizon: 200/; s/classes: 4/classes: 4, noise: .3/" "$d/net.yaml" > "$d/vae.yaml"
    $t study "$d/vae.yaml" --quiet --out "$d/v" || fail "vae"
    [ ! -e "$d/progress" ] || grep -v '^#' "$d/v/tables/progress-asgd.csv" | cmp -s - "$d/progress" || fail "vae by its layers"
    grep -v '^#' "$d/v/tables/progress-asgd.csv" > "$d/progress"
done
holds() { awk "BEGIN { exit !($1) }" || fail "$2: $1"; }
holds "$(last "$d/v/tables/progress-asgd.csv" score) > .5" 'images come out again'
holds "$(last "$d/v/tables/progress-asgd.csv" loss) < 30" 'no better than no encoder, pixels / 2'
says 2 'layer 8, image_loss on 1 x 1 x 59: expected the 6 x 5 x 2 numbers of the image' \
    $t simulate "$d/vae.yaml" --set 'objective.network.layers[6].width=59'
says 2 'layer 4, gaussian on 1 x 1 x 7: expected as many means as variances' \
    $t simulate "$d/vae.yaml" --set 'objective.network.layers[2].width=7'

# ---- CIFAR's layout: 40 records of 4 classes, each of one colour
mkdir "$d/cifar"
for i in $(seq 0 39); do
    printf "\\00$((i % 4))"
    head -c 3072 /dev/zero | tr '\0' "\\$(printf %03o $((40 * (i % 4) + i)))"
done > "$d/cifar/data_batch_1.bin"
cp "$d/cifar/data_batch_1.bin" "$d/cifar/test_batch.bin"
sed 's/data: .*/data: {cifar: cifar}/; s/horizon: 40/horizon: 3/' "$d/net.yaml" > "$d/cifar.yaml"
$t simulate "$d/cifar.yaml" --quiet --out "$d/e" || fail "cifar"
head -c 5000 "$d/cifar/test_batch.bin" > "$d/cifar/short" && mv "$d/cifar/short" "$d/cifar/test_batch.bin"
says 2 'test_batch.bin: truncated: record 1 has 1927 of 3073 bytes' $t simulate "$d/cifar.yaml"
rm "$d/cifar/test_batch.bin"
says 2 'holds no test_batch.bin, nor .bin.gz' $t simulate "$d/cifar.yaml"

# ---- what does not stay finite
$t study "$d/net.yaml" --out "$d/f" --set 'algorithm[0].step=1e30' > "$d/stdout" || fail "divergence"
tr -s '\n ' ' ' < "$d/stdout" |
    grep -q 'diverged: 3 of 3 replicas, replica 0 at time .*, update .*, first in layer [0-9]*, ' || fail "divergence not told"

# ---- what it takes is counted beforehand, and ends when it is told to
sed 's/model: .*/model: {name: resnet, depth: 20}/; s/height: 6, width: 5, channels: 2/height: 32, width: 32, channels: 3/
     s/batch: 16/batch: 128/; s/horizon: 40/horizon: 400/' "$d/net.yaml" > "$d/large.yaml"
says 2 'deliveries would take about' $t simulate "$d/large.yaml" --set horizon=1e7
timeout --preserve-status -s INT 1 $t simulate "$d/large.yaml" --quiet 2> "$d/stderr"
[ $? = 130 ] || fail "a stop request is not heard: $(cat "$d/stderr")"

# ---- coherence of gradients, of nobody who does not ask
[ ! -e "$d/a/tables/coherence-asgd.csv" ] || fail "coherence is dear"
$t study "$d/net.yaml" --out "$d/h" --set coherence=true --threads 1 --quiet || fail "coherence"
TARDIGRAD_THREADS=4 $t study "$d/net.yaml" --out "$d/i" --set coherence=true --quiet || fail "coherence, 4 threads"
grep -v '^#' "$d/h/tables/coherence-asgd.csv" > "$d/1"
grep -v '^#' "$d/i/tables/coherence-asgd.csv" | cmp -s - "$d/1" || fail "coherence: other bytes for other threads"
awk -F, 'NR > 2 && !($2 > -1 && $2 <= 1 && $10 <= 1) { bad = 1 } END { exit bad || NR != 10 }' "$d/1" || fail "coherence: $(cat "$d/1")"
grep -v '^#' "$d/h/tables/progress-asgd.csv" > "$d/1"
grep -v '^#' "$d/a/tables/progress-asgd.csv" | cmp -s - "$d/1" || fail "coherence changes what is looked at"

# ---- curvature along the training
$t spectrum "$d/net.yaml" --top 3 --at 0,20 --threads 1 > "$d/1" || fail "spectrum"
$t spectrum "$d/net.yaml" --top 3 --at 0,20 --threads 2 > "$d/2" || fail "spectrum, 2 threads"
cmp -s "$d/1" "$d/2" || fail "spectrum: other bytes for other threads"
tr -s '\n ' ' ' < "$d/1" | grep -q 'the 3 largest and the 3 least eigenvalues of the Hessian' || fail "spectrum does not say what it is"
grep -q 'At its own step 0.05 the loop gain eta h P is ' "$d/1" || fail "spectrum does not say where the study stands"
$t spectrum "$d/net.yaml" --top 1 --at 0,20 --set 'workers[0].count=1' --out "$d/one" --quiet || fail "spectrum of one"
awk -F, '/^#/ { next } !n++ { next }
    function off(a, b) { return a - b > 1e-9 * b || b - a > 1e-9 * b }
    off($3 * $7, 2) || ($8 - $7) ^ 2 > 1e-6 * $7 ^ 2 || !($9 > 0) { bad = 1 } END { exit bad || n != 3 }' "$d/one/spectrum.csv" ||
    fail "one worker is lost at 2: $(cat "$d/one/spectrum.csv")"
says 2 'a study has workers of its own' $t spectrum "$d/net.yaml" --top 1 --workers 4
says 2 'for studies, with --top' $t spectrum "$d/net.yaml" --at 3
says 2 'expected times that rise' $t spectrum "$d/net.yaml" --top 1 --at 3,2
says 2 'has no products with its Hessian' $t spectrum examples/quickstart.yaml --top 1
exit $bad
