# fig_speeds: mean round trip of every worker, the fastest first, with twice its standard error
# in: speeds.csv  (rank, group, mean, error)
load style
file = tables . "/speeds.csv"
stats file using "rank":"mean" name "M" nooutput
set xlabel "workers, the fastest first"; set ylabel "mean round trip [s]"
set xrange [M_min_x - 0.5 : M_max_x + 0.5]
if (M_max_y > 10 * M_min_y) {
    set logscale y; set yrange [M_min_y / 1.6:M_max_y * 1.6]
    do for [e=floor(log10(M_min_y)):ceil(log10(M_max_y))] { set ytics add (2 * 10.0**e, 5 * 10.0**e) }
} else { set offsets 0, 0, graph 0.08, graph 0.05 }
if (M_max_x <= 20) { set xtics 1 }
unset key
wide(x) = finite(x) == finite(x) ? x : 0
plot file using "rank":(column("mean") - 2 * wide(column("error"))):(0):(4 * wide(column("error"))):(tint(int(column("group")))) \
         with vectors nohead linewidth (M_max_x <= 50 ? 1.5 : 0.7) linecolor rgb variable, \
     file using "rank":"mean":(tint(int(column("group")))) with points pointtype 7 pointsize (M_max_x <= 50 ? 0.8 : 0.4) linecolor rgb variable
