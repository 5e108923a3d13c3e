# fig_schedule: time to target over workers and learning rate, with its valley and its limits
# in: map.csv       (algorithm, target, workers, step, time)
#     schedule.csv  (algorithm, target, workers, step_limit, step, time, step_floor)
#     best.csv      (algorithm, target, what, workers, step, time); of the first target
load style
map = tables . "/map.csv"; rows = tables . "/schedule.csv"; best = tables . "/best.csv"
label = word(labels, 1)
goal = 0.0; first = 1; fast = 1e300; slow = 0.0; low = 1e300; high = 0.0; most = 0; least = 1e300
goal_is(g) = (first == 1 ? (goal = g, first = 0) : 0)
mine(x) = (stringcolumn("algorithm") eq label && (goal_is(column("target")), column("target") == goal) ? x : NaN)
note(t) = (t == t && t < 1e300 ? (fast = (t < fast ? t : fast), slow = (t > slow ? t : slow), 0) : 0)
span(s) = (low = (s < low ? s : low), high = (s > high ? s : high), 0)
wide(p) = (most = (p > most ? p : most), least = (p < least ? p : least), 0)
stats map using (mine(1) == 1 ? (note(column("time")), span(column("step")), wide(column("workers")), 0) : 0) nooutput
if (fast > slow) { fast = 1; slow = 10 }
# Each cell reaches half-way to the next number of workers and the next learning rate.
n = 0; array P[4096]
add(p) = (n == 0 || P[n] != p ? (n = n + 1, P[n] = p, 0) : 0)
stats map using (mine(1) == 1 ? add(column("workers")) : 0) nooutput
s1 = 0.0; s2 = 0.0; k = 0
two(s) = (k = k + 1, k == 1 ? (s1 = s) : 0, k == 2 ? (s2 = s) : 0, 0)
stats map using (mine(1) == 1 ? two(column("step")) : 0) nooutput
half = (s2 > s1 && s1 > 0 ? sqrt(s2 / s1) : 1.1)
below(p) = (sum [j=1:n] (P[j] == p && j > 1 ? sqrt(P[j-1] * p) : 0)) + (P[1] == p ? p / 1.2 : 0)
above(p) = (sum [j=1:n] (P[j] == p && j < n ? sqrt(P[j+1] * p) : 0)) + (P[n] == p ? p * 1.2 : 0)
is(what, x) = (stringcolumn("what") eq what ? mine(x) : NaN)
# The best is named above, the cheapest below, where nothing lies behind the words.
array at_workers[2]; array at_step[2]; array words_of[2]
array whats[2] = ["best", "cheapest"]
put(i, p, s) = (at_workers[i] = p, at_step[i] = s, words_of[i] = sprintf("%s %g: %.3g", whats[i], p, column("time")), 0)
find(i) = (is(whats[i], 1) == 1 && column("step") == column("step") ? put(i, column("workers"), column("step")) : 0)
do for [i=1:2] { at_workers[i] = NaN; stats best using (find(i)) nooutput }
unset grid
left = least / 1.2; right = most * 1.2; bottom = low / half; top = high * half
eval log_x; eval log_y
set xrange [left:right]; set yrange [bottom:top]
set xlabel "workers"; set label 1 label . ", learning rate"
shades = fast * 30 < slow ? fast * 30 : (slow > fast ? slow : 2 * fast)
set cbrange [fast:shades]; set logscale cb; unset colorbox
set palette defined (0 "#0F5C94", 0.3 "#1A80C4", 0.7 "#9DB9CC", 1 "#C9CDD1")
set label sprintf("dark: fast, %.3g; pale: %.3g or more", fast, shades) at screen 0.98, 0.955 right textcolor linetype INK
shown(t) = (mine(1) == 1 && t == t && t < 1e300 ? t : NaN)
within(x) = x > bottom && x < top ? x : NaN
told(t) = sprintf("%g workers, learning rate %.3g: %.4g", column("workers"), column("step"), t)
do for [i=1:2] { if (at_workers[i] == at_workers[i]) {
    inner = log(at_workers[i] / left) / log(right / left)
    edge = i == 1 ? 1 : 0
    set arrow from at_workers[i], graph edge to at_workers[i], at_step[i] nohead front linetype INK dashtype 2
    if (inner > 0.75) { set label words_of[i] at at_workers[i], graph edge right front offset (i == 1 ? 0 : -0.5), 0.6 textcolor linetype INK }
    if (inner <= 0.75) { set label words_of[i] at at_workers[i], graph edge left front offset (i == 1 ? 0 : 0.5), 0.6 textcolor linetype INK }
} }
set label "diverges" at graph 0.95, 0.93 right front textcolor linetype DIVERGES
plot map using "workers":"step":(below(column("workers"))):(above(column("workers"))):(column("step") / half):(column("step") * half):(shown(column("time"))) \
         with boxxyerror fillstyle solid 0.8 noborder linecolor palette, \
     rows using "workers":(mine(within(column("step_limit")))) with lines linetype DIVERGES, \
     rows using "workers":(mine(within(column("step_floor")))) with lines linetype INK dashtype 3, \
     rows using "workers":(mine(within(finite(column("step")) + 0 * finite(column("time"))))) with lines linetype 2 linewidth 1.5, \
     rows using "workers":(mine(within(column("step")))):(told(column("time"))) with labels hypertext point linetype 2 pointsize 0.4, \
     best using (is("cheapest", column("workers"))):(finite(column("step"))) with points linetype 3 pointtype 6 pointsize 1, \
     best using (is("best", column("workers"))):(finite(column("step"))) with points linetype 2 pointtype 3 pointsize 1
