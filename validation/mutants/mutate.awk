# One change of meaning in a C file: the `pick`-th of those that its lines allow. Prints the changed
# file, and to `note` the line and both versions; with pick < 0 only how many changes there are.
# Comments, preprocessor lines, declarations of static tables, sentences and amounts of memory
# (more is the same, less is for the sanitizers of `make asan`) are left alone.

function swap(line, from, to,   at, rest, before, places, start) {
    start = 1
    while ((at = index(substr(line, start), from)) > 0) {
        at += start - 1
        before = substr(line, 1, at - 1)
        rest = substr(line, at + length(from))
        emit(before to rest)
        start = at + length(from)
    }
}

function emit(changed) {
    if (count++ == pick) {
        print FNR ": " $0 "\n" FNR ": " changed > note
        result = changed
    }
}

function constants(line,   at, digits, head, tail, value) {
    at = 1
    while (match(substr(line, at), /[^A-Za-z0-9_.][0-9]+(\.[0-9]+)?/)) {
        head = substr(line, 1, at + RSTART - 1)
        digits = substr(line, at + RSTART, RLENGTH - 1)
        tail = substr(line, at + RSTART + RLENGTH - 1)
        at += RSTART + RLENGTH - 1
        if (tail ~ /^[eExX.]/ || gsub(/"/, "\"", head) % 2) continue # of a sentence
        value = digits + 1
        emit(head value tail)
    }
}

BEGIN {
    pairs = split(" < | <= |;| <= | < |;| > | >= |;| >= | > |;| == | != |;| != | == |;" \
                  " + | - |;| - | + |;| * | / |;| / | * |;| && | || |;| || | && |;" \
                  "fmin(|fmax(|;fmax(|fmin(|;++|--|;+= |-= |;-= |+= |;if (!|if (|", pair, ";")
}

{
    result = $0
    code = $0
    if (in_comment) {
        if (code ~ /\*\//) in_comment = 0
        print
        next
    }
    if (code ~ /^ *\/\*/ && code !~ /\*\//) in_comment = 1
    if (code ~ /tg_fail/) in_message = 1
    message = in_message
    if (code ~ /;/) in_message = 0
    if (code ~ /^ *\/\*/ || code ~ /^#/ || code ~ /^(static )?const/ || code ~ /TG_CHECKED|\.doc = "/ ||
        code !~ /^ / || message || code ~ /^ *[a-z_]+( [a-z_]+)* [*a-z_]+\[[^=]*\](, [*a-z_]+\[[^=]*\])*;$/ ||
        code ~ /(c|m|re)alloc\(/) {
        print
        next
    }
    for (i = 1; i <= pairs; i++) {
        split(pair[i], side, "|")
        from = side[1]; to = side[2]
        if (pair[i] == " && | || |") { from = " && "; to = " || " }
        if (pair[i] == " || | && |") { from = " || "; to = " && " }
        if (from != "") swap($0, from, to)
    }
    constants(code)
    if (code ~ /^ +[a-z_>.\[\]A-Z0-9-]+(\([^=]*\)| [-+*\/]?= [^;]*);$/ && code !~ /return/)
        emit(substr(code, 1, match(code, /[^ ]/) - 1) ";")
    if (code ~ /^ +(if|while) \(.*\)/) {
        changed = code
        sub(/(if|while) \(/, "&!(", changed)
        if (sub(/\) /, ")) ", changed) || sub(/\)$/, "))", changed)) emit(changed)
    }
    print result
}

END { if (pick < 0) print count + 0 > note }
