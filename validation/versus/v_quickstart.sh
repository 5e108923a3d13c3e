#!/bin/sh
# The quickstart study: every prediction holds against its simulation, the boundary of divergence
# within one step of the sweep and the best number of workers within its predicted region.
t=${TARDIGRAD:-build/cc/tardigrad}
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
begin=$(date +%s)
$t study examples/quickstart.yaml --out "$d/q" || exit 1
seconds=$(($(date +%s) - begin))
grep -v '^#' "$d/q/tables/validation.csv"
[ "$seconds" -lt 60 ] || { echo "took $seconds s, allowed are 60"; exit 1; }
grep -q ',fails$' "$d/q/tables/validation.csv" && { echo "a prediction fails"; exit 1; }
grep -q '^best number of those tried,' "$d/q/tables/validation.csv" || { echo "no best number"; exit 1; }
grep -q '^boundary of divergence,' "$d/q/tables/validation.csv" || { echo "no boundary"; exit 1; }
