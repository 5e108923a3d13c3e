#!/bin/sh
# MNIST by networks: what they are known to reach. Linear classifiers are right in about 92 % of the test
# images (LeCun et al. 1998: 91.6 % pairwise, 88 % one layer of them; logistic regression 92), two dense
# layers of a few hundred in 97 to 98 %.
t=${TARDIGRAD:-build/cc/tardigrad}
if [ ! -e "${TARDIGRAD_DATA:-/nowhere}/mnist/train-images-idx3-ubyte.gz" ]; then
    echo "TARDIGRAD_DATA does not name a folder with mnist/train-images-idx3-ubyte.gz"
    exit 77
fi
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cat > "$d/mnist.yaml" <<'END'
objective:
  network:
    model: mlr
    data: {images: $TARDIGRAD_DATA/mnist/train-images-idx3-ubyte.gz,
           labels: $TARDIGRAD_DATA/mnist/train-labels-idx1-ubyte.gz,
           test_images: $TARDIGRAD_DATA/mnist/t10k-images-idx3-ubyte.gz,
           test_labels: $TARDIGRAD_DATA/mnist/t10k-labels-idx1-ubyte.gz}
    measured: 2000
workers: {count: 4, compute: {law: gamma, shape: 4, mean: 1}}
algorithm: {name: asgd, step: 0.01}
horizon: 2000
points: 5
replicas: 1
END
bad=0
reaches() { # LOW HIGH SETTINGS...: the test accuracy at the end
    low=$1 high=$2
    shift 2
    $t study "$d/mnist.yaml" --out "$d/o" --quiet "$@" || { bad=1; return; }
    score=$(awk -F, '/^#/ { next } !c { for (i = 1; i <= NF; i++) if ($i == "score") c = i; next } { v = $c }
        END { print v }' "$d/o/tables/progress-asgd.csv")
    echo "test accuracy $score, expected $low to $high: $*"
    awk "BEGIN { exit !($score >= $low && $score <= $high) }" || bad=1
}
reaches .91 .93
reaches .965 .985 --set 'objective.network.model={name: dnn, depth: 2}' --set algorithm[0].step=0.05 --set horizon=1000
exit $bad
