# fig_ensemble: paths of the delay equation in time. Line: predicted mean; dots: mean of the paths, 2 s.e.;
# bands: half of the paths, and nine tenths
# in: ensemble.csv  (t, mean, mean_error, q05, q25, q75, q95, and predicted_mean where the labels say so)
load style
file = tables . "/ensemble.csv"
loss = word(labels, 1) eq "loss"; known = words(labels) > 1
stats file using (see(column("mean"))) nooutput
least = low; most = high
eval forget
stats file using (see(column("t"))) nooutput; until = high; rows = seen
eval forget
stats file using (see(column("q05"))) nooutput
stats file using (see(column("q95"))) nooutput
if (loss && most > 10 * least) {
    bottom = low > least / 30 ? low / 1.2 : least / 30; top = 1.5 * (high > most ? high : most); eval log_y
} else { room = 0.06 * (high > low ? high - low : 1); bottom = loss ? 0 : low - room; top = high + room }
set xrange [0:until]; set yrange [bottom:top]
# The bands are named where they end.
upper = NaN; inner = NaN
end(q75, q95) = (inner = q75 == q75 ? q75 : inner, upper = q95 == q95 ? q95 : upper, 0)
stats file using (end(column("q75"), column("q95"))) nooutput
gap(a, b) = loss && most > 10 * least ? log(a / b) / log(top / bottom) : (a - b) / (top - bottom)
clipped(x) = x > bottom ? (x < top ? x : top) : bottom
upper = clipped(upper); inner = clipped(inner); set rmargin 11
set label "nine tenths" at until, upper left offset 0.5, (gap(upper, inner) < 0.08 ? 0.5 : 0) textcolor linetype INK
set label "half" at until, inner left offset 0.5, (gap(upper, inner) < 0.08 ? -0.5 : 0) textcolor linetype INK
set xlabel "time t"; set label 1 (loss ? "excess loss  F - F*" : "X(t)")
inside(x) = x == x ? clipped(x) : NaN
shown(x) = x >= bottom && x <= top ? x : NaN
thin = rows > 361 ? rows / 240 : 1; apart = rows > 24 ? rows / 24 : 1
from(x) = inside(x - 2 * column("mean_error")); upto(x) = inside(x + 2 * column("mean_error"))
told(x) = sprintf("t = %.4g: mean %.4g ± %.2g, half of the paths %.3g to %.3g, nine tenths %.3g to %.3g", column("t"), x, \
    2 * column("mean_error"), column("q25"), column("q75"), column("q05"), column("q95"))
plot file using "t":(inside(column("q05"))):(inside(column("q95"))) every thin with filledcurves linetype 1 \
         fillstyle transparent solid 0.16, \
     file using "t":(inside(column("q25"))):(inside(column("q75"))) every thin with filledcurves linetype 1 \
         fillstyle transparent solid 0.26, \
     file using "t":(known ? shown(column("predicted_mean")) : NaN) every thin with lines linetype 1, \
     file using (shown(column("mean")) == column("mean") ? column("t") : NaN):(from(column("mean"))):(0):\
         (upto(column("mean")) - from(column("mean"))) every apart with vectors nohead linewidth 1 linecolor rgb tint(1) dashtype 1, \
     file using "t":(shown(column("mean"))):(told(column("mean"))) every apart with labels hypertext point linetype 1
