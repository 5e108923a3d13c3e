# fig_speeds: mean round trip of every worker, the fastest first, with twice its standard error
# in: speeds.csv  (rank, group, mean, error)
load style
file = tables . "/speeds.csv"
stats file using "rank":"mean" name "M" nooutput
bottom = M_min_y; top = M_max_y
set xlabel "workers, the fastest first"; set label 1 "mean round trip [s]"
set xrange [M_min_x - 0.5:M_max_x + 0.5]
if (top > 10 * bottom) { bottom = bottom / 1.6; top = top * 1.6; eval log_y; set yrange [bottom:top] } \
else { set offsets 0, 0, graph 0.08, graph 0.08; if (top > bottom) { set ytics step_of(1.2 * (top - bottom)) } }
if (M_max_x <= 20) { set xtics 1 }
wide(x) = finite(x) == finite(x) ? x : 0
of(x) = int(column("group"))
told(x) = sprintf("worker %g, group %g: %.4g ± %.2g s", column("rank"), column("group"), x, 2 * wide(column("error")))
plot file using "rank":(column("mean") - 2 * wide(column("error"))):(0):(4 * wide(column("error"))):(tint(of(0))) \
         with vectors nohead linewidth (M_max_x <= 50 ? 1.5 : 0.7) linecolor rgb variable, \
     file using "rank":"mean":(tint(of(0))) with points pointtype 7 pointsize (M_max_x <= 50 ? 0.6 : 0.3) \
         linecolor rgb variable, \
     file using "rank":"mean":(told(column("mean"))) with labels hypertext point pointtype 7 pointsize 0.6 \
         linecolor rgb 0xFF757A80
