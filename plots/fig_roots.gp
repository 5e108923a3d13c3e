# fig_roots: the rightmost roots of the slowest and the fastest mode as the workers grow
# in: roots-LABEL.csv  (mode, workers, re, im)
load style
label = word(labels, 1)
set xlabel "Re s [1/time]"; set ylabel "Im s [1/time]"
set key outside top center horizontal
set cblabel "workers P"
set palette defined (0 "#56B4E9", 0.5 "#0072B2", 1 "#111111")
set arrow from 0, graph 0 to 0, graph 1 nohead linecolor rgb "#D55E00"
set label "diverges" at 0, graph 0.05 offset 0.5, 0 textcolor rgb "#D55E00"
mode(want) = (column("mode") == want ? column("im") : NaN)
plot table("roots", label) using "re":(mode(1)):"workers" with points pointtype 7 pointsize 1.2 \
         palette title label . ": fastest mode", \
     table("roots", label) using "re":(mode(0)):"workers" with points pointtype 4 pointsize 1.2 \
         palette title "slowest mode"
