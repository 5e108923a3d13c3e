#!/bin/sh
# What every kind of objective gives as it gave it: data sets made here, read, split, minimised, looked at along
# its Hessian, trained and measured (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"
TARDIGRAD_DATA=$d
export TARDIGRAD_DATA

bytes() { # of a list of numbers
    printf '%b' "$(awk '{ for (i = 1; i <= NF; i++) printf "\\0%o", $i }')"
}
# 90 images of 2 x 3 pixels in 3 classes, and 30 to test
for part in 'train 90 90' 'test 30 30'; do
    set -- $part
    awk -v n="$2" 'BEGIN { print "0 0 8 3  0 0 0", n, " 0 0 0 2  0 0 0 3"
        for (i = 0; i < 6 * n; i++) print (i * i * 37 + int(i / 6) % 3 * 80) % 256 }' | bytes > "$d/$1-images"
    awk -v n="$2" 'BEGIN { print "0 0 8 1  0 0 0", n; for (i = 0; i < n; i++) print (i % 3 + (i % 7 == 0)) % 3 }' |
        bytes > "$d/$1-labels"
done
# 60 samples of 5 features, few of them there
awk 'BEGIN { for (i = 0; i < 60; i++) { printf "%+d", (i * i + int(i / 5)) % 3 ? 1 : -1
    for (j = 1; j <= 5; j++) if ((i * j) % 3) printf " %d:%.6g", j, (i * 37 * j % 100) / 50 - 1
    printf "\n" } }' > "$d/small.txt"
awk 'BEGIN { for (i = 0; i < 240; i++) printf "%d::%d::%d::%d\n", 3 + int(i / 16), 5 * (i * 7 % 20), 1 + (i * i + i) % 5, i }' \
    > "$d/ratings.dat"
# 12 documents of 9 words
awk 'BEGIN { print "12\n9\n48"; for (i = 1; i <= 12; i++) for (j = 1; j <= 4; j++) print i, (i + 2 * j) % 9 + 1, 1 + (i * j) % 5 }' \
    > "$d/docword.txt"
mkdir "$d/texts" "$d/cifar"
echo 'The cat and the dog; one cat, and nobody else.' > "$d/texts/1"
echo 'Stars, and more stars: a star is no cat' > "$d/texts/2"
echo 'dogs see stars; the dog sees one star and the cat' > "$d/texts/3"
awk 'BEGIN { for (i = 0; i < 8; i++) { print i % 4; for (j = 0; j < 3072; j++) print (i * 31 + j * (1 + i % 4)) % 256 } }' |
    bytes > "$d/cifar/data_batch_1.bin"
cp "$d/cifar/data_batch_1.bin" "$d/cifar/test_batch.bin"

study="$here/rules.yaml --set points=3 --set horizon=12 --set replicas=2"
cat > "$d/problems" << 'END'
simulate $study --set 'objective={quadratic: {eigenvalues: [2, .5, .1], start: [1, -2, 3], noise: {batch: 4, label: .2}}}'
predict $study --set 'objective={quadratic: {eigenvalues: [2, .5, .1], start: [1, -2, 3], noise: {batch: 4, label: .2}}}'
predict $study --set 'objective={quadratic: {spectrum: {law: marchenko_pastur, count: 5, ratio: .4}, minimum_spread: .5, noise: {additive: .1}}}'
predict $study --set 'objective={quadratic: {spectrum: {law: geometric, count: 4, largest: 2, smallest: .1}}}'
predict $study --set 'objective={quadratic: {spectrum: {law: uniform, count: 4, largest: 2, smallest: .1}}}'
predict $study --set 'objective={quadratic: {spectrum: {law: power, count: 4, largest: 2, decay: 1.5}}}'
predict $study --set 'objective={quadratic: {spectrum: {file: ../pages/eigenvalues.json}}}' --set algorithm.step=.003
predict $study --set 'objective={tridiagonal: {dim: 6, noise: .1}}'
simulate $study --set 'objective={tridiagonal: {dim: 6, noise: .1}}'
simulate $study --set 'objective={tridiagonal: {dim: 7, noise: .2, shared: true}}'
END
for split in identical contiguous label '{name: dirichlet, alpha: .5}'; do
    for of in "softmax: {images: \$TARDIGRAD_DATA/train-images, labels: \$TARDIGRAD_DATA/train-labels, ridge: .05, batch: 4, modes: 3" \
        "logistic: {file: \$TARDIGRAD_DATA/small.txt, l2: .1, batch: 4, start: .5" \
        "factorisation: {ratings: \$TARDIGRAD_DATA/ratings.dat, test: .2, rank: 2, l2: .05, batch: 6"; do
        echo "simulate \$study --set 'objective={$of, split: $split}}'"
        case $of in softmax*) echo "predict \$study --set 'objective={$of, split: $split}}'" ;; esac
    done
done >> "$d/problems"
cat >> "$d/problems" << 'END'
simulate $study --set 'objective={softmax: {images: $TARDIGRAD_DATA/train-images, labels: $TARDIGRAD_DATA/train-labels, samples: 50, settled: true}}'
simulate $study --set 'objective={logistic: {file: $TARDIGRAD_DATA/small.txt, nonconvex: .1, batch: 0, samples: 40}}'
simulate $study --set 'objective={factorisation: {synthetic: {users: 12, items: 9, count: 70, rank: 2, noise: .2}, rank: 3, batch: 0}}'
simulate $study --set 'objective={lda: {bag_of_words: $TARDIGRAD_DATA/docword.txt, topics: 3}}' --set algorithm.step=1
simulate $study --set 'objective={lda: {bag_of_words: $TARDIGRAD_DATA/docword.txt, topics: 2, alpha: .5, beta: .2, batch: 1, documents: 10}}' --set algorithm.step=1
simulate $study --set 'objective={lda: {synthetic: {documents: 14, words: 20, topics: 3, length: 15}, topics: 3}}' --set 'algorithm={name: stale_uniform, most: 2, step: 1}' --set 'workers=[{count: 4, compute: {law: constant, value: 1}}]' --set workers_start=together
simulate $study --set 'objective={lda: {texts: $TARDIGRAD_DATA/texts, topics: 2}}' --set algorithm.step=1 --set 'workers=[{count: 2, compute: {law: exponential, mean: 1}}]'
predict $study --set 'objective={softmax: {images: $TARDIGRAD_DATA/train-images, labels: $TARDIGRAD_DATA/train-labels, ridge: .05, modes: 2}}' --set 'algorithm={name: asgd, step: .1, behaviour: {name: send_norm, delta: .2}}'
predict $study --set 'objective={softmax: {images: $TARDIGRAD_DATA/train-images, labels: $TARDIGRAD_DATA/train-labels, ridge: .05, modes: 2}}' --set 'workers=[{count: 3, compute: {law: exponential, mean: 1}}]' --set 'algorithm={name: dude, step: .1}'
END
same problems

cat > "$d/networks" << 'END'
simulate $net --set 'objective.network.model=mlr'
simulate $net --set 'objective.network.model={name: dnn, depth: 2, width: 7}' --set 'objective.network.split={name: dirichlet, alpha: 1}'
simulate $net --set 'objective.network.model={name: resnet, depth: 8}'
simulate $net --set 'objective.network.model={name: vae, depth: 1, width: 6, latent: 3}' --set algorithm.step=.002
simulate $net --set 'objective.network.model=cnn_small' --set 'objective.network.data={synthetic: {samples: 12, classes: 3, height: 16, width: 16}}'
simulate $net --set 'objective.network.model=cnn' --set 'objective.network.data={synthetic: {samples: 9, classes: 3, height: 32, width: 32, channels: 3}}' --set horizon=3
simulate $net --set 'objective.network.model={name: dnn, depth: 1, width: 5}' --set 'objective.network.data={cifar: $TARDIGRAD_DATA/cifar}'
simulate $net --set 'objective.network.model={name: dnn, depth: 1, width: 5}' --set 'objective.network.data={images: $TARDIGRAD_DATA/train-images, labels: $TARDIGRAD_DATA/train-labels, test_images: $TARDIGRAD_DATA/test-images, test_labels: $TARDIGRAD_DATA/test-labels}' --set objective.network.measured=17
simulate $net --set 'objective.network.layers=[{name: convolution, channels: 4}, {name: group_norm, groups: 2}, {name: relu}, {name: convolution, channels: 4}, {name: add, back: 2}, {name: max_pool}, {name: tanh}, {name: dense, width: 4}, {name: softmax_loss}]'
simulate $net --set 'objective.network.layers=[{name: convolution, channels: 3, size: 5, stride: 2}, {name: softplus}, {name: mean_pool}, {name: dense, width: 4}, {name: squared_loss}]'
spectrum $net --set 'objective.network.model={name: dnn, depth: 1, width: 4}' --top 2 --at 0,4
study $net --set 'objective.network.model=mlr' --set objective.network.data.synthetic.samples=700 --set coherence=true
END
net="$here/net.yaml"
same networks

printf '3.5\n-.2\n1e-3\n.7\n' > "$d/plain"
printf 'tensor([[3., 2.],\n        [1., 0.5]], device=0)' > "$d/tensor"
printf '{"nodes": [4, 2, 0.1], "weights": [0.2, 0.3, 0.5]}' > "$d/density"
printf '[[4, 2, .1], [.2, .3, .5]]' > "$d/rows"
printf '[{"step": 0, "eigenvalues": [5, 1]}, {"step": 100, "eigenvalues": [7, 2, -0.5]}]' > "$d/checkpoints"
printf 'step,eigenvalue\n0,3\n0,1\n50,4\n50,2\n50,-1\n' > "$d/table.csv"
printf 'eigenvalue,weight\n3,.25\n1,.5\n.1,.25\n' > "$d/nodes.csv"
cat > "$d/spectra" << 'END'
spectrum $d/plain
words spectrum $d/plain --workers 3 --law '{law: gamma, shape: 4, mean: 1}'
words spectrum $d/tensor
words spectrum $d/density
words spectrum $d/rows
spectrum $d/checkpoints
words spectrum $d/checkpoints --workers 8
words spectrum $d/table.csv
words spectrum $d/nodes.csv
predict $study --set 'objective={quadratic: {spectrum: {file: $TARDIGRAD_DATA/checkpoints, checkpoint: 0}}}' --set algorithm.step=.01
predict $study --set 'objective={quadratic: {spectrum: {file: $TARDIGRAD_DATA/nodes.csv, count: 7}}}'
END
same spectra
exit $bad
