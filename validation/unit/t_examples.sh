#!/bin/sh
# Every example runs as it is, but with few replicas, and shows what its comment speaks of. Those that
# need data run where there are some (TARDIGRAD_DATA).
. "$(dirname "$0")/outside.sh"

# cell TABLE ALGORITHM COLUMN: of the first row of that algorithm
cell() {
    awk -F, -v rule="$2" -v name="$3" '/^#/ { next }
        !c { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        $1 == rule { print $c; exit }' "$d/$1/tables/simulation.csv"
}

# extreme STUDY ALGORITHM COLUMN: the largest in the table of its workers
extreme() {
    awk -F, -v name="$3" '/^#/ { next }
        !c { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        $c > m { m = $c } END { print m + 0 }' "$d/$1/tables/workers-$2.csv"
}

holds() {
    awk "BEGIN { exit !($1) }" || fail "not so: $1 ($2)"
}

for f in examples/*.yaml examples/*/*.yaml; do
    name=$(sed -n 's/^name: //p' "$f")
    case $f in
    */$name.yaml | examples/worker-log/*) ;;
    *) fail "$f is called $name" ;;
    esac
    [ -n "$TARDIGRAD_DATA" ] || ! grep -q TARDIGRAD_DATA "$f" || continue
    case $f in
    examples/gallery/*) # whole by make gallery
        $t simulate "$f" --set replicas=2 --quiet > "$d/log" 2>&1 || fail "$f: $(cat "$d/log")"
        continue
        ;;
    esac
    $t study "$f" --set replicas=8 --quiet --out "$d/$name" > "$d/log" 2>&1 ||
        fail "$f: $(cat "$d/log")"
done

s=staleness-limits
holds "$(extreme $s wait largest_delay) <= 20" 'who waits is not staler than the limit'
holds "$(extreme $s ringmaster largest_delay) < 20" 'work of staleness R is ended'
holds "$(extreme $s ringmaster aborted) > 0" 'and was there'
holds "$(extreme $s asgd largest_delay) > 40" 'without a limit it is'
for r in drop ringmaster delay_adaptive; do
    holds "$(cell $s $r settle) < $(cell $s wait settle) / 2" "waiting is slower than $r"
done
s=rounds-and-buffers
holds "$(cell $s fedbuff settle) < .8 * $(cell $s k_sync settle)" 'nobody waits for a buffer'
holds "$(cell $s k_sync late_loss) < .5 * $(cell $s sync late_loss)" 'the last are waited for'

# ---- 500 MB/s are not exceeded, and used while anybody waits; compression is a factor of bytes
p="$d/uplink/tables/progress-asgd.csv"
sent=$(last "$p" bytes_up)
holds "$sent <= 120 * 500e6 && $sent > .93 * 120 * 500e6" 'the card is full'
near "$sent / $(last "$p" applied)" 40e6 1 'bytes a gradient'
for set in uplink.kind=shared uplink.compression=0.1; do
    $t study examples/uplink.yaml --set replicas=8 --set $set --quiet --out "$d/u" || fail "$set"
    q="$d/u/tables/progress-asgd.csv"
    case $set in
    # processor sharing does not see the laws: a closed loop of 16, by mean values (Reiser, Lavenberg 1980)
    *shared) near "$(last "$q" bytes_up) / 40e6 / 120" "$(awk 'BEGIN { for (n = 1; n <= 16; n++) {
            r = .08 * (1 + q); x = n / (1 + .001 + .081 + r); q = x * r }; print x }')" .15 'shared card' ;;
    *) near "$(last "$q" bytes_up) / $(last "$q" applied)" 4e6 .1 'compressed' ;;
    esac
done

# ---- a network of workers with classes of their own, half of them slow
score() {
    last "$d/network/tables/progress-$1.csv" score
}
holds "$(score dude) > $(score asgd) && $(score asgd) > 1.2 * $(score sync)" 'who hears all learns more, who waits little'

# ---- factors bear staleness at a price, and plain steps bear it better than Adam's
s=factorisation
r=stale_uniform
holds "$(cell $s $r settle) < $(cell $s $r-2 settle) && $(cell $s $r-2 settle) < $(cell $s $r-3 settle)" 'the staler the slower'
holds "$(last "$d/$s/tables/progress-$r-3.csv" score) > .98" 'they are found all the same'
holds "$(last "$d/$s/tables/progress-$r-5.csv" loss) > 2 * $(last "$d/$s/tables/progress-$r-4.csv" loss)" 'not by Adam'

# ---- topics bear staleness at a price too, and asgd's staleness of some 7 updates is nothing beside 8 rounds
s=lda
holds "$(cell $s $r settle) < $(cell $s $r-2 settle) && $(cell $s $r-2 settle) < $(cell $s $r-3 settle)" 'the staler the slower'
holds "$(cell $s asgd settle) < $(cell $s $r-2 settle)" 'asgd is as fast as in step'
holds "$(last "$d/$s/tables/progress-$r-3.csv" score) > .75" 'topics are found all the same'

# ---- what is not sent was computed all the same
s=send-worth
for r in asgd dude; do
    p="$d/$s/tables/progress-$r"
    near "$(last "$p-2.csv" gradients) / $(last "$p.csv" gradients)" 1 1e-12 'gradients'
    holds "$(last "$p-2.csv" bytes_up) < .8 * $(last "$p.csv" bytes_up)" 'fewer bytes'
    holds "$(extreme $s $r-2 skipped) > 0" 'some are kept'
done

# ---- windows of a third, of workers of rate 1; who fails every 20 jobs loses a fifth of the time
p="$d/unreliable/tables/workers-asgd.csv"
awk -F, '!/^#/ && $1 ~ /^[0-9]/ { sum[int($1 / 4)] += $2 / 4 / 240 }
    END { exit !(sum[0] > .95 && sum[0] < 1.05 && sum[1] > .7 && sum[1] < .85 && sum[2] < .8 && sum[2] > .66 &&
                 sum[3] > .3 && sum[3] < .37) }' "$p" || fail "rates of unreliable workers"

# ---- machines without repair; a rule that theory does not know has no figure of roots, and all else
u=examples/unreliable.yaml
$t study $u --set replicas=8 --set 'workers[1].speed={name: failure, working: 0.001, repair: inf}' \
    --set 'sweep={workers: [8, 16]}' --quiet --out "$d/gone" > "$d/log" 2>&1 || fail "sweep: $(cat "$d/log")"
awk -F, '!/^#/ && $1 >= 4 && $1 < 8 && $2 > 0 { exit 1 }' "$d/gone/tables/workers-asgd.csv" ||
    fail "who never comes back delivers"
[ -s "$d/gone/figures/workers-asgd.svg" ] && [ ! -e "$d/gone/figures/roots-asgd.svg" ] || fail "figures of a sweep"
says 2 'speed: failure needs repair' $t simulate $u --set 'workers[1].speed={name: failure, working: 20}'
says 2 'workers[0].speed:1:1: speed: schedule needs a list' $t simulate $u --set 'workers[0].speed=schedule'
says 2 'expected a finite number' $t simulate $u --set horizon=inf
says 2 '> 0 and' $t simulate $u --set 'workers[3].speed={name: windows, period: inf, open: 0.5}'

s=semi-asynchronous
for r in dude dude-2 dude-3; do
    holds "$(cell $s $r late_loss) < $(cell $s asgd late_loss) / 10" "$r has no bias"
done
holds "$(cell uneven k_sync settle) < 1e9 && $(cell uneven sync updates) < $(cell uneven k_sync updates) / 3" \
    'one straggler holds up a round'
holds "$(extreme local-steps local delivered) >= 45" 'jobs of 20 steps'

# ---- the recorded day again, event for event
$t simulate examples/replay/recorded.yaml --events "$d/events.csv" --quiet --out "$d/one" || fail record
sed 's|events.csv|'"$d/events.csv|" examples/replay/replay.yaml > "$d/again.yaml"
$t simulate "$d/again.yaml" --quiet --out "$d/two" || fail replay
for c in loss staleness updates; do
    a=$(awk -F, -v n=$c '/^#/ { next } !k { for (i = 1; i <= NF; i++) if ($i == n) k = i; next } { print $k; exit }' \
        "$d/one/simulation.csv")
    b=$(awk -F, -v n=$c '/^#/ { next } !k { for (i = 1; i <= NF; i++) if ($i == n) k = i; next } { print $k; exit }' \
        "$d/two/simulation.csv")
    [ -n "$a" ] && [ "$a" = "$b" ] || fail "$c of the replayed run: $b instead of $a"
done
exit $bad
