# fig_locus: characteristic roots along a setting, from its first value to its last
# in: locus.csv  (number, value, re, im), axes.csv  (setting, logarithmic)
load style
file = tables . "/locus.csv"
setting = ""
stats tables . "/axes.csv" using (setting = stringcolumn("setting"), column("logarithmic")) nooutput
if (STATS_max > 0) { set logscale cb }
eval forget; stats file using (see(column("value"))) nooutput; first = low; last = high
eval forget; stats file using (see(column("im"))) nooutput; down = low; up = high
if (down == up) { down = down - 1; up = up + 1 }
eval forget; stats file using (see(column("re"))) nooutput; right = high > 0 ? high : 0; left = low
room = right > left ? 0.1 * (right - left) : 1
set xrange [left - room:right + room]; set yrange [down - 0.08 * (up - down):up + 0.08 * (up - down)]
set xlabel "real part [1/time]"; set label 1 "imaginary part [1/time]"
unset grid; eval right_half
set cbrange [first:last > first ? last : first + 1]; unset colorbox
set label sprintf("%s %g (open) to %g (cross)", in_words(setting), first, last) \
    at screen 0.98, 0.955 right noenhanced textcolor linetype INK
end(at, x) = (column("value") == at ? x : NaN)
told(v) = sprintf("%g: %.4g %+.4g i", v, column("re"), column("im"))
plot file using "re":"im":"value" with points pointtype 7 pointsize 0.35 palette, \
     file using "re":"im":(told(column("value"))) with labels hypertext point pointtype 7 pointsize 0.35 \
         linecolor rgb 0xFF757A80, \
     file using (end(first, column("re"))):"im" with points linetype INK, \
     file using (end(last, column("re"))):"im" with points linetype INK pointtype 2 pointsize 0.8
