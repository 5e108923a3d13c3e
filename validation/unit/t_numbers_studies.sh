#!/bin/sh
# Studies of every rule as they came out: predicted course, simulated one and all that is measured (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"

alike='workers=[{count: 4, compute: {law: gamma, shape: 4, mean: 1}}]'
while read -r rule; do
    echo "study $here/rules.yaml --set points=4 --set \"\$alike\" --set 'algorithm={$rule}'"
done > "$d/courses" << 'END'
name: asgd, step: .2
name: asgd, step: .9
name: asgd, step: .05, optimiser: {name: heavy_ball, momentum: .5}
name: sync, step: .5
name: k_sync, step: .5, k: 3
name: k_batch_sync, step: .5, k: 3
name: k_async, step: .5, k: 3
name: fedbuff, step: .3, k: 3
name: uniform, step: .1
name: drop, step: .1, limit: 4
name: drop, step: .1, limit: 4, by_arrivals: 1
name: wait, step: .1, limit: 2
name: ringmaster, step: .1, r: 3
name: staleness_aware, step: .2
name: dude, step: .4
name: rennala, step: .4, batch: 3
name: stale_uniform, step: .05, most: 4
name: stale_table, step: .1, lag_weights: [3, 2, 1]
name: asgd, step: .1, behaviour: {name: send_norm, delta: .2}
name: asgd, step: .1, behaviour: {name: send_innovation, delta: .1}
name: asgd, step: .1, behaviour: {name: local_steps, steps: 3, rate: .1}
END
same courses
exit $bad
