#!/bin/sh
# Topics of documents from a study to its tables: planted ones are found, by count differences under staleness by
# decree and by asgd; the same bytes for any threads; what is wrong is told with its place.
. "$(dirname "$0")/outside.sh"

cat > "$d/lda.yaml" <<'END'
name: topics
objective:
  lda:
    synthetic: {documents: 200, words: 60, topics: 5, length: 60}
    topics: 5
workers: {count: 4, compute: {law: constant, value: 1}}
workers_start: together
algorithm:
  - {name: stale_uniform, most: 0, step: 1}
  - {name: stale_uniform, most: 8, step: 1}
  - {name: asgd, step: 1}
horizon: 80
points: 5
replicas: 3
END
$t study "$d/lda.yaml" --out "$d/a" --threads 1 --quiet || fail "study"
TARDIGRAD_THREADS=4 $t study "$d/lda.yaml" --out "$d/b" --quiet || fail "study, 4 threads"
for a in stale_uniform stale_uniform-2 asgd; do
    progress="$d/a/tables/progress-$a.csv"
    grep -v '^#' "$progress" > "$d/1"
    grep -v '^#' "$d/b/tables/progress-$a.csv" | cmp -s - "$d/1" || fail "$a: other bytes for other threads"
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        NR == 2 { loss = $c["loss"]; score = $c["score"] }
        END { exit !(score < .6 && $c["score"] > .85 && $c["loss"] < loss - 40) }' "$d/1" ||
        fail "$a does not find the planted topics: $(cat "$d/1")"
done
# stale counts cost time: at the first look the late ones are behind
at() { awk -F, -v row="$2" '!/^#/ && n++ == row + 1 { print $2 }' "$d/a/tables/progress-$1.csv"; }
near "$(at stale_uniform 0)" "$(at stale_uniform-2 0)" 0 'they begin alike'
awk "BEGIN { exit !($(at stale_uniform-2 1) > $(at stale_uniform 1)) }" || fail "staleness costs nothing"

# ---- UCI's bag of words: of one topic log p(w) is that of Polya's urn, here with beta = 1
cat > "$d/docword.txt" <<'END'
3
4
6
1 1 5
1 3 2
2 2 1
2 3 7
3 1 1
3 3 4
END
bag='objective={lda: {bag_of_words: docword.txt, topics: 1, beta: 1}}'
$t study "$d/lda.yaml" --set "$bag" --set workers[0].count=2 --set horizon=1 --out "$d/c" --quiet || fail "bag of words"
near "$(last "$d/c/tables/progress-asgd.csv" loss)" "$(awk 'function lg(n,  s) { while (n > 2) s += log(--n); return s + 0 }
    NR > 3 { n[$2] += $3; all += $3 }
    END { s = lg(4) - lg(4 + all); for (w in n) s += lg(n[w] + 1); printf "%.17g", -s / 3 }' "$d/docword.txt")" 1e-12 "Polya's urn"

# ---- a folder of texts
mkdir "$d/texts"
echo "The cat and the dog" > "$d/texts/1"
echo "Stars, and more stars" > "$d/texts/2"
$t simulate "$d/lda.yaml" --set 'objective={lda: {texts: texts, topics: 2}}' --set workers[0].count=2 --quiet > /dev/null ||
    fail "texts"

# ---- what is wrong
sed '3s/6/7/' "$d/docword.txt" > "$d/cut.txt"
says 2 'cut.txt:10: ends too early' $t simulate "$d/lda.yaml" --set 'objective={lda: {bag_of_words: cut.txt}}'
: > "$d/empty"
says 2 'is empty' $t simulate "$d/lda.yaml" --set 'objective={lda: {bag_of_words: empty}}'
mkdir "$d/none"
says 2 'holds no texts' $t simulate "$d/lda.yaml" --set 'objective={lda: {texts: none}}'
says 2 'expected either bag_of_words, texts or synthetic' $t simulate "$d/lda.yaml" --set 'objective={lda: {topics: 2}}'
says 2 '20000 topics are too many for 12000 tokens' $t simulate "$d/lda.yaml" --set objective.lda.topics=20000
says 2 '200 documents cannot be split over 300 workers' $t simulate "$d/lda.yaml" --set workers[0].count=300
for how in step=.5 clip=1 optimiser=adam weight_decay=.1 'schedule={name: constant, warmup: 3}' name=sync \
    'behaviour={name: local_steps, steps: 2, rate: 1}'; do
    says 2 'counts move by whole differences' $t simulate "$d/lda.yaml" --set "algorithm[2].$how"
done
says 2 'theory does not know the objective lda' $t predict "$d/lda.yaml" --set 'algorithm={name: asgd, step: 1}'
says 2 'cannot be run live' $t live "$d/lda.yaml" --set 'algorithm={name: asgd, step: 1}' --seconds 1
exit $bad
