"""check: pages of the command in a headless browser. usage: check.py CHROMIUM STYLE PAGE:PRINTED...

PRINTED is the most sheets of A4 that a page may take. With TARDIGRAD_SHOTS=FOLDER pictures of each width
are kept there.
"""
import os
import re
import sys

import chromium
import palette

WIDTHS = ((400, True), (900, False), (1600, False))

# What sticks out of the page, but for what scrolls by itself or is drawn.
OVERFLOW = """[...document.body.querySelectorAll("*")].filter(e => !e.closest(".scroll, svg") &&
    e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + "." + e.className)
    .slice(0, 3).join(" ")"""
COLUMNS = """(() => { const f = [...document.querySelectorAll("figure")];
    return f.length < 2 ? 0 : f[0].getBoundingClientRect().top === f[1].getBoundingClientRect().top
        ? 2 : 1; })()"""
# Colours of all that is written, in the page and in the figures, and the smallest letters.
WRITTEN = """(() => { const seen = {};
    for (const e of document.querySelectorAll("p, li, td, th, h1, h2, figcaption, pre, footer, svg text")) {
        if (!e.textContent.trim()) continue;
        const s = getComputedStyle(e), box = e.closest(".verdict, pre");
        seen[[(e.tagName === "text" ? s.fill : s.color),
              getComputedStyle(box || document.body).backgroundColor]] = e.tagName;
    }
    return Object.entries(seen); })()"""
LETTERS = """Math.min(...[...document.querySelectorAll("svg text")].filter(t => t.textContent.trim() &&
    !t.querySelector("tspan")).map(t => parseFloat(getComputedStyle(t).fontSize) *
    t.ownerSVGElement.getBoundingClientRect().width / 460))"""
UNNAMED = """[...document.querySelectorAll("svg")].filter(s => s.getAttribute("role") !== "img" ||
    !s.getAttribute("aria-label") || !(s.querySelector("title") || {}).textContent ||
    !(s.querySelector("desc") || {}).textContent || /gnuplot/i.test(s.querySelector("desc").textContent) ||
    [...s.querySelectorAll("rect")].some(r => r.getAttribute("fill") !== "none" && r.getAttribute("width") > 450)
    ).length"""
POINT = """(() => { const g = document.querySelector("svg .value"); if (!g) return null;
    g.scrollIntoView({block: "center"}); const r = g.getBoundingClientRect();
    return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })()"""
PAUSE = "new Promise(done => setTimeout(done, 300))"
TIP = """(() => { const t = document.getElementById("tip"); const r = t.getBoundingClientRect();
    return t.hidden ? "" : r.right <= innerWidth && r.left >= 0 ? t.textContent : "cut"; })()"""

bad = 0


def fail(page, *words):
    global bad
    bad = 1
    print("FAILED: %s: %s" % (page, " ".join(str(w) for w in words)))


def number(colour):
    c = [int(float(x)) for x in re.findall(r"[\d.]+", colour)[:3]]
    return c[0] << 16 | c[1] << 8 | c[2]


def check_events(b, page):
    """No message, no exception, and nothing asked for but the page itself."""
    b.value("0")  # what has happened until now has arrived
    for e in b.events:
        p = e.get("params", {})
        if e["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            fail(page, "console:", p)
        if e["method"] == "Network.requestWillBeSent":
            url = p["request"]["url"]
            if not url.startswith("data:") and url != "file://" + page:
                fail(page, "asks for", url)


def check_layout(b, page, width, dark):
    name = "%s at %d%s" % (page, width, ", dark" if dark else "")
    if b.value("document.documentElement.scrollWidth") > width or b.value(OVERFLOW):
        fail(name, "sticks out:", b.value(OVERFLOW))
    columns = b.value(COLUMNS)
    if columns and columns != (1 if width < 700 else 2):
        fail(name, columns, "figures a row")
    if b.value("document.querySelectorAll('svg').length") and b.value(LETTERS) < 9:
        fail(name, "letters of %.1f px" % b.value(LETTERS))
    for colours, tag in b.value(WRITTEN):
        ink, paper = re.findall(r"rgba?\([^)]*\)", colours)
        if palette.contrast(number(ink), number(paper)) < 4.5:
            fail(name, tag, ink, "on", paper)
    back = b.value("getComputedStyle(document.body).backgroundColor")
    if (palette.contrast(number(back), 0xFFFFFF) > 10) != dark:
        fail(name, "its paper is", back)


def check_values(b, page):
    """Hovering and tapping a point tell its values; without script it has them as its title."""
    b.open("file://" + page, 400, phone=True)
    at = b.value(POINT)
    b.value(PAUSE)
    if not at:
        return fail(page, "has no values")
    want = b.value("document.querySelector('svg .value').getAttribute('data-text')")
    b.call("Input.dispatchMouseEvent", type="mouseMoved", x=at["x"], y=at["y"])
    if b.value(TIP) != want or not want:
        fail(page, "hovering tells", b.value(TIP), "not", want)
    b.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
    if b.value(TIP):
        fail(page, "the values stay")
    for kind in ("touchStart", "touchEnd"):
        b.call("Input.dispatchTouchEvent", type=kind,
               touchPoints=[at] if kind == "touchStart" else [])
    b.value(PAUSE)
    if not b.value(TIP):
        fail(page, "tapping tells nothing")
    b.open("file://" + page, 900, script=False)
    if "<g class=\"value\"><title>" not in open(page).read():
        fail(page, "without script no point has a title")
    b.call("Emulation.setScriptExecutionDisabled", value=False)


def check_print(b, page, most):
    b.open("file://" + page, 688)  # A4 less its margins
    b.call("Emulation.setEmulatedMedia", media="print", features=[])
    columns = b.value(COLUMNS)
    if columns and columns != 2:
        fail(page, columns, "figures a row in print")
    wide = b.value("""Math.max(0, ...[...document.querySelectorAll("table")].map(t => t.offsetWidth))""")
    if wide > 688:
        fail(page, "a table of", wide, "px is cut in print")
    sheets = len(re.findall(rb"/Type\s*/Page\b", b.pdf()))
    print("%-40s %d sheets" % ("/".join(page.split("/")[-2:]), sheets))
    if not 0 < sheets <= most:
        fail(page, "is printed on", sheets, "sheets, expected at most", most)


def check(b, page, most):
    shots = os.environ.get("TARDIGRAD_SHOTS")
    for width, phone in WIDTHS:
        for dark in (False, True):
            b.open("file://" + page, width, dark=dark, phone=phone)
            check_layout(b, page, width, dark)
            check_events(b, page)
            if shots:
                b.picture("%s/%s-%d%s.png" % (shots, page.split("/")[-2], width, "d" if dark else ""))
    if b.value(UNNAMED):
        fail(page, b.value(UNNAMED), "figures without role, title or description, or with a background")
    if page.endswith("report.html"):
        check_values(b, page)
    check_print(b, page, most)


for sentence in palette.faults(sys.argv[2]):
    fail("palette", sentence)
with chromium.Browser(sys.argv[1]) as browser:
    for argument in sys.argv[3:]:
        path, sheets = argument.rsplit(":", 1)
        check(browser, os.path.abspath(path), int(sheets))
sys.exit(bad)
