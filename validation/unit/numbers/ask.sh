# ask.sh: numbers as they were. `same NAME` holds what the commands of $d/NAME, one a line, answer against
# validation/unit/numbers/NAME.txt, number by number. That they are right is shown elsewhere; here, that
# no change moves one that nobody meant to move. TARDIGRAD_NUMBERS=write writes them anew.
. "$(dirname "$0")/outside.sh"
here=$(dirname "$0")/numbers

# The answer, without where it comes from and where it lies; of `study` its tables
# (of the long ones each eighth row), after `words` what is said, after
# `written` the file $d/written; of a region its cells, and of the points of its lines how many there
# are and their sums.
answer() {
    case $1 in
    study\ *)
        rm -rf "$d/folder"
        eval "$t $1 --out $d/folder --quiet" 2>&1 < /dev/null
        for table in "$d"/folder/tables/*.csv; do
            echo "${table##*/}"
            grep -v '^#' "$table" | case $table in */gaps-* | */staleness-*) awk 'NR % 8 == 2' ;; *) cat ;; esac
        done | tr '\n' ';'
        ;;
    region\ *)
        rm -rf "$d/folder"
        eval "$t $1 --out $d/folder --quiet" 2>&1 < /dev/null
        grep -v '^#' "$d/folder/region.csv" | tr '\n' ';'
        for table in boundary fill; do
            grep -v '^#' "$d/folder/$table.csv" | awk -F, '
                NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; kind = c[c["kind"] ? "kind" : "side"]; next }
                { k = $1 " " $kind; x = $c["x"]; y = $c["y"] }
                x == "nan" { gaps[k]++; next }
                { n[k]++; sx[k] += x; sy[k] += y; sxy[k] += x * y
                  if (c["unstable_left"]) { l[k] += $c["unstable_left"] == "nan" ? -1 : $c["unstable_left"]; r[k] += $c["unstable_right"] == "nan" ? -1 : $c["unstable_right"] } }
                END { for (k in n) printf "%s %d %d %d %d %.12g %.12g %.12g\n", k, n[k], gaps[k], l[k], r[k], sx[k], sy[k], sxy[k] }' |
                LC_ALL=C sort | tr '\n' ';'
        done
        ;;
    written\ *)
        eval "$t ${1#written } --quiet" > /dev/null 2>&1 < /dev/null
        grep -v '^#' "$d/written" | tr -s ' \n' ' '
        ;;
    words\ *) eval "$t ${1#words }" 2>&1 < /dev/null | tr -s ' \n' ' ' ;;
    *) eval "$t $1 --json --quiet" 2>&1 < /dev/null | sed '/^ "provenance": {/,/^ },/d' | tr -d ' \n' ;;
    esac | sed "s|$d/||g"
    echo
}

same() {
    while read -r command; do
        echo "\$ tardigrad $command"
        answer "$command"
    done < "$d/$1" > "$d/$1.txt"
    if [ "$TARDIGRAD_NUMBERS" = write ]; then
        cp "$d/$1.txt" "$here/$1.txt"
    else
        awk -f "$here/near.awk" "$here/$1.txt" "$d/$1.txt" > "$d/differ" || { fail "numbers of $1"; head -20 "$d/differ"; }
    fi
}
