# fig_locus: characteristic roots along a setting
# in: locus.csv  (number, value, re, im), axes.csv  (setting, logarithmic)
load style
file = tables . "/locus.csv"
setting = ""
stats tables . "/axes.csv" using (setting = stringcolumn("setting"), column("logarithmic")) nooutput
if (STATS_max > 0) { set logscale cb }
stats file using "value" nooutput;                           first = STATS_min; last = STATS_max
stats file using "re" nooutput;                              low = STATS_min; high = STATS_max > 0 ? STATS_max : 0
stats file using "im" nooutput
if (STATS_max == STATS_min) { set yrange [STATS_min - 1:STATS_max + 1] }
room = 0.08 * (high - low)
set xrange [low - room:high + room]
set offsets 0, 0, graph 0.04, graph 0.04
set xlabel "Re s [1/time]"; set ylabel "Im s [1/time]"
set tmargin 3.5
set key outside top left horizontal Left reverse
set cblabel setting
set cbrange [first:last]
set palette defined (0 "#9AD0F5", 0.5 "#0072B2", 1 "#12203A")
set object rectangle from 0, graph 0 to graph 1, graph 1 fillcolor rgb "#D55E00" \
    fillstyle solid 0.08 noborder behind
set arrow from 0, graph 0 to 0, graph 1 nohead linecolor rgb "#D55E00" linewidth 1.5
set label "diverges" at high + room, graph 1 right offset 0, 0.5 textcolor rgb "#D55E00"
end(at, x) = (column("value") == at ? x : NaN)
plot file using "re":"im":"value" with points pointtype 7 pointsize 0.45 palette notitle, \
     file using (end(first, column("re"))):"im" with points pointtype 6 pointsize 1.2 \
         linecolor rgb "#444444" title sprintf("%s = %g", setting, first), \
     file using (end(last, column("re"))):"im" with points pointtype 2 pointsize 1 \
         linecolor rgb "#444444" title sprintf("%s = %g", setting, last)
