# fig_chart: which settings converge and how fast, with the boundary curves of mean, mean square and
# single runs
# in: region.csv    (algorithm, x, y, unstable, mean_square, single_run, rate), row by row,
#     boundary.csv  (algorithm, curve, kind, x, y), axes.csv  (axis, setting, low, high, logarithmic)
load style
cells = tables . "/region.csv"
curves = tables . "/boundary.csv"
label = word(labels, 1)
array setting[2]; array low[2]; array high[2]; array count[2]; array log_of[2]
do for [i=1:2] {
    want = (i == 1 ? "x" : "y"); text = ""
    row(x) = (stringcolumn("axis") eq want ? (text = stringcolumn("setting"), x) : NaN)
    axes = tables . "/axes.csv"
    stats axes using (row(column("low"))) nooutput;         low[i] = STATS_min
    stats axes using (row(column("high"))) nooutput;        high[i] = STATS_min
    stats axes using (row(column("count"))) nooutput;       count[i] = STATS_min
    stats axes using (row(column("logarithmic"))) nooutput; log_of[i] = STATS_min
    setting[i] = text
}
mine(x) = (stringcolumn("algorithm") eq label ? x : NaN)
# Cells lie evenly on the second axes, whose unit is the index of a cell.
cell(i, v) = (log_of[i] > 0 ? log(v / low[i]) / log(high[i] / low[i]) \
                            : (v - low[i]) / (high[i] - low[i])) * (count[i] - 1)
edge(i, c) = (log_of[i] > 0 ? low[i] * (high[i] / low[i]) ** (c / (count[i] - 1)) \
                            : low[i] + (high[i] - low[i]) * c / (count[i] - 1))
# What there is to show; stats only serves to walk over the rows of this algorithm.
top = 0.0; all = 0; single = 0; square = 0; most = 1; lines = 0
mark(k) = (lines = k > lines ? k : lines, 0)
# A ratio that is not known is no number, and below nothing.
within(m) = (m < 1 ? 1 : 0)
note(m, s, r, u) = (all = all + 1, square = square + within(m), single = single + (within(m) || within(s)), \
                    top = (within(m) && r > top ? r : top), most = (u > most ? u : most), 0)
stats cells using (stringcolumn("algorithm") eq label ? \
    note(column("mean_square"), column("single_run"), column("rate"), column("unstable")) : 0) nooutput
points = 0
stats tables . "/axes.csv" using (stringcolumn("axis") eq "boundary" ? (points = column("count"), 0) : 0) nooutput
if (points > 0) {
    stats curves using (stringcolumn("algorithm") eq label ? mark(column("curve")) : 0) nooutput
}
if (top == 0) { top = 1 }

# Below zero the palette tells the verdict, above it the rate.
middle = (square < single ? -0.06 : 0)
set cbrange [(middle - 0.06) * top:top]
if (middle < 0) {
    set palette defined (-0.12 "#E0986A", -0.06 "#F8DCC8", -0.06 "#FBE9A9", 0 "#FBE9A9", \
                         0 "#F2F8FC", 0.35 "#8DC3E6", 1 "#0A4F85")
} else {
    set palette defined (-0.06 "#E0986A", 0 "#F8DCC8", 0 "#F2F8FC", 0.35 "#8DC3E6", 1 "#0A4F85")
}
unit = 10 ** floor(log10(top / 2.5))
set cbtics 0, (top / unit > 10 ? 5 : top / unit > 5 ? 2 : 1) * unit
set cblabel "convergence rate [1/time]"
shade(rate) = (within(column("mean_square")) ? (rate < 0 ? 0 : rate < top ? rate : top) : \
               within(column("single_run")) ? -0.03 * top : \
               (middle - 0.003 - 0.055 * column("unstable") / most) * top)

# The cells of this algorithm, each at its index: values such as rounded numbers of workers
# need not lie evenly.
set table $image separator comma
plot cells using (shade(column("rate"))) with table if (stringcolumn("algorithm") eq label)
unset table

# The number of unstable roots, written amid the cells that have it.
n = 0; sx = 0.0; sy = 0.0
add(x, y) = (n = n + 1, sx = sx + x, sy = sy + y, 0)
if (most < 40) {
    do for [u=1:int(most)] {
        n = 0; sx = 0.0; sy = 0.0
        stats cells using (stringcolumn("algorithm") eq label && column("unstable") == u ? \
            add(cell(1, column("x")), cell(2, column("y"))) : 0) nooutput
        if (n > 0.02 * all) {
            set label sprintf("%d", u) at second sx / n, second sy / n center front \
                textcolor rgb "#6B2A00"
        }
    }
}
set xrange [edge(1, -0.5):edge(1, count[1] - 0.5)]
set yrange [edge(2, -0.5):edge(2, count[2] - 0.5)]
set x2range [-0.5:count[1] - 0.5]; set y2range [-0.5:count[2] - 0.5]
if (log_of[1] > 0) { set logscale x }
if (log_of[2] > 0) { set logscale y }
set xlabel setting[1]; set ylabel setting[2]
unset grid; set tics out nomirror
set key outside top left horizontal Left reverse width -3; set tmargin 5

# One line for each curve, by its kind.
array kind[3] = ["mean", "mean square", "single run"]
array dash[3] = [3, 1, 2]
array name[3] = ["mean field", label . ": mean square", "single run"]
is(k, i) = (column("curve") == k && stringcolumn("kind") eq kind[i] ? column("x") : NaN)
array has[3]
do for [i=1:3] { has[i] = 0 }
if (points > 0) {
    seen(i) = (has[i] = 1, 0)
    do for [i=1:3] {
        stats curves using (stringcolumn("algorithm") eq label && stringcolumn("kind") eq kind[i] ? seen(i) : 0) nooutput
    }
}
diverges = (single < all ? "diverges" : "")
bursts = (middle < 0 ? "single runs only" : "")
set style line 31 linewidth 2 linecolor rgb "#222222"
if (lines > 0) {
    plot $image using (int($0) % int(count[1])):(int($0) / int(count[1])):1 \
             axes x2y2 with image notitle, \
         for [i=1:3] for [k=1:int(lines)] curves using (mine(is(k, i))):"y" \
             with lines linestyle 31 dashtype dash[i] notitle, \
         for [i=1:3] NaN with lines linestyle 31 dashtype dash[i] title (has[i] ? name[i] : ""), \
         NaN with boxes fillstyle solid linecolor rgb "#F0BE9C" title diverges, \
         NaN with boxes fillstyle solid linecolor rgb "#FBE9A9" title bursts
} else {
    plot $image using (int($0) % int(count[1])):(int($0) / int(count[1])):1 \
             axes x2y2 with image notitle, \
         NaN with boxes fillstyle solid linecolor rgb "#F0BE9C" title diverges, \
         NaN with boxes fillstyle solid linecolor rgb "#FBE9A9" title bursts
}
