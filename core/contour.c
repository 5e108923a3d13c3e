#include "core/contour.h"

#include <math.h>
#include <stdlib.h>

enum { NONE = -1 };

/* Edges of the grid, first those along x, then those along y; a curve goes from edge to edge
 * through the cells, at most two of which an edge has. */
typedef struct net {
    const double *f;
    size_t        nx, ny;
    long (*next)[2]; /* (edges) */
    bool *seen;      /* (edges) */
} net;

static size_t
along_x(const net *n, size_t i, size_t j)
{
    return j * n->nx + i;
}

static size_t
along_y(const net *n, size_t i, size_t j)
{
    return n->nx * n->ny + j * n->nx + i;
}

static bool
crosses(double a, double b)
{
    return isfinite(a) && isfinite(b) && (a < 0) != (b < 0);
}

static void
join(net *n, size_t a, size_t b)
{
    n->next[a][n->next[a][0] == NONE ? 0 : 1] = (long)b;
    n->next[b][n->next[b][0] == NONE ? 0 : 1] = (long)a;
}

static void
join_cell(net *n, size_t i, size_t j)
{
    const double *f = n->f + j * n->nx + i;
    const double  corner[] = { f[0], f[1], f[n->nx + 1], f[n->nx] };
    const size_t  edge[] = { along_x(n, i, j), along_y(n, i + 1, j), along_x(n, i, j + 1),
                             along_y(n, i, j) };
    size_t        found[4], count = 0;

    for (size_t k = 0; k < 4; k++)
        if (crosses(corner[k], corner[(k + 1) % 4])) found[count++] = edge[k];
    for (size_t k = 0; k + 1 < count; k += 2) join(n, found[k], found[k + 1]);
}

static tg_contour_point
point_on(const net *n, size_t edge, bool first)
{
    const size_t half = n->nx * n->ny, at = edge % half, i = at % n->nx, j = at / n->nx;
    const size_t other = edge < half ? at + 1 : at + n->nx;
    const double u = n->f[at] / (n->f[at] - n->f[other]);
    const double x = (double)i + (edge < half ? u : 0),
                 y = (double)j + (edge < half ? 0 : u);

    return (tg_contour_point){ x, y, first };
}

/* Follow a curve from one of its edges on. */
static void
walk(const net *n, size_t edge, tg_contour_point *out, size_t *count)
{
    bool first = true;

    for (;;) {
        n->seen[edge] = true;
        out[(*count)++] = point_on(n, edge, first);
        first = false;
        const long *next = n->next[edge];
        if (next[0] != NONE && !n->seen[next[0]])
            edge = (size_t)next[0];
        else if (next[1] != NONE && !n->seen[next[1]])
            edge = (size_t)next[1];
        else
            return;
    }
}

tg_status
tg_contour_trace(const double *f, size_t nx, size_t ny, tg_contour_point **out,
                 size_t *count)
{
    const size_t      edges = 2 * nx * ny;
    net               n = { f, nx, ny, malloc(edges * sizeof *n.next), calloc(edges, 1) };
    tg_contour_point *point = malloc((edges + 1) * sizeof *point);
    size_t            found = 0;

    if (!n.next || !n.seen || !point) {
        free(n.next);
        free(n.seen);
        free(point);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    for (size_t e = 0; e < edges; e++) n.next[e][0] = n.next[e][1] = NONE;
    for (size_t j = 0; j + 1 < ny; j++)
        for (size_t i = 0; i + 1 < nx; i++) join_cell(&n, i, j);
    for (int closed = 0; closed < 2;
         closed++) /* open curves from an end, then the others */
        for (size_t e = 0; e < edges; e++)
            if (!n.seen[e] && n.next[e][0] != NONE && (closed || n.next[e][1] == NONE))
                walk(&n, e, point, &found);
    free(n.next);
    free(n.seen);
    *out = point;
    *count = found;
    return TG_OK;
}
