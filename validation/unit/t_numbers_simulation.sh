#!/bin/sh
# What the simulator and the integrator give as they gave it, under every rule and for drawn studies
# (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"

for i in $(seq 44); do
    echo "simulate $here/drawn-$i.yaml --set points=5 --set replicas=2 --set horizon=20"
done > "$d/simulations"
same simulations

while read -r rule; do
    echo "simulate $here/rules.yaml --set 'algorithm={$rule}'"
done > "$d/simulated_rules" << 'END'
name: asgd, step: .1
name: asgd, step: .05, optimiser: {name: heavy_ball, momentum: .5}
name: asgd, step: .05, optimiser: {name: nesterov, momentum: .5}
name: asgd, step: .05, optimiser: {name: adamw}, schedule: {name: cosine, updates: 100}, weight_decay: .01
name: asgd, step: .05, behaviour: {name: send_innovation, delta: .05}, clip: .5
name: sync, step: .5
name: k_sync, step: .5, k: 3
name: k_batch_sync, step: .5, k: 3
name: k_async, step: .5, k: 3
name: fedbuff, step: .3, k: 3
name: uniform, step: .1
name: shuffled, step: .1
name: drop, step: .1, limit: 6
name: wait, step: .1, limit: 3
name: ringmaster, step: .1, r: 3
name: delay_adaptive, step: .1
name: koloskova, step: .1, smoothness: 1
name: staleness_aware, step: .2
name: polynomial, step: .2
name: fedasync, step: .2
name: dude, step: .4
name: dude, step: .4, arrivals: 2
name: mifa, step: .4
name: rennala, step: .4, batch: 3
name: malenia, step: .4, s: 9
name: ringleader, step: .1
name: dc_asgd, step: .1
name: dc_asgd_adaptive, step: .1
name: local, step: .1, grace: .2
name: stale_uniform, step: .1, most: 3
name: stale_constant, step: .1, extra: 2
name: stale_geometric, step: .1, mean: 2
END
same simulated_rules

cat > "$d/integrals" << 'END'
integrate --damping 1 --law '{law: gamma, shape: 4, mean: 1}' --noise .1 --paths 200 --rows 4
integrate --damping 1 --law '{law: constant, value: 1}' --noise .1 --paths 200 --rows 4
integrate --damping 1 --law '{law: constant, value: 1}' --noise .1 --paths 200 --rows 4 --float32 --method euler
integrate --damping 1 --law '{law: uniform, min: .5, max: 1.5}' --noise .1 --paths 200 --rows 4 --meaning path
integrate --damping 1 --law '{law: uniform, min: .5, max: 1.5}' --noise .1 --paths 200 --rows 4 --meaning arrival --arrivals 5
integrate --damping 1 --law '{law: constant, value: 1}' --noise .1 --hit .2 --paths 200
integrate $here/rules.yaml --paths 100 --rows 4
integrate $here/rules.yaml --paths 100 --hit .5
END
same integrals
exit $bad
