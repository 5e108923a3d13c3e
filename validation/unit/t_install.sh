#!/bin/sh
# make install into a fresh folder; a program of three lines builds against it and runs, with the
# shared and with the static library.
make=${MAKE:-make}
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
$make -s install DESTDIR="$d" prefix=/usr > "$d/log" 2>&1 || { cat "$d/log"; exit 1; }
for f in bin/tardigrad lib/libtardigrad.a lib/libtardigrad.so lib/pkgconfig/tardigrad.pc \
         share/man/man1/tardigrad.1 include/tardigrad/tardigrad.h; do
    [ -e "$d/usr/$f" ] || { echo "missing: $f"; exit 1; }
done
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
"$d/usr/bin/tardigrad" --version
