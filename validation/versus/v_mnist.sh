#!/bin/sh
# MNIST, a fast and a slow group, non-identical data: ASGD is biased, DuDe-ASGD is not.
t=${TARDIGRAD:-build/cc/tardigrad}
if [ ! -e "${TARDIGRAD_DATA:-/nowhere}/mnist/train-images-idx3-ubyte.gz" ]; then
    echo "TARDIGRAD_DATA does not name a folder with mnist/train-images-idx3-ubyte.gz"
    exit 77
fi
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
$t study examples/mnist.yaml --out "$d/m" || exit 1
grep -v '^#' "$d/m/tables/validation.csv"
grep -q ',fails$' "$d/m/tables/validation.csv" && { echo "a prediction fails"; exit 1; }
exit 0
