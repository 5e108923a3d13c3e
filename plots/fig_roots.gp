# fig_roots: the rightmost roots of the fastest mode (dots) and of the slowest (ticks) as workers grow
# in: roots-LABEL.csv  (mode, workers, re, im), fine; marks-LABEL.csv  (own, limit)
load style
label = word(labels, number); file = table("roots", label)
stats table("marks", label) using "own" nooutput; own = STATS_min
stats table("marks", label) using "limit" nooutput; limit = STATS_min > 0 ? STATS_min : 1e300
# Past the limit a growth of the mean square may be known, which is no root.
root(x) = column("workers") < limit || (column("re") > 0 && column("im") > 0) ? finite(x) : NaN
stats file using (see(root(column("re")))) nooutput; left = low; right = high > 0 ? high : 0
eval forget
stats file using (see(root(column("im")))) nooutput; up = high > 1e-9 * (right - left) ? high : 1
eval forget
stats file using (see(column("workers"))) nooutput; most = high; fewest = low
room = 0.12 * (right - left); if (!(room > 0)) { room = 0.1 }
set xrange [left - room:right + room]; set yrange [-0.28 * up:1.15 * up]; unset grid
set xtics autofreq; set xlabel "real part [1/time]"; set label 1 label . ", imaginary part [1/time]"
set logscale cb; set cbrange [fewest:most > fewest ? most : 2 * fewest]; unset colorbox
set object rectangle from 0, graph 0 to graph 1, graph 1 behind fillcolor linetype DIVERGES
set arrow from 0, graph 0 to 0, graph 1 nohead linetype DIVERGES
set label "diverges" at 0, graph 0.45 center rotate by 90 front offset 0.9, 0 textcolor linetype DIVERGES
mode(want, x) = column("mode") == want ? root(x) : NaN
# Doublings are named where there is room beside the name before.
x_of = 1e9; y_of = 1e9
apart(x, y) = abs(x - x_of) > 0.09 * (right - left + 2 * room) || abs(y - y_of) > 0.1 * up
free(x, y) = apart(x, y) && x < -0.3 * room && x == x ? (x_of = x, y_of = y, 1) : 0
doubled(P) = abs(log(P) / log(2) - floor(log(P) / log(2) + 0.5)) < 1e-9
named(want) = column("mode") == want && column("workers") != own && doubled(column("workers")) && free(column("re"), column("im"))
name_of(want, shift) = named(want) ? column("im") + shift * up : NaN
told(x) = sprintf("%g workers: %.3g ± %.3g i", column("workers"), x, column("im"))
set label "slowest mode" at graph 0.02, first -0.2 * up left textcolor linetype INK
set label "fastest mode" at graph 0.02, graph 0.94 left textcolor linetype INK
plot file using "re":(mode(0, column("im"))):(0):(-0.06 * up):"workers" with vectors nohead linewidth 1 palette, \
     file using "re":(mode(1, column("im"))):"workers" with points pointtype 7 pointsize 0.45 palette, \
     file using "re":(mode(1, column("im"))):(told(column("re"))) with labels hypertext point pointtype 7 \
         pointsize 0.45 linecolor rgb 0xFF757A80, \
     file using "re":(name_of(1, 0.08)):(sprintf("%g", column("workers"))) with labels right offset -0.2, 0 \
         textcolor linetype INK, \
     file using (column("workers") == own ? column("re") : NaN):(mode(1, column("im"))):(sprintf("yours %g", own)) \
         with labels right offset -0.8, 0.7 textcolor linetype INK point linetype INK
