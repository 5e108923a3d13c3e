# outside: what every test of the command from outside begins with (sourced). Gives $t, the
# command as an absolute path; $d, a folder of the test's own; $bad, its exit status so far.
t=${TARDIGRAD:-build/cc/tardigrad}
case $t in /*) ;; *) t=$PWD/$t ;; esac
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
bad=0

fail() {
    echo "FAILED: $*"
    bad=1
}

# says STATUS WORDS COMMAND...: exit status, and one line on stderr that holds the words
says() {
    status=$1 words=$2
    shift 2
    "$@" > "$d/stdout" 2> "$d/stderr"
    got=$?
    [ $got = "$status" ] || fail "exit $got instead of $status: $*"
    [ "$(wc -l < "$d/stderr")" = 1 ] || fail "not one line on stderr: $*: $(cat "$d/stderr")"
    grep -qF -- "$words" "$d/stderr" || fail "\"$words\" is not in: $(cat "$d/stderr")"
}

# near VALUE EXPECTED TOLERANCE WHAT
near() {
    awk "BEGIN { d = ($1) - ($2); exit !(d * d <= ($3) * ($3)) }" ||
        fail "$4: $1 is not within $3 of $2"
}

# last FILE COLUMN: a cell of a table's last row
last() {
    awk -F, -v name="$2" '/^#/ { next }
        !c { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        { v = $c } END { print v }' "$1"
}

# note FILE KEY: a provenance line
note() {
    sed -n "s/^# $2: *//p" "$1"
}
