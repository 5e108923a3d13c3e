# fig_chart: where one algorithm converges, over two settings: filled outlines, and the boundary curves
# of mean, mean square and single runs
# in: fill.csv  (algorithm, side, x, y),
#     boundary.csv  (algorithm, curve, kind, x, y), axes.csv  (axis, setting, low, high, count, logarithmic)
load style
label = word(labels, 1)
fill = tables . "/fill.csv"; curves = tables . "/boundary.csv"
axes = tables . "/axes.csv"
array setting[2]; array least[2]; array most[2]; array log_of[2]
points = 0
do for [i=1:2] {
    want = (i == 1 ? "x" : "y"); text = ""
    row(v) = (stringcolumn("axis") eq want ? (text = stringcolumn("setting"), v) : NaN)
    stats axes using (row(column("low"))) nooutput;         least[i] = STATS_min
    stats axes using (row(column("high"))) nooutput;        most[i] = STATS_min
    stats axes using (row(column("logarithmic"))) nooutput; log_of[i] = STATS_min
    setting[i] = text
}
stats axes using (stringcolumn("axis") eq "boundary" ? (points = column("count"), 0) : 0) nooutput
mine(v) = (stringcolumn("algorithm") eq label ? v : NaN)

# The fastest of those that converge.
best = 0; best_x = NaN; best_y = NaN
note(r) = (stringcolumn("axis") eq "fastest" && stringcolumn("setting") eq label ? \
    (best = r, best_x = column("low"), best_y = column("high")) : 0, 0)
stats axes using (note(column("count"))) nooutput
lines = 0; sides = ""
walk(k) = (mine(1) == 1 && k > lines ? (lines = k) : 0, 0)
if (points > 0) { stats curves using (walk(column("curve"))) nooutput }
name_side(s) = (mine(1) == 1 && strstrt(sides, s) == 0 ? (sides = sides . s . ",") : 0, 0)
stats fill using (name_side(stringcolumn("side"))) nooutput

left = least[1]; right = most[1]; bottom = least[2]; top = most[2]
if (log_of[1] > 0) { eval log_x } else { set xtics step_of(right - left) }
if (log_of[2] > 0) { eval log_y } else { set ytics step_of(top - bottom) }
set xrange [left:right]; set yrange [bottom:top]
set xlabel in_words(setting[1]) noenhanced; set label 1 label . ", " . in_words(setting[2])
unset grid
# What is too thin to be seen needs no name.
u(x) = log_of[1] > 0 ? log(x / left) / log(right / left) : (x - left) / (right - left)
v(y) = log_of[2] > 0 ? log(y / bottom) / log(top / bottom) : (y - bottom) / (top - bottom)
area = 0.0; px = NaN; py = NaN
corner(x, y) = (x == x && px == px ? (area = area + (x - px) * (y + py) / 2) : 0, px = x, py = y, 0)
between(s) = (mine(1) == 1 && stringcolumn("side") eq s ? corner(u(column("x")), v(column("y"))) : 0)
stats fill using (between("single run")) nooutput
side(s) = mine(stringcolumn("side") eq s ? column("x") : NaN)
array kind[3] = ["mean", "mean square", "single run"]
array dash[3] = [3, 1, 2]
is(k, i) = mine(column("curve") == k && stringcolumn("kind") eq kind[i] ? column("x") : NaN)
has(s) = strstrt(sides, s) > 0
array color_of[3] = [color(number), 4, DIVERGES]
array name[3] = ["converges", "single run", "diverges"]
# What each colour is stands above the picture, in that colour; the fastest setting below.
array called[3] = ["converges", "single runs only", "diverges"]
array place[3] = [0.5, 0.83, 1]
do for [s=1:3] { if (has(name[s]) && (s != 2 || abs(area) > 0.002)) {
    set label called[s] at graph (s == 1 && (!has(name[2]) || abs(area) <= 0.002) ? 0.84 : place[s]), graph 1 right \
        offset 0, 0.6 textcolor linetype color_of[s]
} }
if (best > 0) { set label sprintf("fastest, rate %.3g", best) at graph 0.03, graph 0.06 left front offset 1, 0 \
    textcolor linetype INK point linetype INK }
plot for [s=1:3] fill using (side(name[s])):"y" with filledcurves closed linetype color_of[s] \
         fillstyle transparent solid 0.2 noborder notitle, \
     for [i=1:(lines > 0 ? 3 : 0)] for [k=1:int(lines)] curves using (is(k, i)):"y" with lines linetype INK \
         linewidth (i == 2 ? 2 : 1.2) dashtype dash[i] notitle, \
     '+' using (best_x):(best_y) every ::::0 with points linetype INK notitle
