# fig_staleness: updates between a worker's read and its delivery
# in: staleness-LABEL.csv  (staleness, simulated, predicted)
load style
set xlabel "staleness [updates]"; set ylabel "probability"
set key top right
set yrange [0:*]
plot for [i=1:words(labels)] table("staleness", word(labels, i)) using "staleness":"simulated" \
         with boxes linecolor rgb tint(i) fillstyle transparent solid 0.25 noborder \
         title word(labels, i) . " simulated", \
     for [i=1:words(labels)] table("staleness", word(labels, i)) using "staleness":"predicted" \
         with lines linewidth 2 linecolor rgb tint(i) title word(labels, i) . " predicted", \
     $nothing using (0):(0) with dots linecolor rgb "#ffffff" notitle
