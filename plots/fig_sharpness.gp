# fig_sharpness: the largest learning rate at which asynchronous SGD settles, checkpoint by checkpoint: above
# the line its mean square diverges, above the dashed one a single run; grey: the study's own
# in: spectrum.csv  (step, largest, step_limit, single_limit, own)
load style
file = tables . "/spectrum.csv"
stats file using (see(positive(column("step_limit")))) nooutput
stats file using (see(positive(column("own")))) nooutput
stats file using (see(positive(column("single_limit")))) nooutput; bottom = 0.7 * low; top = 1.4 * high
eval forget
stats file using (see(column("step"))) nooutput; left = low; right = high > low ? high : low + 1
if (top > 10 * bottom) { eval log_y } else { bottom = 0 }
set xrange [left:right]; set yrange [bottom:top]; set xtics step_of(right - left)
set xlabel "training step"; set label 1 "largest stable learning rate"
set label "diverges" at graph 0.97, 0.93 right front textcolor linetype DIVERGES
told(x) = sprintf("step %g: largest eigenvalue %.4g, largest stable learning rate %.4g", column("step"), column("largest"), x)
plot file using "step":(positive(column("step_limit"))):(top) with filledcurves linetype DIVERGES fillstyle transparent solid 0.13, \
     file using "step":(positive(column("single_limit"))) with lines linetype 1 dashtype 2, \
     file using "step":(positive(column("step_limit"))) with lines linetype 1, \
     file using "step":(positive(column("own"))) with lines linetype FAINT, \
     file using "step":(positive(column("step_limit"))):(told(column("step_limit"))) with labels hypertext point linetype 1
