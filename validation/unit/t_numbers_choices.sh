#!/bin/sh
# What is best, and why it fails, as it was told (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"

alike='workers=[{count: 4, compute: {law: gamma, shape: 4, mean: 1}}]'
cat > "$d/choices" << 'END'
schedule $here/rules.yaml --set "$alike" --set 'sweep.workers=[1, 4]' --set schedule.steps=4 --set target.loss=.05
schedule $here/rules.yaml --set "$alike" --set 'sweep.workers=[2, 6]' --set schedule.steps=3 --set schedule.least=gradients --set 'schedule.targets=[.2, .1]'
schedule $here/rules.yaml --set "$alike" --set 'sweep.workers=[2, 6]' --set schedule.steps=3 --set schedule.least=price --set schedule.price=2 --set 'schedule.step=[.01, .1]'
schedule $here/rules.yaml --set "$alike" --set 'sweep.workers=[3]' --set schedule.steps=3 --set 'algorithm={name: fedbuff, step: .2, k: 2}' --choices
schedule $here/rules.yaml --set "$alike" --set 'sweep.workers=[3]' --set schedule.steps=2 --set 'algorithm={name: asgd, step: .1, behaviour: {name: send_norm, delta: .2}}'
schedule $here/rules.yaml --set "$alike" --set 'sweep.workers=[3]' --set schedule.steps=2 --set schedule.least=bytes --set 'uplink={kind: fifo, bytes: 10, bandwidth: 60}' --set 'algorithm={name: asgd, step: .1, behaviour: {name: send_norm, delta: .2}}' --set target.loss=.05
explain --largest-eigenvalue 3 --step .2 --workers 4 --single-run
explain --largest-eigenvalue 3 --step .05 --workers 6 --rule '{name: fedbuff, k: 4}'
explain --largest-eigenvalue 3 --step .05 --workers 6 --momentum .8
slowdown $here/rules.yaml --set "$alike" --over 'algorithm[].step=.05,.1,.2'
END
same choices
exit $bad
