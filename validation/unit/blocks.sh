# What tests of shards and ranks compute: included by them, after outside.sh.
cat > "$d/s.yaml" <<'END'
name: long
seed: 3
workers: [{count: 16, compute: {law: gamma, shape: 4, mean: 1}}]
objective: {quadratic: {eigenvalues: [1, .5], noise: {additive: .3}}}
algorithm: [{name: asgd, step: .05}, {name: dude, step: .05}]
target: {loss: .1}
horizon: 60
replicas: 60
points: 50
sweep: {workers: [4, 8]}
END

# The same words in folders of their own, for the command line is part of what is written.
place() {
    mkdir "$d/$1" && cp "$d/s.yaml" "$d/$1" && cd "$d/$1" || exit 1
}

same() {
    diff -r "$1" "$2" > "$d/differences" || fail "$3: $(head -n 3 "$d/differences")"
}
