#!/bin/sh
# Few workers of every law, predicted as they were (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"

while read -r law; do
    for count in 2 3 6; do
        echo "predict $here/rules.yaml --set points=3 --set 'workers=[{count: $count, compute: {$law}}]'"
    done
    echo "predict $here/rules.yaml --set points=3 --set 'workers=[{count: 3, compute: {$law}, minimum: [.4, -.3, .1]}]' --set 'algorithm={name: dude, step: .3}'"
done > "$d/few" << 'END'
law: uniform, min: .1, max: 1.9
law: weibull, shape: .7, mean: 1
law: lognormal, mean: 1, cv: 1.6
law: pareto, shape: 2.5, mean: 1
law: half_normal, sd: 1
law: truncated_normal, mu: 1, sd: .1
law: shifted_exponential, shift: .3, mean: .7
mixture: [{weight: .8, law: exponential, mean: .5}, {weight: .2, law: constant, value: 3}]
END
same few
exit $bad
