#!/bin/sh
# Numbers of theory as they were, over studies drawn at random and every rule (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"

for i in $(seq 26); do
    drawn="predict $here/drawn-$i.yaml --set points=5"
    echo "$drawn"
    [ $((i % 4)) = 0 ] && echo "$drawn --level sde"
    [ $((i % 4)) = 2 ] && echo "$drawn --level jump"
done > "$d/predictions"
same predictions

# every rule, of a law that closes and of one that does not
for law in '{law: exponential, mean: 1}' '{law: gamma, shape: 2, mean: 1.5}'; do
    while read -r rule; do
        echo "predict $here/rules.yaml --set 'workers=[{count: 5, compute: $law}]' --set 'algorithm={$rule}'"
    done << 'END'
name: asgd, step: .1
name: asgd, step: .05, optimiser: {name: heavy_ball, momentum: .5}
name: asgd, step: .05, optimiser: {name: nesterov, momentum: .5}
name: sync, step: .5
name: k_sync, step: .5, k: 3
name: k_batch_sync, step: .5, k: 3
name: fedbuff, step: .3, k: 3
name: uniform, step: .1
name: shuffled, step: .1
name: drop, step: .1, limit: 6
name: wait, step: .1, limit: 0
name: ringmaster, step: .1, r: 1
name: delay_adaptive, step: .1
name: koloskova, step: .1, smoothness: 1
name: staleness_aware, step: .2
name: stale_uniform, step: .05, most: 4
name: stale_geometric, step: .03, mean: 2, optimiser: {name: nesterov, momentum: .4}
name: polynomial, step: .2
name: dude, step: .4
name: asgd, step: .1, behaviour: {name: send_norm, delta: .2}
END
done > "$d/rules"
same rules

cat > "$d/others" << 'END'
roots --law '{law: gamma, shape: 4, mean: 1}' --damping 2 --right-of -2
roots --law '{law: lognormal, mean: 1, cv: .8}' --damping 3 --right-of 0
roots --law '{law: uniform, min: .5, max: 1.5}' --damping 2 --instant .3 --right-of -2
roots $here/rules.yaml
roots $here/rules.yaml --level sde
schedule $here/rules.yaml --set 'schedule.workers=[2, 5, 9]'
explain --largest-eigenvalue 40 --step .05 --workers 8
explain --largest-eigenvalue 3 --step .2 --workers 6 --law '{law: lognormal, mean: 1, cv: .8}'
explain --largest-eigenvalue 40 --step .05 --observed '4 converges, 8 diverges'
fit examples/worker-log/log.csv
spectrum validation/unit/pages/eigenvalues.json --workers 12
END
same others
exit $bad
