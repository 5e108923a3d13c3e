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
