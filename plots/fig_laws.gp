# fig_laws: share of the observed times up to t (broad), against the likeliest laws fitted to them
# in: laws-LABEL.csv  (seconds, observed, and a column for each law, the likeliest first)
load style
file = table("laws", labels)
stats file using "seconds":"observed" name "T" nooutput
if (T_min_x > 0 && T_max_x > 10 * T_min_x) {
    set logscale x
    if (T_max_x < 1000 * T_min_x) {
        set format x "%g"
        do for [e=floor(log10(T_min_x)):ceil(log10(T_max_x))] { set xtics add (2 * 10.0**e, 5 * 10.0**e) }
    } else { set format x "10^{%T}"; set termoption enhanced }
}
set xlabel "time t [s]"; set ylabel "share of the times up to t"
set xrange [T_min_x:T_max_x]; set yrange [0:1]; set key bottom right
plot file using 1:2 with lines linewidth 8 linecolor rgb "#cccccc" title "observed", \
     for [i=3:T_columns] file using 1:i with lines linewidth (i == 3 ? 2.5 : 1.2) linecolor rgb tint(i - 2) title columnheader(i)
