# fig_slowdown: batches to the target over a setting, divided by those of its first value; 2 s.e.
# in: slowdown-LABEL.csv  (x, ratio, error, batches)
load style
n = words(labels); file(i) = table("slowdown", word(labels, i))
do for [i=1:n] { stats file(i) using (see(column("x"))) nooutput }
left = low; right = high > low ? high : low + 1
eval forget
do for [i=1:n] { stats file(i) using (see(positive(column("ratio")))) nooutput }
bottom = low < 1 ? 0.8 * low : 0.8; top = 1.25 * (high > 1 ? high : 1)
if (top > 10 * bottom) { eval log_y } else { bottom = 0; set ytics step_of(top) }
set xrange [left - 0.03 * (right - left):right + 0.03 * (right - left)]; set yrange [bottom:top]
set xtics step_of(right - left)
set xlabel " "; set label 1 "batches to target, over those of the first value"
set key outside bottom center horizontal; unset bmargin
two(x) = x == x && abs(x) < 1e300 ? 2 * x : 0
lower(x) = x - two(column("error")) > bottom ? x - two(column("error")) : (bottom > 0 ? bottom : 0)
told(x) = sprintf("%g: %.4g batches, %.3g ± %.2g times those of the first", column("x"), column("batches"), x, \
    two(column("error")))
plot for [i=1:n] file(i) using "x":(lower(positive(column("ratio")))):(0):\
         (positive(column("ratio")) + two(column("error")) - lower(positive(column("ratio")))) with vectors nohead \
         linewidth 1 linecolor rgb tint(i) dashtype 1 notitle, \
     for [i=1:n] file(i) using "x":(positive(column("ratio"))) with linespoints linetype color(i) linewidth 1 \
         title word(labels, i), \
     for [i=1:n] file(i) using "x":(positive(column("ratio"))):(told(column("ratio"))) \
         with labels hypertext point linetype color(i) notitle
