"""palette: every colour of plots/style.gp stands out from white and from the page's dark paper, and the
series from each other, also to those who see no red or no green.

Contrast: WCAG 2.1. Colour blindness: Vienot, Brettel, Mollon 1999, Color Research and Application 24:243
(protanopia, deuteranopia in linear RGB). Distance: CIE 1976 L*a*b*.
"""
import re

WHITE, DARK = 0xFFFFFF, 0x14171A
BLIND = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((.11238, .88762, 0), (.11238, .88762, 0), (.00401, -.00401, 1)),
    "no green": ((.29275, .70725, 0), (.29275, .70725, 0), (-.02234, .02234, 1)),
}


def linear(rgb):
    c = [(rgb >> s & 255) / 255 for s in (16, 8, 0)]
    return [x / 12.92 if x <= .04045 else ((x + .055) / 1.055) ** 2.4 for x in c]


def contrast(a, b):
    x, y = (sum(w * c for w, c in zip((.2126, .7152, .0722), linear(k))) for k in (a, b))
    return (max(x, y) + .05) / (min(x, y) + .05)


def lab(rgb):
    x = sum(w * c for w, c in zip((.4124, .3576, .1805), rgb)) / .9505
    y = sum(w * c for w, c in zip((.2126, .7152, .0722), rgb))
    z = sum(w * c for w, c in zip((.0193, .1192, .9505), rgb)) / 1.089
    f = [max(t, 0) ** (1 / 3) if t > .008856 else 7.787 * t + 16 / 116 for t in (x, y, z)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def seen(rgb, eye):
    c = linear(rgb)
    return lab([sum(m * x for m, x in zip(row, c)) for row in BLIND[eye]])


def distance(a, b, eye):
    return sum((x - y) ** 2 for x, y in zip(seen(a, eye), seen(b, eye))) ** .5


def faults(style):
    """Sentences about what is wrong with the palette of this style.gp."""
    text = open(style).read()
    series = [int(c, 16) for c in
              re.findall(r"0x(\w{6})", re.search(r"shade\[4\] = \[(.*?)\]", text).group(1))]
    bad, ink = (int(re.search(r"\b%s = 0x(\w{6})" % n, text).group(1), 16) for n in ("bad", "ink"))
    for c in series + [bad, ink]:
        for paper in (WHITE, DARK):
            if contrast(c, paper) < 4:
                yield "%06X has a contrast of %.2f on %06X" % (c, contrast(c, paper), paper)
    for eye in BLIND:
        for i, a in enumerate(series + [bad]):
            for b in (series + [bad])[:i]:
                if distance(a, b, eye) < 12:
                    yield "%06X and %06X are %.1f apart to who sees %s" % (
                        a, b, distance(a, b, eye), eye)
