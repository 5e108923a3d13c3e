# fig_region: the workers and learning rates with which one algorithm converges
# in: curve-LABEL.csv  (workers, step, step_square), fine; boundary-LABEL.csv  (workers, step_single);
#     region-LABEL.csv  (workers, step, predicted, simulated, share); marks-LABEL.csv  (own, own_step)
load style
label = word(labels, number); curve = table("curve", label)
stats table("marks", label) using "own" nooutput;      own = STATS_min
stats table("marks", label) using "own_step" nooutput; step = STATS_min
stats curve using (see(column("workers"))) nooutput;   left = low; right = high
eval forget
stats curve using (see(positive(column("step_square")))) nooutput
bottom = 0.3 * (step < low ? step : low); top = 3 * (step > high ? step : high)
eval forget
stats curve using (see(positive(column("step")))) nooutput
if (seen > 0 && high < 30 * top && top < 1.2 * high) { top = 1.2 * high }
eval log_y; if (right > 4 * left) { eval log_x }
unset grid
set xrange [left:right]; set yrange [bottom:top]
set xlabel "workers"; set label 1 label . ", learning rate"
cut(x) = x > bottom ? (x < top ? x : top) : (x == x ? bottom : NaN)
line(x) = x > bottom && x < top ? x : NaN
set label "diverges" at graph 0.95, 0.92 right front textcolor linetype DIVERGES
set label "converges" at graph 0.05, 0.08 left front textcolor linetype color(number)
set label "yours" at own, step front offset 0, -1.1 center textcolor linetype INK
set label "" at own, step front point linetype INK
# Dots where they could contradict: within a sixth of the boundary, or against the prediction.
near(share) = share > 0.84 && share < 1.16
tells(want) = column("simulated") == want && (near(column("share")) || column("predicted") != want) ? \
    line(column("step")) : NaN
told(x) = sprintf("%g workers, learning rate %.3g: simulated %s, predicted %s", column("workers"), \
    column("step"), x, column("predicted") > 0 ? "converges" : "diverges")
plot curve using "workers":(cut(column("step_square"))):(top) with filledcurves linetype DIVERGES, \
     curve using "workers":(bottom):(cut(column("step_square"))) with filledcurves linetype color(number), \
     curve using "workers":(line(column("step"))) with lines linetype INK dashtype 3, \
     curve using "workers":(line(column("step_square"))) with lines linetype color(number) dashtype 1, \
     table("boundary", label) using "workers":(line(column("step_single"))) with lines linetype INK dashtype 2, \
     table("region", label) using "workers":(tells(1)):(told("converges")) with labels hypertext point \
         linetype color(number) pointtype 7 pointsize 0.4, \
     table("region", label) using "workers":(tells(0)):(told("diverges")) with labels hypertext point \
         linetype DIVERGES pointsize 0.5
