# fig_workers: time to target against the number of workers
# in: sweep-LABEL.csv  (workers, predicted, predicted_error, simulated, simulated_error),
#     marks-LABEL.csv  (best, best_low, best_high, limit)
load style
set xlabel "workers P"; set ylabel "time to target"
set key top left Left reverse at graph 0.12, 0.97
mark(x) = (x >= 0 ? x : NaN)
do for [i=1:words(labels)] {
    marks = table("marks", word(labels, i))
    stats marks using "best" nooutput;      best = mark(STATS_min)
    stats marks using "best_low" nooutput;  low = mark(STATS_min)
    stats marks using "best_high" nooutput; high = mark(STATS_min)
    stats marks using "limit" nooutput;     limit = mark(STATS_min)
    if (best == best) {
        set object rectangle from low, graph 0 to high, graph 1 fillcolor rgb tint(i) fillstyle transparent solid 0.08 noborder behind
        set arrow from best, graph 0 to best, graph 1 nohead dashtype 2 linecolor rgb tint(i)
        set label sprintf("best: %g", best) at best, graph 0.42 - 0.07 * i offset 0.5, 0 textcolor rgb tint(i)
    }
    if (limit == limit) {
        set arrow from limit, graph 0 to limit, graph 1 nohead linewidth 2 linecolor rgb tint(i)
        set label sprintf("diverges past %.0f", floor(limit)) at limit, graph 0.67 - 0.07 * i right offset -0.5, 0 textcolor rgb tint(i)
    }
}
set xrange [0:*]; set yrange [0:*] # after stats, which would leave out what is outside
plot for [i=1:words(labels)] table("sweep", word(labels, i)) \
         using "workers":(finite(column("predicted"))):(column("predicted_error")) with yerrorbars \
         pointtype 6 pointsize 1.1 linecolor rgb tint(i) title word(labels, i) . " predicted, model error", \
     for [i=1:words(labels)] table("sweep", word(labels, i)) \
         using "workers":(finite(column("predicted"))) with lines linewidth 1.5 linecolor rgb tint(i) notitle, \
     for [i=1:words(labels)] table("sweep", word(labels, i)) \
         using "workers":(finite(column("simulated"))):(2 * column("simulated_error")) with yerrorbars \
         pointtype 7 pointsize 0.5 linecolor rgb "#222222" title word(labels, i) . " simulated, 2 s.e.", \
     $nothing using (0):(0) with dots linecolor rgb "#ffffff" notitle
