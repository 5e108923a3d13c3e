# near.awk WRITTEN FOUND: the same text, and the same numbers to 1e-6 of themselves or 1e-12. Prints what differs.
function part(text,    at) { # of the text left: what is before its next number, and that number
    if (!match(text, /-?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?/)) {
        before = text; number = ""; rest = ""
        return
    }
    before = substr(text, 1, RSTART - 1)
    number = substr(text, RSTART, RLENGTH)
    rest = substr(text, RSTART + RLENGTH)
}
function size(x) { return x < 0 ? -x : x }
function differ(a, b) { return size(a - b) > 1e-12 + 1e-6 * (size(a) + size(b)) / 2 }
FNR == NR { written[FNR] = $0; lines = FNR; next }
/^\$ / { command = $0 }
{
    a = written[FNR]
    b = $0
    while (a != "" || b != "") {
        part(a); text = before; value = number; a = rest
        part(b); b = rest
        if (text != before || (value == "") != (number == "") || differ(value + 0, number + 0)) {
            print command ": " text value " was written, " before number " is found"
            bad = 1
            break
        }
    }
}
END { if (FNR != lines) { print lines " lines were written, " FNR " are found"; bad = 1 } exit bad + 0 }
