# fig_staleness: updates between a worker's read and its delivery, up to where 99.9 % have been
# in: staleness-LABEL.csv  (staleness, simulated, predicted)
load style
some = "" # numbers of the labels; - stands for one without a late gradient
do for [i=1:words(labels)] { if (word(labels, i) ne "-") { some = some . sprintf(" %d", i) } }
n = words(some); of(k) = int(word(some, k)); label(k) = word(labels, of(k))
file(k) = table("staleness", label(k))
total = 0.0; mean = 0.0
note(p) = (total = total + p, mean = mean + column("staleness") * p, 0)
stats file(1) using (note(column("simulated"))) nooutput
do for [i=1:n] { stats file(i) using (see(column("staleness"))) nooutput }
end = high
eval forget
do for [i=1:n] {
    stats file(i) using (see(column("simulated"))) nooutput
    stats file(i) using (see(column("predicted"))) nooutput
}
set xrange [-0.5:end + 0.5]; set yrange [0:1.15 * high]
set xlabel "staleness in updates"; set label 1 "share of deliveries"
if (n == 1) {
    set arrow from mean / total, graph 0 to mean / total, graph 1 nohead linetype INK dashtype 2
    set label sprintf("mean %.3g", mean / total) at mean / total, graph 1 center offset 0, 0.6 textcolor linetype INK
} else { set key top right; set key width -1 }
set label sprintf("0.1 %% lie beyond %g", end) at graph 1, graph 0.35 right front textcolor linetype INK
told(x) = sprintf("%g updates: simulated %.3g, predicted %.3g", column("staleness"), x, column("predicted"))
thin = end > 60 ? int(end / 30) : 1
plot for [i=1:n] file(i) using "staleness":"simulated" with fillsteps linetype color(of(i)) notitle, \
     for [i=1:n] file(i) using "staleness":"predicted" with lines linetype color(of(i)) title label(i), \
     for [i=1:n] file(i) using "staleness":"simulated":(told(column("simulated"))) every thin \
         with labels hypertext point linetype color(of(i)) pointsize 0.35 notitle
