# fig_live: the loss of real runs in time. Dots: measured; line: predicted of the fitted workers; band: what
# eight of ten such runs would do
# in: loss-LABEL.csv  (t, measured, low, high, predicted)
load style
n = words(labels); file(i) = table("loss", word(labels, i))
horizon = 1; rows = 0; least = 1e300; most = -1e300
note(t, x) = (horizon = t > horizon || rows == 0 ? t : horizon, rows = rows + 1, least = x > 0 && x < least ? x : least, \
              most = x < 1e300 && x > most ? x : most, 0)
do for [i=1:n] { stats file(i) using (note(column("t"), column("measured"))) nooutput }
bottom = least / 2; top = 2 * most
if (bottom < 1e-8 * top) { bottom = 1e-8 * top }
eval log_y
set xrange [0:horizon]; set yrange [bottom:top]
set xlabel "time"; set label 1 "loss"
if (n > 1) { set key outside bottom center horizontal; unset bmargin }
inside(x) = x == x ? (x > bottom ? (x < top ? x : top) : bottom) : NaN
shown(x) = x > bottom && x < top ? x : NaN
apart = rows / n > 40 ? int(rows / n / 40) : 1
told(x) = sprintf("time %.4g: measured %.3g, predicted %.3g", column("t"), x, column("predicted"))
plot for [i=1:n] file(i) using "t":(inside(column("low"))):(inside(column("high"))) \
         with filledcurves linetype color(i) fillstyle transparent solid (n < 3 ? 0.16 : 0.1) notitle, \
     for [i=1:n] file(i) using "t":(shown(column("predicted"))) with lines linetype color(i) title word(labels, i), \
     for [i=1:n] file(i) using "t":(shown(column("measured"))):(told(column("measured"))) every apart \
         with labels hypertext point linetype color(i) notitle
