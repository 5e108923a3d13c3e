#!/bin/sh
# The Python package: its wheel is built as anyone builds it, and its tests run on what is in that.
python=${PYTHON:-/usr/bin/python3}
t=${TARDIGRAD:-build/cc/tardigrad}
library=$(dirname "$t")/libtardigrad.so
if ! $python -c 'import setuptools, wheel, pip' 2> /dev/null; then
    echo "python3 with pip, setuptools and wheel is not here"
    exit 77
fi
if nm -D "$library" | grep -q __asan_init; then
    echo "Python cannot load a library with the sanitizers"
    exit 77
fi
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
# outside the checkout: setuptools leaves its work in the folder
mkdir -p "$d/core" "$d/bindings" && cp core/version.h "$d/core/" && cp -r bindings/python "$d/bindings/"
(cd "$d/bindings/python" && $python -m pip wheel . --no-deps --no-build-isolation -q -w "$d/wheel") > "$d/log" 2>&1 ||
    { cat "$d/log"; exit 1; }
$python -m pip install --no-deps --no-index -q --target "$d/site" "$d"/wheel/tardigrad-*.whl > "$d/log" 2>&1 ||
    { cat "$d/log"; exit 1; }
ls "$d/wheel"
TARDIGRAD=$t TARDIGRAD_LIBRARY=$(cd "$(dirname "$library")" && pwd)/libtardigrad.so PYTHONPATH="$d/site" \
    PYTHONDONTWRITEBYTECODE=1 $python -m unittest discover -s bindings/python/tests
