#!/bin/sh
# Every rule with every kind of cluster, far from where it is lost and close to it, predicted as it was
# (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"

clock='[{count: 3, compute: {law: constant, value: 1}}]'
many='[{count: 30, compute: {law: gamma, shape: 2, mean: 1}}]'
tail='[{count: 5, compute: {law: lognormal, mean: 1, cv: 1.3}}]'
two='[{count: 2, compute: {law: gamma, shape: 3, mean: 1}, minimum: .3}, {count: 3, compute: {law: uniform, min: 1, max: 3}, minimum: -.2}]'
three='[{count: 8, compute: {law: exponential, mean: 1}}, {count: 4, compute: {law: weibull, shape: 2, mean: 2}}, {count: 9, compute: {law: constant, value: 1.5}}]'
while read -r small large rule; do
    case $rule in # weighed by staleness: of few workers, as it takes long
    *adaptive | *koloskova* | *aware | *polynomial | *drop*) clusters='clock tail two' ;;
    *) clusters='clock many tail two three' ;;
    esac
    for cluster in $clusters; do
        case $cluster in many) steps=$large ;; three) steps=$small ;; *) steps="$small $large" ;; esac
        for step in $steps; do
            [ $cluster != many ] && [ $cluster != three ] || step=$(awk "BEGIN { print $step / 6 }")
            echo "predict $here/rules.yaml --set points=3 --set \"workers=\$$cluster\" --set 'algorithm={step: $step, $rule}'"
        done
    done
done > "$d/grid" << 'END'
.1 .6 name: asgd
.05 .3 name: asgd, optimiser: {name: heavy_ball, momentum: .5}
.05 .3 name: asgd, optimiser: {name: nesterov, momentum: .5}
.2 1.4 name: sync
.2 .9 name: k_sync, k: 2
.2 .9 name: k_batch_sync, k: 3
.1 .7 name: fedbuff, k: 2
.1 .4 name: uniform
.1 .4 name: shuffled
.1 .6 name: drop, limit: 3
.1 .6 name: delay_adaptive
.1 .6 name: koloskova, smoothness: 1
.1 .9 name: staleness_aware
.1 .9 name: polynomial
.2 1.1 name: dude
.05 .3 name: stale_uniform, most: 3
.05 .3 name: stale_constant, extra: 2
.03 .2 name: stale_geometric, mean: 2
.05 .3 name: stale_table, lag_weights: [4, 2, 1]
.1 .5 name: asgd, behaviour: {name: send_norm, delta: .2}
END
same grid
exit $bad
