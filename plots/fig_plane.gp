# fig_plane: characteristic roots in the complex plane
# in: roots.csv  (loop, number, re, im, left)
load style
file = tables . "/roots.csv"
stats file using "number" nooutput;                          loops = int(STATS_max)
stats file using "re" nooutput;                              high = STATS_max > 0 ? STATS_max : 0
stats file using "left" nooutput;                            low = STATS_min
stats file using "im" nooutput;                              roots = STATS_records
if (STATS_max == STATS_min) { set yrange [STATS_min - 1:STATS_max + 1] }
room = 0.08 * (high - low)
set xrange [low - room:high + room]
set offsets 0, 0, graph 0.04, graph 0.04
set xlabel "Re s [1/time]"; set ylabel "Im s [1/time]"
set tmargin 3.5
set key outside top left horizontal Left reverse
set object rectangle from 0, graph 0 to graph 1, graph 1 fillcolor rgb "#D55E00" \
    fillstyle solid 0.08 noborder behind
set arrow from 0, graph 0 to 0, graph 1 nohead linecolor rgb "#D55E00" linewidth 1.5
set arrow from low, graph 0 to low, graph 1 nohead dashtype 2 linecolor rgb "#888888"
set label "counted from here" at low, graph 0.5 center rotate by 90 offset -1.1, 0 textcolor rgb "#666666"
set label "diverges" at high + room, graph 1 right offset 0, 0.5 textcolor rgb "#D55E00"
dot = roots > 80 * loops ? 0.45 : 0.9
pick(i, x) = (column("number") == i ? x : NaN)
title_of = ""
array titles[loops]
do for [i=1:loops] {
    stats file using (column("number") == i ? (title_of = stringcolumn("loop"), 0) : NaN) nooutput
    titles[i] = title_of
}
if (loops <= 6) {
    plot for [i=1:loops] file using (pick(i, column("re"))):"im" with points pointtype 7 \
             pointsize dot linecolor rgb tint(i) \
             title (titles[i] eq "loop" ? sprintf("%d roots", roots) : titles[i])
} else {
    set cblabel "number of the loop"
    set palette defined (0 "#56B4E9", 0.5 "#0072B2", 1 "#111111")
    plot file using "re":"im":"number" with points pointtype 7 pointsize dot palette \
             title sprintf("%d roots of %d loops", roots, loops)
}
