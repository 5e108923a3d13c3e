# fig_claims: what was simulated over what was predicted, less 1, claim by claim; bars: 2 s.e.; shaded: the
# model's own error; rings: claims that fail; hollow: undecided;
# arrows: further off than the picture. A band of the figure is a kind of claim.
# in: off.csv  (rule, kind, claim, where, place, off, error, model_error, verdict)
load style
file = tables . "/off.csv"
array name[16]; kinds = 0; most = 1e-6; fails = 0
reach(x) = (x == x && x < 1e300 && x > most ? (most = x) : 0, 0)
note(k) = (name[k] = stringcolumn("claim"), kinds = k > kinds ? k : kinds, 0)
twice(x) = x > 0 ? 2 * x : 0
stats file using (note(int(column("kind")))) nooutput
stats file using (reach(abs(column("off")) + twice(column("error")))) nooutput
stats file using (reach(column("model_error"))) nooutput
widest = 0.3; right = 1.06 * (most < widest ? most : widest); left = -right
# Each kind has one unit of height, with room for its name at the top.
y(k, place) = k - 1 + 0.3 + 0.64 * place
set yrange [kinds:0]; set xrange [100 * left:100 * right]
set bmargin 3; set tmargin 1.6; set lmargin 2; unset ytics; unset grid; set border 1
set xtics step_of(200 * right); set format x "%+g"; set xtics add ("0" 0)
set xlabel "simulated over predicted, less 1 [%]"
if (words(labels) > 1) { do for [i=1:words(labels)] {
    set label 100 + i word(labels, i) at screen 0.02 + (i - 1) * (words(labels) < 6 ? 0.16 : 0.96 / words(labels)), screen 0.955 left noenhanced \
        textcolor linetype color(i)
} }
do for [k=1:kinds] {
    set label name[k] at graph 0.01, first k - 1 + 0.16 left noenhanced textcolor linetype INK
    if (k > 1) { set arrow from graph 0, first k - 1 to graph 1, first k - 1 nohead linetype FAINT }
}
set arrow from 0, 0 to 0, kinds nohead linetype INK dashtype 2
clip(x) = x == x ? (x < left ? left : x > right ? right : x) : NaN
at(x) = 100 * clip(x)
place(x) = y(column("kind"), column("place")) + 0 * x
is(v, x) = column("verdict") == v && column("off") >= left && column("off") <= right ? x : NaN
out(x) = x < left || x > right ? at(x) : NaN
hue(x) = tint(int(column("rule")))
told(x) = sprintf("%s, %s: %+.3g %% ± %.2g %%", stringcolumn("where"), stringcolumn("claim"), 100 * x, 100 * twice(column("error"))) . \
    (column("error") < 0 ? ", error unknown" : "")
band(x) = x > 0 ? x : 0
span = 0.3 / (STATS_records > 6 * kinds ? STATS_records / kinds : 6)
plot file using (0):(place(0)):(at(-band(column("model_error")))):(at(band(column("model_error")))):\
         (place(0) - span):(place(0) + span) with boxxyerror linecolor rgb faint fillstyle transparent solid 0.4 noborder, \
     file using (at(column("off") - twice(column("error")))):(place(0)):\
         (at(column("off") + twice(column("error"))) - at(column("off") - twice(column("error")))):(0):(hue(0)) \
         with vectors nohead linewidth 1 dashtype 1 linecolor rgb variable, \
     file using (is(0, at(column("off")))):(place(0)):(hue(0)) with points pointtype 7 pointsize 0.35 linecolor rgb variable, \
     file using (is(1, at(column("off")))):(place(0)):(hue(0)) with points pointtype 7 pointsize 0.35 linecolor rgb variable, \
     file using (is(1, at(column("off")))):(place(0)) with points linetype INK, \
     file using (is(2, at(column("off")))):(place(0)):(hue(0)) with points pointtype 6 pointsize 0.6 linecolor rgb variable, \
     file using (out(column("off"))):(place(0)):(column("off") > 0 ? "→" : "←") with labels textcolor linetype INK, \
     file using (at(column("off"))):(place(0)):(told(column("off"))) with labels hypertext point pointtype 7 pointsize 0.4 \
         linecolor rgb 0xFF757A80
