# fig_workers: time to target against the number of workers
# in: sweep-LABEL.csv  (workers, predicted, predicted_error, simulated, simulated_error),
#     marks-LABEL.csv  (best, best_low, best_high, limit)
load style
set xlabel "workers P"; set ylabel "time to target"
set key top center
set offsets graph 0.03, graph 0.03, graph 0.05, graph 0
set yrange [0:*]
do for [i=1:words(labels)] {
    stats table("marks", word(labels, i)) using "best" nooutput
    best = STATS_records > 0 ? STATS_min : NaN
    stats table("marks", word(labels, i)) using "best_low" nooutput
    low = STATS_records > 0 ? STATS_min : NaN
    stats table("marks", word(labels, i)) using "best_high" nooutput
    high = STATS_records > 0 ? STATS_min : NaN
    stats table("marks", word(labels, i)) using "limit" nooutput
    limit = STATS_records > 0 ? STATS_min : NaN
    if (best == best) {
        set object rectangle from low, graph 0 to high, graph 1 fillcolor rgb tint(i) fillstyle transparent solid 0.08 noborder behind
        set arrow from best, graph 0 to best, graph 1 nohead dashtype 2 linecolor rgb tint(i)
        set label sprintf("best %g", best) at best, graph 0.97 - 0.06 * i offset 0.5, 0 textcolor rgb tint(i)
    }
    if (limit == limit && abs(limit) < 1e300) {
        set arrow from limit, graph 0 to limit, graph 1 nohead linewidth 2 linecolor rgb tint(i)
        set label sprintf("diverges past %g", limit) at limit, graph 0.8 - 0.06 * i right offset -0.5, 0 textcolor rgb tint(i)
    }
}
plot for [i=1:words(labels)] table("sweep", word(labels, i)) \
         using "workers":(finite(column("predicted"))):(column("predicted_error")) with yerrorbars \
         pointtype 6 pointsize 0.7 linecolor rgb tint(i) title word(labels, i) . " predicted, model error", \
     for [i=1:words(labels)] table("sweep", word(labels, i)) \
         using "workers":(finite(column("predicted"))) with lines linewidth 1.5 linecolor rgb tint(i) notitle, \
     for [i=1:words(labels)] table("sweep", word(labels, i)) \
         using "workers":(finite(column("simulated"))):(2 * column("simulated_error")) with yerrorbars \
         pointtype 7 pointsize 0.6 linecolor rgb tint(i) title word(labels, i) . " simulated, 2 s.e."
