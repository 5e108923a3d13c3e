# fig_hitting: share of the paths that are at the level by t, at its quantiles of 5 to 95 %; bars and band: 95 %
# in: hitting.csv  (t, share, low, high), by place
load style
file = tables . "/hitting.csv"
stats file using 1:2 name "T" nooutput
most = T_max_x; half = NaN
note(t, share) = (share >= 0.5 - 1e-9 && half != half ? (half = t) : 0, 0)
stats file using (note(column(1), column(2))) nooutput
room = 0.06 * (T_max_x > T_min_x ? T_max_x - T_min_x : most)
left = T_min_x - room < 0.25 * most ? 0 : T_min_x - room; right = most + room
set xrange [left:right]; set yrange [0:1]; set format y "%g"
set xtics step_of(right - left); set xlabel "time t"; set label 1 "share of the paths that are there by t"
if (half == half) {
    set arrow from half, 0 to half, 0.5 nohead linetype INK dashtype 2
    set label sprintf("half by %.4g", half) at half, 0.04 left offset 0.6, 0 textcolor linetype INK
}
told(x) = sprintf("t = %.4g: %.3g of the paths, %.3g to %.3g", column(1), x, column(3), column(4))
plot file using 1:3:4 with filledcurves linetype 1, \
     file using 1:3:(0):(column(4) - column(3)) with vectors nohead linewidth 1 linecolor rgb tint(1) dashtype 1, \
     file using 1:2:(told(column(2))) with labels hypertext point linetype 1
