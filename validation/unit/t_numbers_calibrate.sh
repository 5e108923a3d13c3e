#!/bin/sh
# What a log and a loss curve together give as they gave it (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"

awk 'NR == 1 || NR % 6 == 2' examples/calibrate/curve.csv > "$d/curve"
of="calibrate examples/calibrate/log.csv --loss $d/curve --step .02 --runs 3"
cat > "$d/calibrations" << 'END'
$of --least 0 --runs 12
$of
$of --least 0 --modes 1
$of --modes 3
$of --eigenvalues 2,.5,.1
$of --least 0 --rule 'fedbuff, k: 2'
words $of --least 0 --time 1.5
END
same calibrations
exit $bad
