# fig_plane: characteristic roots in the complex plane
# in: roots.csv  (loop, number, re, im, left)
load style
file = tables . "/roots.csv"
stats file using "number" nooutput; loops = int(STATS_max); roots = STATS_records
eval forget; stats file using (see(column("left"))) nooutput; counted = low
eval forget; stats file using (see(column("im"))) nooutput; down = low; up = high
if (down == up) { down = down - 1; up = up + 1 }
eval forget; stats file using (see(column("re"))) nooutput
right = high > 0 ? high : 0; left = counted < low ? counted : low
room = right > left ? 0.1 * (right - left) : 1
set xrange [left - room:right + room]; set yrange [down - 0.08 * (up - down):up + 0.08 * (up - down)]
set xlabel "real part [1/time]"; set label 1 "imaginary part [1/time]"
unset grid; eval right_half
set arrow from counted, graph 0 to counted, graph 1 nohead linetype INK dashtype 2
set label "counted from here" at counted, graph 0.5 center rotate by 90 offset -0.9, 0 textcolor linetype INK
dot = roots > 80 * loops ? 0.35 : 0.6
pick(i, x) = (column("number") == i ? x : NaN)
told(x) = sprintf("%.4g %+.4g i", x, column("im"))
title_of = ""
array titles[loops]
do for [i=1:loops] {
    stats file using (column("number") == i ? (title_of = stringcolumn("loop"), 0) : 0) nooutput
    titles[i] = title_of
}
if (loops > 1 && loops <= 6) { set key at screen 0.98, screen 0.985 right top horizontal width -2 }
else { set label sprintf("%d roots%s", roots, loops > 1 ? sprintf(" of %d loops, blue to orange", loops) : "") \
    at screen 0.98, 0.955 right textcolor linetype INK }
unset colorbox
if (loops <= 6) {
    plot for [i=1:loops] file using (pick(i, column("re"))):"im":(told(column("re"))) \
        with labels hypertext point linetype color(i) pointsize dot title titles[i]
} else {
    plot file using "re":"im":"number" with points pointtype 7 pointsize dot palette
}
