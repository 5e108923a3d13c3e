# fig_region: which (workers, learning rate) converge
# in: boundary-LABEL.csv  (workers, step, step_square, step_single), region-LABEL.csv  (workers, step, simulated)
load style
label = word(labels, 1)
set xlabel "workers P"; set ylabel "learning rate"
set logscale xy
set key outside top center horizontal
set autoscale yfix; set offsets graph 0.05, graph 0.05, 0, 0
converged(want) = (column("simulated") == want ? column("step") : NaN)
plot table("boundary", label) using "workers":(finite(column("step"))) with lines linewidth 2 \
         linecolor rgb tint(1) title label . ": mean of many workers", \
     table("boundary", label) using "workers":(finite(column("step_square"))) with lines \
         linewidth 1.5 dashtype 2 linecolor rgb tint(3) title "mean square", \
     table("boundary", label) using "workers":(finite(column("step_single"))) with lines \
         linewidth 1.5 dashtype 3 linecolor rgb tint(4) title "single run", \
     table("region", label) using "workers":(converged(1)) with points pointtype 7 pointsize 0.6 \
         linecolor rgb tint(1) title "converged", \
     table("region", label) using "workers":(converged(0)) with points pointtype 2 pointsize 0.8 \
         linecolor rgb tint(2) title "diverged (simulated)", \
     table("boundary", label) using "workers":(column("step") > 0 ? finite(column("step")) : 1) \
         every ::0::0 with dots linecolor rgb "#ffffff" notitle # where nothing else is finite
