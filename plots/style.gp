# style: one look for all figures. Set before: output (file name; its ending decides the format)
set datafile separator ","
set datafile missing "nan"
ending = strlen(output) > 4 ? output[strlen(output)-2:] : "svg"
if (ending eq "pdf") {
    set terminal pdfcairo size 6.4in,4.2in font "Helvetica,12"
} else { if (ending eq "png") {
    set terminal pngcairo size 1280,840 font "Helvetica,20" linewidth 2
} else {
    set terminal svg size 640,420 font "Helvetica,13" background "white" noenhanced
}}
set output output
# Colours by Okabe and Ito 2008, told apart by colour-blind readers too
array shade[6] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9]
tint(i) = shade[(i - 1) % 6 + 1]
set border 3 linecolor rgb "#444444"
set tics nomirror textcolor rgb "#444444"
set grid linecolor rgb "#dddddd" linetype 1
set key spacing 1.2 samplen 2 noenhanced # names are names: no _ makes a subscript
# A point for figures whose tables hold no finite value, so that the axes are drawn all the same
$nothing << EOD
1,1
EOD
finite(x) = (x == x && abs(x) < 1e300) ? x : NaN
table(kind, label) = tables . "/" . kind . "-" . label . ".csv"
