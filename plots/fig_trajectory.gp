# fig_trajectory: excess loss in time. Line: predicted; dots: simulated means, 2 s.e.; band: from a tenth
# of the runs to nine tenths; where the diverging leave the picture they are cut
# in: trajectory-LABEL.csv  (t, predicted, low, high, simulated, error, target), spread-LABEL.csv  (t, low, high)
load style
n = words(labels); file(i) = table("trajectory", word(labels, i))
array last[n + 1]; array place[n + 1]; array order[n + 1]
start = 0.0; least = 1e300; target = NaN; horizon = 1; rows = 0; longest = 0
# A prediction whose error is as large as itself is none.
predicted(x) = column("high") - column("low") < 2 * x ? x : NaN
either(p, s) = p == p && abs(p) < 1e300 ? p : s
begin(x) = (column("t") == 0 && x > start && x < 1e300 ? (start = x) : 0, 0)
note(x) = (x > 0 && x < least ? (least = x) : 0, rows = rows + 1, end = x == x ? x : 1e300, \
           horizon = column("t"), target = column("target"), 0)
do for [i=1:n] {
    rows = 0; end = NaN
    longest = strlen(word(labels, i)) > longest ? strlen(word(labels, i)) : longest
    stats file(i) using (begin(either(predicted(column("predicted")), column("simulated")))) nooutput
    stats file(i) using (note(either(predicted(column("predicted")), column("simulated")))) nooutput
    last[i] = end
}
# At most four decades below the target or six below the start, and ten times the start.
floor_of = target > 0 ? 1e-4 * target : 1e-6 * start
bottom = least / 4; if (bottom < floor_of) { bottom = floor_of }
if (target > 0 && bottom > target / 3) { bottom = target / 3 }
top = 2.0 * (start > least ? start : least); if (target > 0 && top < 2 * target) { top = 2 * target }
do for [i=1:n] { if (last[i] > top) { top = 10 * (start > 0 ? start : least) } }
eval log_y
set xrange [0:horizon]; set yrange [bottom:top]
set xlabel "time"; set label 1 "excess loss  E F - F*"

# Names stand at the ends of the lines, pushed apart where they would overlap; many or long ones
# stand below.
beside = n <= 8 && longest <= 16
inside(x) = x > bottom ? (x < top ? x : top) : bottom
height = log10(top / bottom); gap = 0.085 * height
all = target > 0 ? n + 1 : n # the target is one of what is named
if (all > n) { last[all] = target }
do for [i=1:all] { place[i] = log10(inside(last[i]) / bottom); order[i] = i }
do for [i=1:all-1] { do for [k=1:all-i] {
    if (place[order[k]] > place[order[k+1]]) { swap = order[k]; order[k] = order[k+1]; order[k+1] = swap }
} }
do for [i=2:all] { if (place[order[i]] < place[order[i-1]] + gap) { place[order[i]] = place[order[i-1]] + gap } }
if (place[order[all]] > height) { place[order[all]] = height
    do for [j=2:all] { i = all + 1 - j
        if (place[order[i]] > place[order[i+1]] - gap) { place[order[i]] = place[order[i+1]] - gap } }
}
if (beside) {
    set rmargin longest < 6 ? 7 : longest + 2
    do for [i=1:n] {
        set label word(labels, i) . (last[i] > top ? " ↑" : "") noenhanced \
            at horizon, bottom * 10 ** place[i] left offset 0.5, 0 textcolor linetype color(i)
    }
} else {
    set key outside bottom center horizontal; unset bmargin
}
clip(x) = x == x ? inside(x) : NaN
shown(x) = x > bottom && x < top ? x : NaN
thin = rows > 361 ? rows / 240 : 1; apart = rows > 24 ? rows / 24 : 1
said = "time %.4g: simulated %.3g ± %.1g, predicted %.3g"
told(x) = sprintf(said, column("t"), x, 2 * column("error"), column("predicted"))
from(x) = inside(x - 2 * column("error"))
upto(x) = inside(x + 2 * column("error"))
if (target > 0) {
    if (beside) { set label "target" at horizon, bottom * 10 ** place[all] left offset 0.5, 0 textcolor linetype INK } \
    else { set label "target" at horizon, target right offset -0.3, 0.6 textcolor linetype INK }
    set arrow from 0, target to horizon, target nohead linetype INK dashtype 2
}
plot for [i=1:n] table("spread", word(labels, i)) using "t":(clip(column("low"))):(clip(column("high"))) \
         with filledcurves linetype color(i) fillstyle transparent solid (n < 3 ? 0.16 : 0.1) notitle, \
     for [i=1:n] file(i) using "t":(shown(predicted(column("predicted")))) every thin with lines \
         linetype color(i) title word(labels, i), \
     for [i=1:n] file(i) using (shown(column("simulated")) > 0 ? column("t") : NaN):(from(column("simulated"))):(0):\
         (upto(column("simulated")) - from(column("simulated"))) every apart with vectors nohead \
         linewidth 1 linecolor rgb tint(i) dashtype 1 notitle, \
     for [i=1:n] file(i) using "t":(shown(column("simulated"))):(told(column("simulated"))) every apart \
         with labels hypertext point linetype color(i) notitle
