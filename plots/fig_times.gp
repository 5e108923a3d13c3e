# fig_times: what each job took against its worker's mean, in order; line: median of all, band: a tenth
# take less, a tenth more
# in: times.csv  (time, relative, group), course.csv  (time, low, median, high)
load style
jobs = tables . "/times.csv"; course = tables . "/course.csv"
stats jobs using "time":"relative" name "T" nooutput
bottom = T_min_y; top = T_max_y
if (top > 5 * bottom) { bottom = bottom / 1.3; top = 1.3 * top; eval log_y; set yrange [bottom:top] }
if (T_max_x > T_min_x) { set xrange [T_min_x:T_max_x] }
set xlabel labels eq "jobs" ? "jobs of the worker before" : "begin of the job [s]"
set label 1 "time of the job over its worker's mean"
told(x) = sprintf("median %.3g, a tenth below %.3g, a tenth above %.3g", x, column("low"), column("high"))
plot jobs using "time":"relative":(tint(int(column("group")))) with points pointtype 7 pointsize 0.2 linecolor rgb variable, \
     course using "time":"low":"high" with filledcurves linecolor rgb ink fillstyle transparent solid 0.3 noborder, \
     course using "time":"median" with lines linewidth 2 linecolor rgb ink, \
     course using "time":"median":(told(column("median"))) with labels hypertext point pointtype 7 pointsize 0.4 \
         linecolor rgb ink
