# style: one look for all figures. Set before: output (file name; its ending decides the format)
#
# Predicted is a line and simulated a dot; colour is the algorithm, but for the one colour that is
# divergence and nothing else. No background, and every colour stands out from white and from black
# paper alike (validation/page/palette.py), so that one drawing serves both.
set encoding utf8
set datafile separator ","
ending = strlen(output) > 4 ? output[strlen(output)-2:] : "svg"
if (ending eq "pdf") {
    set terminal pdfcairo size 4.6in,3.1in font "Helvetica,9.4" pointscale 0.7
} else { if (ending eq "png") {
    set terminal pngcairo size 1380,930 font "Helvetica,10" fontscale 2.9 linewidth 3 pointscale 2.9
} else {
    set terminal svg size 460,310 font "Helvetica,13"
} }
set output output

# The palette, in series four by four: after four colours the dash changes.
array shade[4] = [0x1A80C4, 0x009068, 0xB5579B, 0x7860FC]
array mark_of[4] = [7, 5, 9, 11]
DIVERGES = 21; INK = 22; FAINT = 23
bad = 0xCC5A00; ink = 0x757A80; faint = 0xB8757A80
do for [i=1:20] {
    set linetype i linewidth 2 linecolor rgb shade[(i - 1) % 4 + 1] dashtype 1 + (i - 1) / 4 \
        pointtype mark_of[(i - 1) % 4 + 1] pointsize 0.5
}
set linetype DIVERGES linewidth 1.5 linecolor rgb bad pointtype 2 pointsize 0.6
set linetype INK linewidth 1 linecolor rgb ink pointtype 6 pointsize 1.1
set linetype FAINT linewidth 1 linecolor rgb faint
set linetype 24 linewidth 1 linecolor rgb faint
tint(i) = shade[(i - 1) % 4 + 1]
color(i) = (i - 1) % 20 + 1
set palette defined (0 "#1A80C4", 0.5 "#8A63B0", 1 "#CC5A00")
set style fill transparent solid 0.16 noborder
set style rectangle fillstyle transparent solid 0.13 noborder

set border 3 linetype INK linewidth 0.7
set tics out nomirror scale 0.5, 0.25 textcolor linetype INK
set grid ytics linetype FAINT linewidth 0.5, linetype FAINT linewidth 0.25
set margins 7, 3, 3.4, 2.6
set xlabel " " textcolor linetype INK offset 0, 0.4
set key noenhanced textcolor linetype INK spacing 1.1 samplen 1.5 # names are names: no _ makes a subscript
set zero 1e-300
unset key

# The y axis is named above it, lying.
set label 1 "" at screen 0.012, 0.955 left noenhanced textcolor linetype INK
finite(x) = (x == x && abs(x) < 1e300) ? x : NaN
positive(x) = x > 0 ? finite(x) : NaN
table(kind, label) = tables . "/" . kind . "-" . label . ".csv"

# What there is of numbers: walk over a column with `stats ... using (see(x))`, then low and high.
low = 1e300; high = -1e300; seen = 0
forget = "low = 1e300; high = -1e300; seen = 0"
see(x) = (x == x && abs(x) < 1e300 ? (low = x < low ? x : low, high = x > high ? x : high, seen = seen + 1) : 0, 0)

# Ticks of a logarithmic axis: powers as 10^-2 over more than three decades, else 1, 2, 5.
powers = "10^{%T}"
few = "do for [e=floor(log10(bottom)):ceil(log10(top))] { set ytics add (sprintf('%g', 2 * 10.0**e) 2 * 10.0**e, sprintf('%g', 5 * 10.0**e) 5 * 10.0**e) }"
log_y = "set logscale y; if (top > 1000 * bottom) { set format y powers } else { set format y '%g'; eval few }"
few_x = "do for [e=floor(log10(left)):ceil(log10(right))] { set xtics add (sprintf('%g', 2 * 10.0**e) 2 * 10.0**e, sprintf('%g', 5 * 10.0**e) 5 * 10.0**e) }"
log_x = "set logscale x; if (right > 1000 * left) { set format x powers } else { set format x '%g'; eval few_x }"

# A setting in words.
in_words(path) = strstrt(path, ".count") ? "workers" : strstrt(path, ".step") ? "learning rate" : \
    strstrt(path, "eigenvalue") ? "eigenvalue" : path
# What lies right of 0 grows.
right_half = "set object rectangle from 0, graph 0 to graph 1, graph 1 behind fillcolor linetype DIVERGES; \
    set arrow from 0, graph 0 to 0, graph 1 nohead linetype DIVERGES; \
    set label 'grows' at 0, graph 0.82 center rotate by 90 front offset 0.9, 0 textcolor linetype DIVERGES"
# Steps of a linear axis: four or five, so that long numbers stand apart.
round_up(m) = m < 1.5 ? 1 : m < 3.5 ? 2 : m < 7.5 ? 5 : 10
step_of(range) = 10 ** floor(log10(range / 4)) * round_up(range / 4 / 10 ** floor(log10(range / 4)))
