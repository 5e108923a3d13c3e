# fig_laws: share of the observed times up to t (broad), against the likeliest laws fitted to them
# in: laws-LABEL.csv  (seconds, observed, and a column for each law, the likeliest first)
load style
file = table("laws", labels)
stats file using "seconds":"observed" name "T" nooutput
left = T_min_x; right = T_max_x > T_min_x ? T_max_x : T_min_x + 1
if (left > 0 && right > 10 * left) { eval log_x } else { set xtics step_of(right - left) }
set xlabel "time t [s]"; set label 1 "share of the times up to t"
set xrange [left:right]; set yrange [0:1]; set key bottom right
plot file using 1:2 with lines linewidth 8 linecolor rgb faint title "observed", \
     for [i=3:T_columns] file using 1:i with lines linetype color(i - 2) linewidth (i == 3 ? 2.5 : 1.2) \
         title columnheader(i), \
     file using 1:2:(sprintf("%.4g s: %.3g observed", column(1), column(2))) every 8 with labels hypertext \
         point pointtype 7 pointsize 0.4 linecolor rgb 0xFF757A80 notitle
