#!/bin/sh
# The inputs that fuzzers found, and some that are right, through the reader they were found
# with; then whole and with a mutated end through the command itself.
. "$(dirname "$0")/outside.sh"
corpus=$PWD/validation/fuzz/corpus
fuzz=$(dirname "$t")/validation/fuzz
for folder in "$corpus"/*/; do
    name=$(basename "$folder")
    "$fuzz/f_$name" "$folder"* 2> "$d/stderr" || fail "f_$name: $(tail -n 3 "$d/stderr")"
done

# take FILE COMMAND...: it ends within two seconds by itself, with a sentence if not with 0
take() {
    file=$1
    shift
    timeout 10 "$@" > /dev/null 2> "$d/stderr"
    got=$?
    [ $got -le 2 ] || fail "exit $got for $file: $*"
    [ $got = 0 ] || grep -q '^tardigrad: ' "$d/stderr" || fail "no sentence for $file: $*"
}

ends() { # FILE: as it is, cut short, and with bytes after it
    cp "$1" "$d/whole"
    head -c $(($(wc -c < "$1") * 2 / 3)) "$1" > "$d/short"
    (cat "$1"; printf '\n\377\0]}",:-') > "$d/long"
}

for folder in "$corpus"/*/; do
    for file in "$folder"*; do
        ends "$file"
        for form in "$d/whole" "$d/short" "$d/long"; do
            case $folder in
            */study/) take "$file" $t predict "$form" --set points=2 ;;
            */law/) take "$file" $t roots --law "$(tr -d '\0' < "$form")" --damping 1e-9 ;;
            */log/ | */chrome/ | */mllog/ | */slurm/ | */lines/) take "$file" $t fit "$form" ;;
            */spectra/) take "$file" $t spectrum "$form" ;;
            */system/) take "$file" $t roots --system "$form" --right-of 0 ;;
            */axis/) take "$file" $t roots --law '{law: constant, value: 1}' \
                --along "$(tr -d '\0' < "$form" | head -c 100)" ;;
            */table/) mkdir -p "$d/plot/tables"
                      cp "$form" "$d/plot/tables/prediction.csv"
                      take "$file" $t plot "$d/plot" ;;
            esac
        done
    done
done
exit $bad
