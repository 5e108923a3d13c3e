#!/bin/sh
# The quickstart study: every prediction holds against its simulation, the boundary of divergence
# within one step of the sweep and the best number of workers within its predicted region.
t=${TARDIGRAD:-build/cc/tardigrad}
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
$t study examples/quickstart.yaml --out "$d/q" || exit 1
seconds=$(awk -v tick="$(getconf CLK_TCK)" '{ printf "%.0f", ($16 + $17) / tick }' /proc/$$/stat)
grep -v '^#' "$d/q/tables/validation.csv"
[ "$seconds" -lt 120 ] || { echo "took $seconds s of processors, allowed are 60 of two"; exit 1; }
grep -q ',fails$' "$d/q/tables/validation.csv" && { echo "a prediction fails"; exit 1; }
grep -q '^best number of those tried,' "$d/q/tables/validation.csv" || { echo "no best number"; exit 1; }
grep -q '^boundary of divergence,' "$d/q/tables/validation.csv" || { echo "no boundary"; exit 1; }
