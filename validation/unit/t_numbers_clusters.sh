#!/bin/sh
# Studies of all kinds of workers as they came out: of groups, behind links, of speeds of their own, with data that
# are not alike (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"

alike='workers=[{count: 4, compute: {law: gamma, shape: 4, mean: 1}}]'
apart='workers=[{count: 2, compute: {law: gamma, shape: 4, mean: 1}, minimum: [.4, -.2]}, {count: 1, compute: {law: exponential, mean: 3}, minimum: -.6}]'
spread='workers=[{count: 60, compute: {law: gamma, shape: 4, mean: 1}, spread: {law: gamma, shape: 9, mean: 1}}]'
even='workers=[{count: 4, compute: {law: constant, value: 1}, minimum: [.3, -.1, .2, .5]}]'
uneven='workers=[{count: 3, compute: {law: constant, value: 1}, minimum: .3}, {count: 1, compute: {law: constant, value: 2.5}, minimum: -.5}]'
heavy='workers=[{count: 12, compute: {law: lognormal, mean: 1, cv: 2.5}}]'
few='workers=[{count: 1, compute: {law: uniform, min: .5, max: 1.5}, minimum: .3}, {count: 1, compute: {law: weibull, shape: 2, mean: 2}, minimum: -.4}, {count: 1, compute: {law: constant, value: 1}}]'
cat > "$d/clusters" << 'END'
study $here/rules.yaml --set points=4 --set "$apart"
study $here/rules.yaml --set points=4 --set "$apart" --set 'algorithm={name: dude, step: .2}'
study $here/rules.yaml --set points=4 --set "$apart" --set 'algorithm={name: fedbuff, step: .2, k: 2}'
study $here/rules.yaml --set points=4 --set "$apart" --set 'algorithm={name: drop, step: .2, limit: 2}'
study $here/rules.yaml --set points=4 --set "$apart" --set workers_start=together --set objective.quadratic.minimum_spread=.4
study $here/rules.yaml --set points=4 --set "$spread" --set algorithm.step=.02
study $here/rules.yaml --set points=4 --set "$alike" --set 'uplink={kind: fifo, transfer: {law: exponential, mean: .2}}' --set 'downlink={kind: shared, bytes: 10, bandwidth: 100, latency: .05, compression: .5}'
study $here/rules.yaml --set points=4 --set "$apart" --set 'uplink={kind: {name: fifo, servers: 2}, transfer: {law: gamma, shape: 3, mean: .5}}'
study $here/rules.yaml --set points=4 --set "$alike" --set 'uplink={kind: {name: shared, capacity: 2}, transfer: {law: exponential, mean: .6}}' --set 'algorithm={name: asgd, step: .1, behaviour: {name: send_norm, delta: .3}}'
study $here/rules.yaml --set points=4 --set "$alike" --set 'sweep.workers=[1, 3, 8]' --level jump
study $here/rules.yaml --set points=4 --set "$alike" --set 'sweep.workers=[2, 30]' --level sde
predict $here/rules.yaml --set "$alike" --single-run
predict $here/rules.yaml --set "$apart" --single-run
simulate $here/rules.yaml --set points=4 --set 'workers=[{count: 3, compute: {law: gamma, shape: 4, mean: 1}, speed: {name: on_off, on: 4, off: 2, slow: .2}}, {count: 2, compute: {law: gamma, shape: 4, mean: 1}, speed: {name: drift, correlation: 5, spread: .4}}]'
simulate $here/rules.yaml --set points=4 --set 'workers=[{count: 3, compute: {law: gamma, shape: 4, mean: 1}, speed: {name: failure, working: 6, repair: 3}}, {count: 2, compute: {law: gamma, shape: 4, mean: 1}, speed: {name: windows, period: 5, open: .6, phase: .1, shift: .3}}]'
simulate $here/rules.yaml --set points=4 --set 'workers=[{count: 3, compute: {law: gamma, shape: 4, mean: 1}, speed: {name: straggler, worker: 1, factor: 4}}, {count: 2, compute: {law: gamma, shape: 4, mean: 1}, speed: schedule, speed_times: [0, 3, 9], speed_values: [1, .2, 2]}]'
study $here/rules.yaml --set points=4 --set "$alike" --set coherence=true --set algorithm.step=.4
validate $here/rules.yaml --set points=4 --set "$alike" --set replicas=24
predict $here/rules.yaml --set "$even" --set workers_start=together
predict $here/rules.yaml --set "$even" --set workers_start=together --set 'algorithm={name: dude, step: .2}'
predict $here/rules.yaml --set "$even" --set workers_start=together --set 'algorithm={name: fedbuff, step: .2, k: 2}'
predict $here/rules.yaml --set "$uneven" --set workers_start=together
predict $here/rules.yaml --set "$uneven" --set workers_start=together --set 'algorithm={name: dude, step: .2}'
predict $here/rules.yaml --set "$uneven" --set workers_start=together --set algorithm.step=.6
study $here/rules.yaml --set points=4 --set "$alike" --set 'objective={quadratic: {spectrum: {law: geometric, count: 60, smallest: .02}, noise: {additive: .1}}}'
study $here/rules.yaml --set points=4 --set "$apart" --set 'objective={quadratic: {spectrum: {law: power, count: 60, decay: .5}, minimum_spread: .3, noise: {additive: .1}}}'
study $here/rules.yaml --set points=4 --set "$alike" --set 'objective={quadratic: {spectrum: {law: power, count: 60, decay: .5}, noise: {additive: .1}}}' --set algorithm.step=.55 --set horizon=400
predict $here/rules.yaml --set "$alike" --set 'objective={tridiagonal: {dim: 300, noise: .1}}' --set 'algorithm={name: asgd, step: .1, behaviour: {name: send_norm, delta: .3}}'
predict $here/rules.yaml --set "$heavy"
predict $here/rules.yaml --set "$heavy" --set 'objective={quadratic: {spectrum: {law: power, count: 60, decay: .5}, noise: {additive: .1}}}'
predict $here/rules.yaml --set "$heavy" --set 'algorithm={name: drop, step: .05, limit: 9}'
predict $here/rules.yaml --set "$heavy" --set 'algorithm={name: stale_geometric, step: .03, mean: 2}'
study $here/rules.yaml --set points=4 --set "$few" --set 'algorithm={name: dude, step: .2}'
study $here/rules.yaml --set points=4 --set "$few" --set algorithm.step=1.2
validate $here/rules.yaml --set points=4 --set "$apart" --set replicas=24 --set 'algorithm={name: stale_uniform, step: .05, most: 2}'
written simulate $here/rules.yaml --set points=4 --set horizon=5 --set "$apart" --set 'uplink={kind: fifo, transfer: {law: exponential, mean: .2}}' --events $d/written
written simulate $here/rules.yaml --set points=4 --set horizon=4 --set "$apart" --set 'downlink={kind: shared, transfer: {law: exponential, mean: .2}}' --timeline $d/written --unit 2
END
same clusters
exit $bad
