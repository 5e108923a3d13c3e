#!/bin/sh
# make install into a fresh folder; a program of three lines builds against it and runs, with the
# shared and with the static library, and so do the examples, with the commands in their heads.
make=${MAKE:-make}
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
$make -s install DESTDIR="$d" prefix=/usr > "$d/log" 2>&1 || { cat "$d/log"; exit 1; }
for f in bin/tardigrad lib/libtardigrad.a lib/libtardigrad.so lib/pkgconfig/tardigrad.pc \
         share/man/man1/tardigrad.1 share/man/man5/tardigrad-study.5 include/tardigrad/tardigrad.h \
         lib/cmake/tardigrad/tardigradConfig.cmake lib/cmake/tardigrad/tardigradConfigVersion.cmake \
         share/bash-completion/completions/tardigrad share/tardigrad/study.schema.json; do
    [ -s "$d/usr/$f" ] || { echo "missing: $f"; exit 1; }
done
for c in $("$d/usr/bin/tardigrad" help commands); do
    [ -s "$d/usr/share/man/man1/tardigrad-$c.1" ] || { echo "no man page of $c"; exit 1; }
done
grep -rl '@[a-z]*@' "$d/usr/lib/pkgconfig" "$d/usr/lib/cmake" && { echo "not filled in"; exit 1; }
if command -v groff > /dev/null; then
    for f in "$d"/usr/share/man/man?/*; do
        said=$(groff -man -ww -z "$f" 2>&1)
        [ -z "$said" ] || { echo "$f: $said"; exit 1; }
    done
fi
cat > "$d/three.c" <<'END'
#include <stdio.h>
#include <tardigrad.h>
int main(void) { tg_delay *d; return tg_delay_parse("{law: exponential, mean: 2}", &d) || printf("%g\n", tg_delay_mean(d)) < 0; }
END
export PKG_CONFIG_PATH="$d/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$d"
cc=${CC:-cc}
sanitize=$(nm "$d/usr/lib/libtardigrad.a" 2> /dev/null | grep -q __asan_init && echo -fsanitize=address,undefined)
$cc $sanitize "$d/three.c" $(pkg-config --cflags --libs tardigrad) -o "$d/three" || exit 1
[ "$(LD_LIBRARY_PATH="$d/usr/lib" "$d/three")" = 2 ] || { echo "shared: wrong answer"; exit 1; }
$cc $sanitize "$d/three.c" $(pkg-config --cflags tardigrad) "$d/usr/lib/libtardigrad.a" \
    $(grep '^Libs.private' "$d/usr/lib/pkgconfig/tardigrad.pc" | cut -d: -f2) -o "$d/three" || exit 1
[ "$("$d/three")" = 2 ] || { echo "static: wrong answer"; exit 1; }
# the same by CMake, where it is: both libraries, and versions that do not serve are refused
if command -v cmake > /dev/null; then
    cat > "$d/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.16)
project(three C)
find_package(tardigrad 9 QUIET)
if(tardigrad_FOUND)
  message(FATAL_ERROR "version 9 is not here")
endif()
find_package(tardigrad 0.1 REQUIRED)
add_executable(by_shared three.c)
target_link_libraries(by_shared tardigrad::tardigrad)
add_executable(by_static three.c)
target_link_libraries(by_static tardigrad::static)
END
    cmake -S "$d" -B "$d/cmake" -DCMAKE_PREFIX_PATH="$d/usr" -DCMAKE_C_COMPILER="$cc" -DCMAKE_C_FLAGS="$sanitize" \
        > "$d/log" 2>&1 && cmake --build "$d/cmake" > "$d/log" 2>&1 || { cat "$d/log"; exit 1; }
    for f in by_shared by_static; do
        [ "$("$d/cmake/$f")" = 2 ] || { echo "CMake, $f: wrong answer"; exit 1; }
    done
fi
$cc $sanitize -Wall -Wextra -Werror examples/mackey_glass.c $(pkg-config --cflags --libs tardigrad) -lm \
    -o "$d/mackey_glass" || exit 1
LD_LIBRARY_PATH="$d/usr/lib" "$d/mackey_glass" > "$d/mackey_glass.csv" || exit 1
# without noise x(10) = .81544357643, x(100) = 1.05002050705; with it the mean is near, the spread small
awk -F, 'function off(a, b) { return a - b > 1e-6 || b - a > 1e-6 }
    NR == 1 && $0 != "t,mean,sd,quiet" { print "header: " $0; bad = 1 }
    $1 == 10 && off($4, .81544357643) || $1 == 100 && off($4, 1.05002050705) { print "quiet: " $0; bad = 1 }
    $1 == 10 && !($2 - $4 < .01 && $4 - $2 < .01 && $3 > .01 && $3 < .1) { print "noisy: " $0; bad = 1 }
    END { if (NR != 32) print NR " lines"; exit bad || NR != 32 }' "$d/mackey_glass.csv" || exit 1
# a rule and a problem of one's own: five standard errors apart, the mean astray, the median at the target
$cc $sanitize -Wall -Wextra -Werror examples/c/outliers.c $(pkg-config --cflags --libs tardigrad) -lm \
    -o "$d/outliers" || exit 1
LD_LIBRARY_PATH="$d/usr/lib" "$d/outliers" > "$d/outliers.csv" || exit 1
awk -F, 'NR == 1 && $0 != "rule,loss,loss_error,settle,settle_error" { bad = 1 }
    $1 == "fedbuff" { bad += !($2 - 5 * $3 > 1 && $4 == "inf"); n++ }
    $1 == "median" { bad += !($2 + 5 * $3 < .01 && $4 + 5 * $5 < 400); n++ }
    END { exit bad || n != 2 }' "$d/outliers.csv" || { cat "$d/outliers.csv"; exit 1; }
# every installed header in one program, in both orders, and none of those that say they are private
(cd "$d/usr/include/tardigrad" && find . -name '*.h' | sed 's|^\./||' | sort) > "$d/headers"
[ "$(wc -l < "$d/headers")" -gt 40 ] || { echo "few headers: $(cat "$d/headers")"; exit 1; }
{ sed 's/.*/#include <&>/' "$d/headers"; echo 'int main(void) { return 0; }'; } > "$d/up.c"
{ sort -r "$d/headers" | sed 's/.*/#include <&>/'; echo 'int main(void) { return 0; }'; } > "$d/down.c"
for f in up down; do
    $cc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror $(pkg-config --cflags tardigrad) -fsyntax-only "$d/$f.c" ||
        { echo "the headers do not go together"; exit 1; }
done
while read -r h; do
    sed '/\*\//q' "$d/usr/include/tardigrad/$h" | grep -i 'private to' && { echo "private, but installed: $h"; exit 1; }
done < "$d/headers"
"$d/usr/bin/tardigrad" --version
# nothing of it stays
$make -s uninstall DESTDIR="$d" prefix=/usr > "$d/log" 2>&1 || { cat "$d/log"; exit 1; }
left=$(find "$d/usr" ! -type d)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
