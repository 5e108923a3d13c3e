# fig_schedule: time to target over workers and learning rate, with its valley and its limits
# in: map.csv       (algorithm, target, workers, step, time)
#     schedule.csv  (algorithm, target, workers, step_limit, step, time, step_floor)
#     best.csv      (algorithm, target, what, workers, step, time); of the first target
load style
map = tables . "/map.csv"; rows = tables . "/schedule.csv"; best = tables . "/best.csv"
label = word(labels, 1)
goal = 0.0; first = 1; fast = 1e300; slow = 0.0; low = 1e300; high = 0.0; most = 0; least = 1e300
see(g) = (first == 1 ? (goal = g, first = 0) : 0)
mine(x) = (stringcolumn("algorithm") eq label && (see(column("target")), column("target") == goal) ? x : NaN)
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
unset grid; set tics out nomirror
set logscale xy
set xlabel "workers P"; set ylabel "learning rate"
set key outside top left horizontal Left reverse width -3; set tmargin 4.5
set xrange [least / 1.2:most * 1.2]; set yrange [low / half:high * half]
set cbrange [fast:fast * 30 < slow ? fast * 30 : (slow > fast ? slow : 2 * fast)]
set logscale cb
set cblabel "time to target " . gprintf("%g", goal)
set palette defined (0 "#0A4F85", 0.25 "#4C97C9", 0.55 "#A9D2EC", 1 "#F2F8FC")
set style line 31 linewidth 2 linecolor rgb "#222222"
set style fill solid noborder
shown(t) = (mine(1) == 1 && t == t && t < 1e300 ? t : NaN)
is(what, x) = (stringcolumn("what") eq what ? mine(x) : NaN)
plot map using "workers":"step":(below(column("workers"))):(above(column("workers"))):(column("step") / half):(column("step") * half):(shown(column("time"))) \
         with boxxyerror linecolor palette notitle, \
     rows using "workers":(mine(finite(column("step_limit")))) with lines linestyle 31 title label . ": stable below", \
     rows using "workers":(mine(finite(column("step_floor")))) with lines linestyle 31 dashtype 3 title "floor is the target", \
     rows using "workers":(mine(finite(column("step")) + 0 * finite(column("time")))) with linespoints linewidth 1.5 linecolor rgb tint(2) \
         pointtype 7 pointsize 0.4 title "best step", \
     best using (is("best", column("workers"))):(finite(column("step"))) with points pointtype 3 pointsize 1.4 linewidth 2 linecolor rgb tint(2) title "best", \
     best using (is("cheapest", column("workers"))):(finite(column("step"))) with points pointtype 6 pointsize 1.3 linewidth 2 linecolor rgb tint(3) title "cheapest within 5 %"
