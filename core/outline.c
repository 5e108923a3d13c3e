#include "core/outline.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* Nodes are points of the grid, then crossings between a point and its right neighbour, then between
 * it and its upper one. next[node] is where a ring goes from there; NONE: it does not pass. */
enum { POINT, RIGHT, UP };
static const size_t NONE = SIZE_MAX;

typedef struct grid {
    const double *f;
    size_t        nx, ny, *next;
} grid;

static size_t
node(const grid *g, int kind, size_t point)
{
    return (size_t)kind * g->nx * g->ny + point;
}

static bool
inside(const grid *g, size_t point)
{
    return g->f[point] < 0;
}

/* The crossing between two neighbours. */
static size_t
crossing(const grid *g, size_t p, size_t q)
{
    const size_t low = p < q ? p : q, high = p < q ? q : p;

    return node(g, high - low == 1 ? RIGHT : UP, low);
}

/* Across a cell from every way out to a way in. With two of each it depends on the middle whether
 * the inside is one. */
static void
cross_cell(const grid *g, size_t p)
{
    const size_t corner[4] = { p, p + 1, p + g->nx + 1, p + g->nx }; /* anticlockwise */
    size_t       out[2], in[2], outs = 0, ins = 0;
    double       middle = 0;

    for (int k = 0; k < 4; k++) {
        const size_t a = corner[k], b = corner[(k + 1) % 4];
        middle += g->f[a];
        if (inside(g, a) && !inside(g, b)) out[outs++] = crossing(g, a, b);
        if (!inside(g, a) && inside(g, b)) in[ins++] = crossing(g, a, b);
    }
    if (outs == 1) g->next[out[0]] = in[0];
    if (outs < 2) return;
    /* in turn: out, in, out, in if the first corner is inside, else in, out, in, out */
    const size_t after = inside(g, p) ? 0 : 1, joined = middle < 0;
    g->next[out[0]] = in[(after + !joined) % 2];
    g->next[out[1]] = in[(after + joined) % 2];
}

/* Along the border from p to its neighbour q, the grid on the left. */
static void
follow_border(const grid *g, size_t p, size_t q)
{
    if (inside(g, p)) g->next[node(g, POINT, p)] = inside(g, q) ? q : crossing(g, p, q);
    if (!inside(g, p) && inside(g, q)) g->next[crossing(g, p, q)] = q;
}

static void
link_nodes(const grid *g)
{
    const size_t nx = g->nx, ny = g->ny, top = nx * (ny - 1);

    for (size_t k = 0; k < 3 * nx * ny; k++) g->next[k] = NONE;
    for (size_t j = 0; j + 1 < ny; j++)
        for (size_t i = 0; i + 1 < nx; i++) cross_cell(g, j * nx + i);
    for (size_t i = 0; i + 1 < nx; i++) {
        follow_border(g, i, i + 1);
        follow_border(g, top + i + 1, top + i);
    }
    for (size_t j = 0; j + 1 < ny; j++) {
        follow_border(g, (j + 1) * nx - 1, (j + 2) * nx - 1);
        follow_border(g, (j + 1) * nx, j * nx);
    }
}

/* How far from p to its neighbour q f is 0; half way where one of them is not finite. */
static double
share(const grid *g, size_t p, size_t q)
{
    const double t = g->f[p] / (g->f[p] - g->f[q]);

    return t >= 0 && t <= 1 ? t : 0.5;
}

static tg_contour_point
place(const grid *g, size_t at)
{
    const size_t     all = g->nx * g->ny, kind = at / all, p = at % all;
    tg_contour_point point = { .x = (double)(p % g->nx), .y = (double)(p / g->nx) };

    if (kind == RIGHT) point.x += share(g, p, p + 1);
    if (kind == UP) point.y += share(g, p, p + g->nx);
    return point;
}

tg_status
tg_outline_trace(const double *f, size_t nx, size_t ny, tg_contour_point **out,
                 size_t *count)
{
    const size_t      nodes = 3 * nx * ny;
    const grid        g = { f, nx, ny, malloc(nodes * sizeof *g.next) };
    tg_contour_point *point = malloc(nodes * sizeof *point);
    size_t            n = 0;

    if (!g.next || !point) {
        free(g.next);
        free(point);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    link_nodes(&g);
    for (size_t k = 0; k < nodes; k++) {
        bool first = true;
        for (size_t at = k; g.next[at] != NONE;) {
            const size_t then = g.next[at];
            point[n] = place(&g, at);
            point[n++].first = first;
            first = false;
            g.next[at] = NONE;
            at = then;
        }
    }
    free(g.next);
    *out = point;
    *count = n;
    return TG_OK;
}
