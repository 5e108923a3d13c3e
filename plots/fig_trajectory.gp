# fig_trajectory: excess loss in time, predicted with its band against simulated
# in: trajectory-LABEL.csv  (t, predicted, low, high, simulated, error, target)
load style
set xlabel "time"; set ylabel "excess loss  E F - F*"
set logscale y; set format y "10^{%T}"
if (ending eq "svg") set format y "%.0e"
set key top right
if (words(labels) > 1) set key outside top center horizontal
plot for [i=1:words(labels)] table("trajectory", word(labels, i)) \
         using "t":(finite(column("low"))):(finite(column("high"))) with filledcurves \
         fillcolor rgb tint(i) fillstyle transparent solid 0.15 noborder notitle, \
     for [i=1:words(labels)] table("trajectory", word(labels, i)) \
         using "t":(finite(column("predicted"))) with lines linewidth 2 linecolor rgb tint(i) \
         title word(labels, i) . " predicted", \
     for [i=1:words(labels)] table("trajectory", word(labels, i)) \
         using "t":(finite(column("simulated"))):(2 * column("error")) every 6 with yerrorbars \
         pointtype 7 pointsize 0.4 linecolor rgb tint(i) title word(labels, i) . " simulated, 2 s.e.", \
     table("trajectory", word(labels, 1)) using "t":"target" with lines dashtype 3 \
         linecolor rgb "#444444" title "target", \
     table("trajectory", word(labels, 1)) using "t":(column("predicted") > 0 ? finite(column("predicted")) : 1) \
         every ::0::0 with dots linecolor rgb "#ffffff" notitle # where nothing else is finite
