#!/bin/sh
# Regions: what counts as a number of workers, and a chart for each algorithm.
. validation/unit/outside.sh
q=examples/quickstart.yaml

# ---- one group of workers is a continuous setting: the boundary is at step * workers = k* / h_max,
# with workers between two whole numbers
k=2.27416997969521
$t region $q --x 'workers[0].count=1:300:400' --y 'algorithm.step=0.005:0.02:3' --out "$d/w" > /dev/null ||
    fail "workers between whole numbers"
grep -v '^#' "$d/w/boundary.csv" | grep ',mean,' | awk -F, -v k=$k '
    { n++; if (($4 * $5 - k) ^ 2 > (1e-4 * k) ^ 2) bad++ } END { exit !(n > 10 && !bad) }' ||
    fail "the boundary in workers is not the hyperbola step * workers = $k"
grep -v '^#' "$d/w/region.csv" | tail -n +2 | awk -F, -v k=$k '
    ($2 * $3 < 0.999 * k) != $5 && ($2 * $3 / k - 1) ^ 2 > 1e-6 { bad++ }
    $2 != int($2) { between++ } END { exit !(between > 900 && !bad) }' ||
    fail "cells between whole numbers of workers"

# ---- three boundaries of four exponential workers: their mean is never lost, the mean square at
# a loop gain of 3.37228 exactly, a single run at about 4.38, whatever the step is
$t region $q --set 'workers=[{count: 4, compute: {law: exponential, mean: 1}}]' \
    --x algorithm.step=0.5:1.5:41 --y target.loss=0.01:0.02:3 --out "$d/e" > /dev/null ||
    fail "three boundaries"
grep -v '^#' "$d/e/boundary.csv" | awk -F, '
    $3 == "mean" { bad++ }
    $3 == "mean square" { m++; if ((4 * $4 - 3.37228) ^ 2 > .004 ^ 2) bad++ }
    $3 == "single run" { s++; if ((4 * $4 - 4.3824) ^ 2 > .1 ^ 2) bad++ }
    END { exit !(m == 3 && s == 3 && !bad) }' || fail "boundaries: $(cat "$d/e/boundary.csv")"
grep -v '^#' "$d/e/region.csv" | tail -n +2 | awk -F, '
    ($6 < 1) != (4 * $2 < 3.37228) && ($6 - 1) ^ 2 > 1e-6 { bad++ } $7 > $6 { bad++ }
    END { exit bad > 0 }' || fail "cells of three boundaries"

# ---- another count is no number of workers: eigenvalues 1, .5, ... of any number have the same
# largest one, so the boundary is the same step in every column
$t region $q --set 'objective.quadratic={spectrum: {law: power, count: 4}}' \
    --x objective.quadratic.spectrum.count=1:9:9 --y algorithm.step=0.05:0.1:51 --out "$d/s" > /dev/null ||
    fail "a count of eigenvalues"
grep -v '^#' "$d/s/region.csv" | tail -n +2 | awk -F, -v k=$k '
    (32 * $3 < k) != $5 { bad++ } $2 != int($2) { bad++ } END { exit !(NR == 459 && !bad) }' ||
    fail "a count of eigenvalues scales the boundary"

# ---- two algorithms: a chart for each, also where whole workers on a log axis come twice
$t region $q --set 'algorithm=[{name: asgd, step: 0.01}, {name: dude, step: 0.01}]' \
    --x 'workers[0].count=1:30:20:log' --y 'algorithm[1].step=0.01:0.1:5' --out "$d/two" > /dev/null ||
    fail "a region of two algorithms"
for a in asgd dude; do grep -q '<svg' "$d/two/figures/chart-$a.svg" || fail "no chart of $a"; done

# ---- a cell that cannot be solved is not known, the others are
$t region $q --set 'workers=[{count: 4, compute: {law: gamma, shape: 4, mean: 1}}, {count: 4, compute: {law: exponential, mean: 3}}]' \
    --set 'algorithm={name: dude, step: 0.01}' --x 'workers[0].count=1:9:5' --y algorithm.step=.01:.05:5 \
    --out "$d/hole" > /dev/null || fail "a region with a cell that cannot be solved"
[ "$(grep -v '^#' "$d/hole/region.csv" | wc -l)" = 26 ] || fail "rows of a region with a hole"

# ---- the outlines leave nothing out, also where they are thinner than the grid: their areas are all of it
$t region $q --x 'workers[0].count=1:16:12:log' --y algorithm.step=.05:3:12:log --quiet --out "$d/areas" || fail "areas"
grep -v '^#' "$d/areas/fill.csv" | awk -F, '
    function close_ring() { if (n > 2) area[side] += (u0 - u) * (v0 + v) / 2; n = 0 }
    NR == 1 { next }
    $4 == "nan" { close_ring(); next }
    { x = log($4) / log(16); y = log($5 / .05) / log(60); side = $3
      if (n++ == 0) { u0 = x; v0 = y } else area[side] += (x - u) * (y + v) / 2
      u = x; v = y }
    END { for (s in area) sum += area[s] < 0 ? -area[s] : area[s]
          single = area["single run"]; if (single < 0) single = -single
          exit !(sum > .996 && sum < 1.004 && single > .015) }' || fail "outlines that leave something out"

# ---- one setting is no chart
$t region $q --x algorithm.step=.01:.3:5 --y algorithm.step=.01:.3:5 > "$d/same" 2>&1
[ $? = 2 ] && grep -q 'both algorithm.step' "$d/same" || fail "a setting over itself: $(cat "$d/same")"

# ---- the same bits for any number of threads, step along either axis or none
for axes in 'algorithm.step=.01:.3:23 workers[0].count=1:40:17' 'workers[0].count=1:40:17 algorithm.step=.01:.3:23' \
    'workers[0].count=1:40:9 workers[0].compute.shape=1:9:7'; do
    for n in 1 2 4; do
        $t region $q --threads $n --x "${axes% *}" --y "${axes#* }" --out "$d/threads-$n" > /dev/null ||
            fail "a region with $n threads"
        for table in region boundary fill; do
            grep -v '^#' "$d/threads-$n/$table.csv" > "$d/threads-$n.$table"
            cmp "$d/threads-1.$table" "$d/threads-$n.$table" || fail "$table of $n threads: $axes"
        done
    done
done
exit $bad
