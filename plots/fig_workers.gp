# fig_workers: time to target against workers. Line: predicted; dots: simulated, 2 s.e.; faint: the
# other algorithms; shaded: within 5 % of the fastest, and where it diverges
# in: curve-LABEL.csv  (workers, settle, settle_error), fine; sweep-LABEL.csv  (workers, predicted,
#     simulated, simulated_error); marks-LABEL.csv  (best, best_low, best_high, best_time, limit, own, own_time)
load style
label = word(labels, number); n = words(labels)
mark(x) = (x >= 0 ? x : NaN)
marks = table("marks", label)
array names[7] = ["best", "best_low", "best_high", "best_time", "limit", "own", "own_time"]
array m[7]
do for [k=1:7] { stats marks using (column(names[k])) nooutput; m[k] = mark(STATS_min) }
best = m[1]; limit = m[5]; own = m[6]
do for [i=1:n] {
    stats table("sweep", word(labels, i)) using (see(column("workers"))) nooutput
}
right = high; left = low
eval forget
do for [i=1:n] {
    stats table("curve", word(labels, i)) using (see(positive(column("settle")))) nooutput
    stats table("sweep", word(labels, i)) using (see(positive(column("simulated")))) nooutput
    stats table("sweep", word(labels, i)) using (see(positive(column("predicted")))) nooutput
}
bottom = low; top = high > 40 * low ? 40 * low : high
if (top > 10 * bottom) { bottom = 0.4 * bottom; top = 1.2 * top; eval log_y } \
else { bottom = 0.0; top = 1.12 * top }
set xlabel "workers"; set label 1 label . ", time to target"
if (right > 1000 * left) { eval log_x; set xrange [left:right] } else { set xrange [0:right] }
set yrange [bottom:top]
if (limit < right) {
    set object rectangle from limit, graph 0 to graph 1, graph 1 fillcolor linetype DIVERGES behind
    set arrow from limit, graph 0 to limit, graph 1 nohead linetype DIVERGES
    set label sprintf("diverges past %.0f", floor(limit)) at limit, graph 0.97 right rotate by 90 front \
        offset (limit < 0.95 * right ? 1 : -0.6), 0 textcolor linetype DIVERGES
}
if (best == best) {
    set object rectangle from m[2], graph 0 to m[3], graph 1 fillcolor linetype color(number) behind
    set label sprintf("fastest %g: %.3g", best, m[4]) at best, m[4] front offset 0, -1.2 \
        center textcolor linetype color(number)
}
set arrow from own, graph 0 to own, graph 1 nohead linetype INK dashtype 2
side = own > 0.8 * right ? 1 : own < 0.2 * right ? 0 : 0.5
yours = sprintf("yours %g: %s", own, m[7] == m[7] ? sprintf("%.3g", m[7]) : "never")
if (side == 1) { set label yours at own, graph 1 right offset 0, 0.6 textcolor linetype INK }
if (side == 0) { set label yours at own, graph 1 left offset 0, 0.6 textcolor linetype INK }
if (side == 0.5) { set label yours at own, graph 1 center offset 0, 0.6 textcolor linetype INK }
shown(x) = x < top ? positive(x) : NaN
told(x) = sprintf("%g workers: simulated %.4g ± %.2g, predicted %.4g", column("workers"), x, \
    2 * column("simulated_error"), column("predicted"))
two(x) = x == x ? 2 * x : 0
plot for [i=1:n] table("curve", word(labels, i)) using "workers":(i == number ? NaN : shown(column("settle"))) \
         with lines linetype FAINT linewidth 1.5, \
     table("curve", label) using "workers":(shown(column("settle"))) with lines linetype color(number) dashtype 1, \
     table("sweep", label) using "workers":(shown(column("simulated")) - two(column("simulated_error"))):(0):\
         (2 * two(column("simulated_error"))) with vectors nohead linewidth 1 linecolor rgb tint(number) dashtype 1, \
     table("sweep", label) using "workers":(shown(column("simulated"))):(told(column("simulated"))) \
         with labels hypertext point linetype color(number)
