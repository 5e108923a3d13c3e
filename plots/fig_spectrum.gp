# fig_spectrum: eigenvalues by rank, negative ones by their size as crosses; or nodes and weights of their
# density; faint: the first of several checkpoints
# in: eigenvalues.csv  (step, rank, value, weight)
load style
file = tables . "/eigenvalues.csv"
density = labels eq "density"
stats file using (see(column("step"))) nooutput; first = low; last = high
eval forget
of(step, x) = column("step") == step ? x : NaN
earlier(x) = last > first ? of(first, x) : NaN
if (density) {
    stats file using (see(positive(column("weight")))) nooutput; top = 2 * high; bottom = low > 1e-8 * top ? low / 2 : 1e-8 * top
    eval forget
    stats file using (see(column("value"))) nooutput
    room = 0.04 * (high > low ? high - low : 1); left = low - room; right = high + room
    eval log_y; set yrange [bottom:top]; set xrange [left:right]; set xtics step_of(right - left)
    set xlabel "eigenvalue [loss/x²]"; set label 1 "share of the eigenvalues"
    if (left < 0) {
        set object rectangle from left, graph 0 to 0, graph 1 behind fillcolor linetype INK
        set label "shaded: negative" at graph 0.98, graph 0.93 right textcolor linetype INK
    }
    share(x) = positive(x) > bottom ? x : NaN
    told(x) = sprintf("eigenvalue %.4g: share %.3g", x, column("weight"))
    plot file using (earlier(column("value"))):(share(column("weight"))) with impulses linetype FAINT linewidth 1.5, \
         file using (of(last, column("value"))):(bottom):(0):(share(column("weight")) - bottom) with vectors nohead linetype 1 \
             linewidth 1 dashtype 1, \
         file using (of(last, column("value"))):(share(column("weight"))):(told(column("value"))) with labels hypertext \
             point linetype 1
} else {
    size(x) = positive(abs(x))
    negative = 0; stats file using (negative = negative + (column("value") < 0), 0) nooutput
    stats file using (see(size(column("value")))) nooutput; top = 1.4 * high; bottom = low
    eval forget
    stats file using (see(column("rank"))) nooutput; right = high
    if (bottom < 1e-8 * top) { bottom = 1e-8 * top }
    bottom = bottom / 1.4
    eval log_y; set yrange [bottom:top]
    left = 1; if (right > 30) { eval log_x } else { if (right < 12) { set xtics 1 } }
    set xrange [right > 30 ? 0.9 : 0.5:right > 30 ? 1.1 * right : right + 0.5]
    set xlabel "rank, from the largest"; set label 1 "eigenvalue [loss/x²]"
    if (negative > 0) { set label "crosses: negative, by size" at graph 0.03, 0.07 left textcolor linetype INK }
    checkpoint(step, x) = last > first && column("rank") == 1 ? of(step, x) : NaN
    above(x) = x > bottom ? x : NaN; below(x) = -x > bottom ? -x : NaN
    told(x) = sprintf("number %g: %.4g", column("rank"), x)
    plot file using "rank":(earlier(above(column("value")))) with points linetype FAINT pointtype 7 pointsize 0.4, \
         file using "rank":(earlier(below(column("value")))) with points linetype FAINT pointtype 2 pointsize 0.4, \
         file using "rank":(checkpoint(first, above(column("value")))):(sprintf("step %g", column("step"))) with labels left \
             offset 0.8, 0 textcolor linetype INK, \
         file using "rank":(checkpoint(last, above(column("value")))):(sprintf("step %g", column("step"))) with labels left \
             offset 0.8, 0 textcolor linetype 1, \
         file using "rank":(of(last, above(column("value")))):(told(column("value"))) with labels hypertext point linetype 1 \
             pointsize 0.4, \
         file using "rank":(of(last, below(column("value")))):(told(column("value"))) with labels hypertext point linetype INK \
             pointtype 2 pointsize 0.4
}
