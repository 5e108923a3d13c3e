#!/bin/sh
# examples/from-pytorch run as its README says, where torch is there: what it writes is read, the log is of the steps
# and not of what was measured between them, and the eigenvalues are those of a Hessian that is known.
. "$(dirname "$0")/outside.sh"
python=${PYTHON:-/usr/bin/python3}
if ! $python -c 'import torch' 2> /dev/null; then
    echo "python3-torch is not here"
    exit 77
fi
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1
$python examples/from-pytorch/measure.py "$d" > "$d/log" 2>&1 || fail "$(cat "$d/log")"
$t spectrum "$d/spectrum.jsonl" --workers 8 > "$d/words" || fail spectrum
grep -q 'JSON: eigenvalues, 4 checkpoints' "$d/words" || fail "$(cat "$d/words")"
$t fit "$d/steps.csv" --study "$d/fitted.yaml" > "$d/words" || fail fit
grep -q '1 worker, 301 jobs' "$d/words" || fail "$(cat "$d/words")"
idle=$(sed -n 's/^Between jobs workers idle \([0-9]*\) % .*/\1/p' "$d/words")
[ "${idle:-0}" -lt 20 ] || fail "idle $idle %: what was measured is in the log"
for study in study fitted; do $t predict "$d/$study.yaml" > "$d/words" || fail "predict $study"; done

# F = sum h_i x_i^2 / 2: Lanczos finds all the h_i
cat > "$d/known.py" <<'END'
import sys, torch
sys.path.insert(0, "examples/from-pytorch")
import measure
torch.manual_seed(3)
h = torch.linspace(-1, 8, 10)
x = torch.zeros(10, requires_grad=True)
found = measure.eigenvalues(lambda batch: (h * x * x).sum() / 2, [x], [None])
assert len(found) == 10 and max(abs(a - b) for a, b in zip(found, h.tolist())) < 1e-4, found
END
$python "$d/known.py" > "$d/log" 2>&1 || fail "$(cat "$d/log")"
exit $bad
