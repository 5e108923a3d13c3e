#!/bin/sh
# Roots as they were found: of every law and filter, of loops, rectangles, loci, systems, groups of workers and
# charts, with their multiplicities, counts, proofs and errors (numbers/ask.sh).
. "$(dirname "$0")/numbers/ask.sh"

while read -r line law; do
    echo "roots --law '{$law}' --damping 1.5 --instant .2 --right-of $line"
    case $law in *_normal* | *weibull* | *pareto* | *lognormal*) proof= ;; *) proof=--rigorous ;; esac
    echo "roots --law '{$law}' --damping 12 --inside $line:3:-.5:9 $proof"
done > "$d/laws" << 'END'
-1.5 law: constant, value: 1
-.7 law: exponential, mean: 1
-1 law: shifted_exponential, shift: .4, mean: .6
-1.2 law: uniform, min: .5, max: 1.5
-1.6 law: gamma, shape: 3, mean: 1
-1.6 law: erlang, stages: 4, mean: 1
-1.5 law: half_normal, sd: 1
-1 law: truncated_normal, mu: 1, sd: .4
-1 law: weibull, shape: 2, mean: 1
0 law: lognormal, mean: 1, cv: .7
0 law: pareto, shape: 3, mean: 1
-1 law: pareto, shape: 1.4, mean: 1, at_most: 10
-.6 mixture: [{weight: .7, law: exponential, mean: .8}, {weight: .3, law: constant, value: 2}]
-.8 sum: [{law: exponential, mean: .5}, {law: uniform, min: .2, max: .8}]
END
same laws

cat > "$d/filters" << 'END'
roots --law '{law: constant, value: 1}' --damping .36787944117144233 --right-of -1.5
roots --law '{law: constant, value: 1}' --damping 1.5707963267948966 --right-of 0
roots --law '{law: constant, value: 1}' --damping 1.5707963267948966 --inside -1:0:-3:3
roots --law '{law: constant, value: 2}' --damping 3 --instant -.5 --right-of -1
roots --law '{law: gamma, shape: 4, mean: 1}' --damping 1e-9 --right-of -1
roots --law '{law: gamma, shape: 4, mean: 1}' --damping 0 --instant .3 --right-of -2
roots --law '{law: exponential, mean: 1}' --damping 1e6 --right-of -.9
roots --law '{law: gamma, shape: 2, mean: 1}' --damping 2 --filter dude --lambda 6 --right-of -1.5
roots --law '{law: constant, value: 1}' --damping 2 --filter dude --lambda 6 --right-of -1.5
roots --law '{law: gamma, shape: 4, mean: 1}' --damping 1 --filter fedbuff --lambda 6 --param 4 --right-of -2 --rigorous
roots --law '{law: lognormal, mean: 1, cv: .5}' --damping 9 --filter fedbuff --lambda 6 --param 3 --right-of 0
roots --law '{law: gamma, shape: 4, mean: 1}' --damping 1 --filter heavy_ball --lambda 5 --param .7 --right-of -2 --rigorous
roots --law '{law: uniform, min: .2, max: 1}' --damping 1 --filter heavy_ball --lambda 5 --param .9 --inside -.5:1:-6:6
roots --law '{law: gamma, shape: 4, mean: 1}' --damping 1 --filter nesterov --lambda 5 --param .7 --right-of -2
roots --law '{law: constant, value: 1}' --damping 1 --filter nesterov --lambda 5 --param .9 --right-of -.5 --rigorous
roots --law '{law: constant, value: 1}' --along damping=.05:2:7
roots --law '{law: gamma, shape: 3, mean: 1}' --damping 2 --along instant=-.5:2:5
roots --law '{law: gamma, shape: 3, mean: 1}' --damping 2 --filter heavy_ball --lambda 5 --param .5 --along param=.1:.9:5
roots --law '{law: gamma, shape: 3, mean: 1}' --damping 2 --filter fedbuff --lambda 5 --param 3 --along lambda=1:20:5:log
roots --law '{law: lognormal, mean: 1, cv: .5}' --damping 30
roots --law '{law: half_normal, sd: 1}' --damping .1
END
same filters

cat > "$d/s.yaml" << 'END'
instant: [[-1, 0.5], [0, -2]]
terms:
  - {delay: {law: constant, value: 1}, matrix: [[-1, 0], [0.2, -0.5]]}
  - {delay: {law: gamma, shape: 3, mean: 0.5}, matrix: [[0, 0.3], [-0.4, 0]]}
END
cat > "$d/three.yaml" << 'END'
instant: [[0, 1, 0], [-1, -.2, .1], [.3, 0, -.7]]
terms:
  - {delay: {law: uniform, min: .4, max: 1.2}, matrix: [[0, 0, .5], [-.3, -.6, 0], [0, .2, -1]]}
  - {delay: {law: exponential, mean: .3}, matrix: [[-1, 0, 0], [0, 0, 0], [0, .4, 0]]}
END
cat > "$d/twice.yaml" << 'END'
terms: [{delay: {law: constant, value: 1}, matrix: [[-.36787944117144233, 0], [0, -.36787944117144233]]}]
END
cat > "$d/beside.yaml" << 'END'
instant: [[0, 0, 0], [.1, 0, 0], [0, 0, -.2]]
terms:
  - {delay: {law: constant, value: 1}, matrix: [[-.36787944117144233, 0, 0], [0, -.36787944117144233, 0], [.5, 0, -.9]]}
END
cat > "$d/chain.yaml" << 'END'
instant: [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-.5, -.3, -2, -.4]]
terms:
  - {delay: {law: uniform, min: .5, max: 1}, matrix: [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [-1, -.5, .2, -.1]]}
  - {delay: {law: constant, value: .3}, matrix: [[0, 0, 0, 0], [0, -.2, 0, 0], [0, 0, 0, 0], [0, .5, 0, -.3]]}
END
cat > "$d/systems" << 'END'
roots --system $d/s.yaml --right-of -2
roots --system $d/three.yaml --right-of -1
roots --system $d/twice.yaml --right-of -1.2
roots --system $d/beside.yaml --right-of -2
roots --system $d/chain.yaml --right-of -1.5
roots --system $d/chain.yaml --right-of 0
END
same systems

four='workers=[{count: 4, compute: {law: gamma, shape: 4, mean: 1}}]'
groups='workers=[{count: 3, compute: {law: gamma, shape: 2, mean: 1}}, {count: 1, compute: {law: exponential, mean: 3}}]'
constant='workers=[{count: 5, compute: {law: constant, value: 1}}]'
cat > "$d/studies" << 'END'
roots $here/rules.yaml --set "$four"
roots $here/rules.yaml --set "$four" --rigorous --set algorithm.step=1.5
roots $here/rules.yaml --set "$four" --right-of -.5
roots $here/rules.yaml --set "$four" --inside -1:.5:0:8
roots $here/rules.yaml --set "$groups" --right-of -.07
roots $here/rules.yaml --set "$groups" --level jump
roots $here/rules.yaml --set "$constant" --level sde
roots $here/rules.yaml --set "$constant"
roots $here/rules.yaml --set "$four" --set 'algorithm={name: dude, step: .3}'
roots $here/rules.yaml --set "$groups" --set algorithm.step=2
roots $here/rules.yaml --set "$four" --along algorithm.step=.05:2:6
roots $here/rules.yaml --level sde --set 'workers=[{count: 20, compute: {law: lognormal, mean: 1, cv: .8}}]' --along 'workers[0].count=4:40:4'
END
same studies

while read -r count law; do
    echo "roots $here/rules.yaml --set points=2 --set 'workers=[{count: $count, compute: {$law}}]' --along algorithm.step=.05:4:6:log"
done > "$d/corrected" << 'END'
2 law: uniform, min: .5, max: 1.5
3 law: gamma, shape: 2, mean: 1
5 law: gamma, shape: 9, mean: 1
4 law: truncated_normal, mu: 1, sd: .2
7 law: weibull, shape: 3, mean: 1
6 law: erlang, stages: 3, mean: 1
END
same corrected

cat > "$d/regions" << 'END'
region $here/rules.yaml --set "$four" --x algorithm.step=.1:3:7 --y 'workers[0].compute.shape=1:8:5'
region $here/rules.yaml --set "$four" --x 'workers[0].count=1:16:6:log' --y algorithm.step=.05:3:6:log
region $here/rules.yaml --set "$groups" --x 'workers[1].compute.mean=1:9:4' --y algorithm.step=.05:1:6
region $here/rules.yaml --set "$constant" --set 'algorithm={name: dude, step: .3}' --x algorithm.step=.1:1:6 --y 'workers[0].compute.value=.5:2:4'
region $here/rules.yaml --set 'workers=[{count: 40, compute: {law: lognormal, mean: 1, cv: .8}}]' --x algorithm.step=.01:.2:7 --y 'workers[0].compute.cv=.1:1:4'
region $here/rules.yaml --set 'workers=[{count: 9, compute: {law: pareto, shape: 2.5, mean: 1}}]' --x algorithm.step=.003:9:8:log --y 'workers[0].compute.shape=1.6:4:3'
region $here/rules.yaml --set 'workers=[{count: 9, compute: {law: half_normal, sd: 1}}]' --x algorithm.step=.003:9:8:log --y 'workers[0].compute.sd=.2:4:3:log'
region $here/rules.yaml --set 'workers=[{count: 9, compute: {law: truncated_normal, mu: 1, sd: .2}}]' --x algorithm.step=.003:9:8:log --y 'workers[0].compute.sd=.02:2:3:log'
region $here/rules.yaml --set 'workers=[{count: 9, compute: {law: weibull, shape: 1, mean: 1}}]' --x algorithm.step=.003:9:8:log --y 'workers[0].compute.shape=.5:6:4:log'
END
same regions
exit $bad
