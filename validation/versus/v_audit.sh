#!/bin/sh
# A sample of the audit: 20 random studies. Failures by regime are those listed in
# validation/audit/expected, with their count: more of them is a fault, fewer is a listing to renew.
audit=${AUDIT:-build/cc/validation/audit/audit}
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
sh validation/audit/run "$audit" 20 --work 2e7 > "$d/rows" || exit 1
"$audit" --table < "$d/rows" | sed -n '/^| claim/,/^| all/p; /^| study/,$p'
"$audit" --failures < "$d/rows" > "$d/failures"
diff validation/audit/expected "$d/failures"
