"""From a log of worker times to a figure: how long to the target, with how many workers?

    python3 fit_predict_plot.py LOG FIGURE.svg [EIGENVALUE ...]

Fits laws to the log, predicts the time to target over numbers of workers for a problem with these
eigenvalues of the Hessian (default 1, 0.5, 0.2, 0.1), and draws it by gnuplot. The study that it made lies
beside the figure, to be changed and run again: tardigrad study FIGURE.yaml.
"""
import math
import pathlib
import subprocess
import sys

import tardigrad

SCRIPT = """
set terminal svg size 640,400
set xlabel "workers"; set ylabel "time to target, s"
set logscale xy; set grid; unset key
"""
LIMIT = """
set arrow from {0}, graph 0 to {0}, graph 1 nohead dashtype 2
set label "diverges past {0}" at {0}, graph 0.95 offset 1, 0
"""
PLOT = """
plot "-" using 1:2:3 with yerrorlines linewidth 2
"""


def main(log, figure, *eigenvalues):
    figure = pathlib.Path(figure)
    study = figure.with_suffix(".yaml")
    print(tardigrad.fit(log, study=str(study), words=True).words)

    settings = {"sweep.workers": [1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32, 48, 64]}
    if eigenvalues:
        settings["objective.quadratic.eigenvalues"] = [float(h) for h in eigenvalues]
    rows = tardigrad.predict(study, set=settings).prediction
    reached = [row for row in rows if row["settle"] is not None]
    if not reached:
        sys.exit("the target is not reached within the horizon with any number of workers")
    best = min(reached, key=lambda row: row["settle"])
    print(f"fastest of those tried: {best['workers']:g} workers, {best['settle']:.4g} s")

    limit = ""
    if best["workers_limit"] is not None:
        limit = LIMIT.format(max(1, math.ceil(best["workers_limit"]) - 1))
    points = "".join(f"{row['workers']:g} {row['settle']:g} {row['settle_error'] or 0:g}\n"
                     for row in reached)
    drawn = subprocess.run(["gnuplot"], input=f"{SCRIPT}{limit}{PLOT}{points}e\n", text=True,
                           check=True, stdout=subprocess.PIPE)
    figure.write_text(drawn.stdout)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
