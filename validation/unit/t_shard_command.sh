#!/bin/sh
# Shards joined in any order, killed at any moment or computed by other instruction sets, are what one
# process writes, byte for byte; what does not belong together, or is not all there, is refused.
. "$(dirname "$0")/outside.sh"
. "$(dirname "$0")/blocks.sh"
build=$(dirname "$(dirname "$t")")

x='algorithm[0].step=0.001:0.1:20' y='workers[0].count=4:64:15'

# shards N COMMAND...: all of them, into o-1 ... o-N
shards() {
    n=$1
    shift
    for i in $(seq "$n"); do
        "$@" --shard "$i/$n" --out "o-$i" --quiet > /dev/null || fail "shard $i/$n of $*"
    done
}

# ---- the same bytes
for command in study simulate validate region; do
    set -- $command s.yaml
    [ $command = region ] && set -- "$@" --x "$x" --y "$y"
    (place whole-$command && $t "$@" --out o > said 2>&1) || fail "$command"
    (place joined-$command && shards 3 $t "$@" &&
     $t merge o-3 o-1 o-2 --out o > said 2>&1 && [ ! -e o.records ]) || fail "$command in shards"
    same "$d/whole-$command/o" "$d/joined-$command/o" "$command in shards"
done
(place lone && $t simulate s.yaml --shard=1/1 --out=a --threads 1 --quiet > /dev/null &&
 $t merge a --out=o --quiet) || fail "a single shard"
grep -v '^# command' "$d/lone/o/simulation.csv" > "$d/a"
grep -v '^# command' "$d/whole-simulate/o/simulation.csv" | cmp -s - "$d/a" || fail "one shard: other numbers"
(place many && shards 7 $t validate s.yaml --set replicas=3 > /dev/null &&
 $t merge o-* --out o --quiet) || fail "more shards than some stages have blocks"

# ---- other instruction sets, where they have been built
for other in "$build"/cc-avx2/tardigrad "$build"/cc-plain/tardigrad; do
    [ -x "$other" ] || continue
    (place "isa-$(basename "$(dirname "$other")")" || exit 1
     $t simulate s.yaml --shard 1/3 --out o-1 --quiet
     $other simulate s.yaml --shard 2/3 --out o-2 --quiet
     $other simulate s.yaml --shard 3/3 --out o-3 --quiet
     $t merge o-2 o-1 o-3 --out o > said 2>&1) || fail "$other"
    same "$d/whole-simulate/o" "$d/isa-$(basename "$(dirname "$other")")/o" "$other"
done

# ---- twenty times killed
long='--set horizon=2500'
(place whole-long && $t simulate s.yaml $long --out o > said 2>&1) || fail "long"
place killed
kills=0 round=0
while [ $kills -lt 20 ] && [ $round -lt 200 ]; do
    round=$((round + 1)) i=$((round % 3 + 1))
    $t simulate s.yaml $long --shard $i/3 --out o-$i --resume --quiet > said 2>&1 &
    sleep "0.$(awk "BEGIN { srand($round); printf \"%02d\", 3 + rand() * 20 }")"
    kill -KILL $! 2> /dev/null && kills=$((kills + 1))
    wait $! 2> /dev/null
    [ $i = 3 ] && rm -rf o-3 # and begun anew, once it is done
done
[ $kills = 20 ] || fail "killed $kills times"
for i in 1 2 3; do
    $t simulate s.yaml $long --shard $i/3 --out o-$i --resume --quiet > /dev/null || fail "after kills"
done
$t merge o-1 o-2 o-3 --out o > said 2>&1 || fail "merge after kills"
same "$d/whole-long/o" o "20 times killed"

# ---- what a killed shard has finished is of use; a stop on request
place stopped
for delay in .2 .3 .5 1; do
    timeout -s INT $delay $t simulate s.yaml $long --shard 1/2 --out o-1 --threads 1 2> said
    status=$?
    [ -s o-1.records ] && break
done
[ $status = 130 ] || [ $status = 124 ] || fail "stopped: $status"
grep -q -- '--resume goes on' said || fail "a stop says: $(cat said)"
# two signals at once are one stop
mkdir twice && cp s.yaml twice && cd twice || exit 1
env --default-signal=INT "$t" simulate s.yaml $long --shard 1/2 --out o-1 --threads 1 2> said &
sleep .3
kill -INT $! && kill -INT $!
wait $!
[ $? = 130 ] && grep -q -- '--resume goes on' said || fail "stopped twice: $(cat said)"
cd .. || exit 1
$t simulate s.yaml $long --shard 2/2 --out o-2 --quiet > /dev/null
says 2 'shard 1/2 is not complete' $t merge o-1 o-2 --out o
[ -e o ] && fail "half of a result"
$t simulate s.yaml $long --shard 1/2 --out o-1 --resume --quiet > /dev/null || fail "after a stop"
$t merge o-1 o-2 --out o > said 2>&1 || fail "merge after a stop"
same "$d/whole-long/o" o "stopped"

# ---- a full disk: what there is room for is kept, and the rest comes later
place full
(ulimit -f 2000; says 1 'cannot be kept' $t simulate s.yaml --shard 1/1 --out o-1 --quiet; exit $bad) || bad=1
[ -e o-1 ] && fail "a shard that could not be written"
$t simulate s.yaml --shard 1/1 --out o-1 --resume > said 2>&1 || fail "after a full disk"
grep -q '^[1-9][0-9]* blocks were finished before' said || fail "nothing was kept: $(cat said)"
$t merge o-1 --out o > said 2>&1 || fail "merge after a full disk"
same "$d/whole-simulate/o" o "full disk"

# ---- what does not belong together
cd "$d/joined-simulate" || exit 1
for wrong in 4/3 0/3 -1/3 1/0 1 x/3 1/3/2 1/ /3 1.5/3 99999999999999999999/3 1/2000000; do
    says 2 "--shard: expected I/N" $t simulate s.yaml --shard "$wrong" --out w --quiet
done
says 2 '--shard needs --out' $t simulate s.yaml --shard 1/3
says 2 '--shard needs --out' $t study s.yaml --shard 1/3
says 2 'unknown option --shard' $t predict s.yaml --shard 1/3 --out w
says 2 'shard 2/3 is not there' $t merge o-1 o-3 --out m
says 2 '96 of 288 blocks are missing: 1, 4, 7, 10' $t merge o-1 o-3 --out m
says 2 'expected folders of shards' $t merge --out m
says 2 'expected --out' $t merge o-1
says 2 'No such file' $t merge o-1 o-4 --out m
says 2 'No such file' $t merge nothing --out m
echo 'a table of mine, and no records' > mine
says 2 'something else than records' $t merge o-1 mine --out m
for change in seed=4:seed horizon=61:horizon workers[0].count=17:workers; do
    $t simulate s.yaml --set "${change%:*}" --shard 2/3 --out other --quiet > /dev/null
    says 2 "there \"${change#*:}" $t merge o-1 other o-3 --out m
done
$t validate s.yaml --shard 2/3 --out other --quiet > /dev/null
says 2 'there "command: validate", here "command: simulate"' $t merge o-1 other o-3 --out m
$t validate s.yaml --level sde --shard 1/3 --out other-1 --quiet > /dev/null
says 2 'here "--level: sde"' $t merge other-1 other --out m
$t simulate s.yaml --shard 1/2 --out half --quiet > /dev/null
$t merge o-1 o-2 half o-3 --out m > /dev/null 2> said || fail "overlapping shards that agree"
grep -q '144 blocks are in more than one shard, with the same bytes' said || fail "overlap: $(cat said)"
sed '1d; s/simulate-*[a-z]*//' m/simulation.csv > a
sed '1d; s/simulate-*[a-z]*//' o/simulation.csv | cmp -s - a || fail "overlapping shards: other numbers"

# A block that was changed, and its checksum with it; a version that was; records that were cut.
cat > forge.py <<'END'
import struct, sys, zlib
kind, source, to = sys.argv[1:]
data, at, n = bytearray(open(source, "rb").read()), 16, 0
while at < len(data):
    size, number, total = struct.unpack_from("<QQQ", data, at)
    if kind == "block" and n == 5: data[at + 24 + 100] ^= 1
    if kind == "version" and n == 0:
        i = data.index(b"version: ", at) + 9
        data[i:i + 1] = b"9"
    struct.pack_into("<Q", data, at + 16, zlib.crc32(data[at:at + 16] + data[at + 24:at + 24 + size]))
    at, n = at + 24 + size, n + 1
open(to, "wb").write(data)
END
python3 forge.py none half/shard.records forged && cmp -s half/shard.records forged || fail "forge"
python3 forge.py block half/shard.records forged
says 2 'with other bytes, in a folder before it' $t merge o-1 o-2 o-3 forged --out m
python3 forge.py version o-2/shard.records forged
says 2 'there "version: 9' $t merge o-1 forged o-3 --out m
size=$(wc -c < o-2/shard.records)
for cut in 10 20 100 $((size / 2)) $((size - 1)); do
    head -c $cut o-2/shard.records > cut
    if [ $cut -lt 101 ]; then
        says 2 'not whole' $t merge o-1 cut o-3 --out m
    else
        says 2 'cut was cut or damaged after block' $t merge o-1 cut o-3 --out m
    fi
done
sed -i 's/horizon: 60/horizon: 59/' s.yaml
says 2 'there "horizon: 60", here "horizon: 59"' $t merge o-1 o-2 o-3 --out m
$t simulate s.yaml --shard 3/3 --out o-3 --quiet > /dev/null
says 2 'there "horizon: 60", here "horizon: 59"' $t merge o-3 o-1 o-2 --out m
rm s.yaml
says 2 's.yaml' $t merge o-1 o-2 o-3 --out m
exit $bad
