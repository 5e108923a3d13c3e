# ask.sh: numbers as they were. `same NAME` holds what the commands of $d/NAME, one a line, answer against
# validation/unit/numbers/NAME.txt, number by number. That they are right is shown elsewhere; here, that
# no change moves one that nobody meant to move. TARDIGRAD_NUMBERS=write writes them anew.
. "$(dirname "$0")/outside.sh"
here=$(dirname "$0")/numbers

same() {
    while read -r command; do
        echo "\$ tardigrad $command"
        # the answer, without where it comes from
        eval "$t $command --json --quiet" 2>&1 < /dev/null | sed '/^ "provenance": {/,/^ },/d' | tr -d ' \n'
        echo
    done < "$d/$1" > "$d/$1.txt"
    if [ "$TARDIGRAD_NUMBERS" = write ]; then
        cp "$d/$1.txt" "$here/$1.txt"
    else
        awk -f "$here/near.awk" "$here/$1.txt" "$d/$1.txt" > "$d/differ" || { fail "numbers of $1"; head -20 "$d/differ"; }
    fi
}
