# fig_shares: how stale the gradients of real runs were. Steps: measured; line: simulated of the fitted workers
# in: shares-LABEL.csv  (staleness, measured, predicted), up to where 99.9 % of both are
load style
n = words(labels); file(i) = table("shares", word(labels, i))
do for [i=1:n] { stats file(i) using (see(column("staleness"))) nooutput }
end = high
eval forget
do for [i=1:n] {
    stats file(i) using (see(column("measured"))) nooutput
    stats file(i) using (see(column("predicted"))) nooutput
}
set xrange [-0.5:end + 0.5]; set yrange [0:1.15 * high]
set xlabel "staleness in updates"; set label 1 "share of deliveries"
if (n > 1) { set key top right }
told(x) = sprintf("%g updates: measured %.3g, predicted %.3g", column("staleness"), x, column("predicted"))
thin = end > 60 ? int(end / 30) : 1
plot for [i=1:n] file(i) using "staleness":"measured" with fillsteps linetype color(i) notitle, \
     for [i=1:n] file(i) using "staleness":"predicted" with lines linetype color(i) title word(labels, i), \
     for [i=1:n] file(i) using "staleness":"measured":(told(column("measured"))) every thin \
         with labels hypertext point linetype color(i) pointsize 0.35 notitle
