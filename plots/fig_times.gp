# fig_times: what each job took against its worker's mean, in order; line: median of all, band: a tenth
# take less, a tenth more
# in: times.csv  (time, relative, group), course.csv  (time, low, median, high)
load style
jobs = tables . "/times.csv"; course = tables . "/course.csv"
stats jobs using "time":"relative" name "T" nooutput
if (T_max_y > 5 * T_min_y) { set logscale y; set yrange [T_min_y / 1.3:T_max_y * 1.3] }
if (T_max_y < 100 * T_min_y) { do for [e=floor(log10(T_min_y)):ceil(log10(T_max_y))] { set ytics add (2 * 10.0**e, 5 * 10.0**e) } }
if (T_max_x > T_min_x) { set xrange [T_min_x:T_max_x] }
set xlabel labels eq "jobs" ? "jobs of the worker before" : "begin of the job [s]"
set ylabel "time of the job over its worker's mean"
unset key
plot course using "time":"low":"high" with filledcurves linecolor rgb "#444444" fillstyle transparent solid 0.15 noborder, \
     jobs using "time":"relative":(tint(int(column("group")))) with points pointtype 7 pointsize 0.25 linecolor rgb variable, \
     course using "time":"median" with lines linewidth 2 linecolor rgb "#222222"
