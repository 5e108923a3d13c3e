#include "roots/boxes.h"

#include "core/complexes.h"
#include "roots/walk.h"

#include <math.h>
#include <stdlib.h>

enum { DEEPEST = 400, MOST_BOXES = 1000000 };

typedef struct search {
    tg_bounds   *b;
    tg_root_set *set;
    tg_region    region;
    int          upper;
    double       scale; /* [1/time], of the whole region */
    double widest;      /* the largest radius of a zero of the set, which rises in height */
    size_t total;       /* zeros in it, with multiplicity and conjugates */
} search;

/* The first zero of the set that is not below a height. */
static size_t
first_above(const search *q, double height)
{
    size_t low = 0, high = q->set->count;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (cimag(q->set->root[middle].s) < height)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Into its place by height. */
static tg_status
insert(search *q, tg_root root)
{
    const size_t at = first_above(q, cimag(root.s));

    TG_TRY(tg_root_set_add(q->set, root));
    for (size_t i = q->set->count - 1; i > at; i--) q->set->root[i] = q->set->root[i - 1];
    q->set->root[at] = root;
    q->widest = fmax(q->widest, root.radius);
    q->total += root.multiplicity * (q->upper && cimag(root.s) != 0 ? 2 : 1);
    return TG_OK;
}

/* |f''| in a disc around z: its bound at the disc's left end. */
static double
bend_near(const tg_bounds *b, double complex z, double radius)
{
    return b->bend[tg_bounds_rung(b, creal(z) - radius)];
}

/* Radius of a disc in which a simple zero z is alone: 2|f'(z)|/D2, D2 taken for the disc.
 */
static double
lone_radius(const tg_bounds *b, double complex z, double slope)
{
    double radius = 2 * slope / bend_near(b, z, 0);

    for (int i = 0; i < 4; i++) {
        const double left = creal(z) - b->bent;
        radius = fmin(radius, 2 * slope / bend_near(b, z, fmin(radius, left)));
    }
    return fmin(0.999 * radius, fmax(0, creal(z) - b->bent));
}

/* Without a bound on f'' the argument principle tells how many zeros a disc holds. */
static size_t
zeros_in_disc(search *q, double complex z, double *radius)
{
    size_t count = 0;

    for (*radius = fmin(*radius, creal(z) - q->b->left); *radius > 1e-9 * q->scale;
         *radius /= 3)
        if (tg_walk_circle(q->b, z, *radius, &count) == TG_OK && count <= 2) return count;
    return 0;
}

/* Newton on f' from z: where two zeros nearly meet, f' has one between them. */
static double complex
between(search *q, double complex z)
{
    const double h = 1e-4 * q->scale;

    for (int i = 0; i < 30; i++) {
        double complex d, d1, d2;
        tg_loop_value(q->b->loop, z, &d);
        tg_loop_value(q->b->loop, z + h, &d1);
        tg_loop_value(q->b->loop, z - h, &d2);
        const double complex step = d * 2 * h / (d1 - d2);
        if (!(cabs(step) < q->scale)) break;
        z -= step;
        if (cabs(step) < 1e-14 * (cabs(z) + q->scale)) break;
    }
    return z;
}

static double
size_of_terms(const tg_loop *l, double complex s, double complex f)
{
    return cabs(s) + fabs(l->b) + cabs(f - s - l->b);
}

static tg_status
add(search *q, double complex z, unsigned multiplicity, double radius)
{
    if (q->upper && cimag(z) != 0 &&
        fabs(cimag(z)) < fmin(radius, 1e-7 * (cabs(z) + q->scale)))
        z = creal(z); /* its conjugate is within the disc too, so it is the same zero */
    if (q->upper && cimag(z) < 0) z = conj(z);
    const double residual = cabs(tg_loop_value(q->b->loop, z, NULL));
    return insert(q, (tg_root){ z, multiplicity, residual, radius });
}

/* Two zeros close together, or one that is double to within rounding: f = c + f''/2 (s -
 * z)^2. */
static tg_status
add_pair(search *q, double complex z, double radius)
{
    const double         h = 1e-4 * q->scale;
    const double complex middle = between(q, z);
    double complex       d1, d2;
    const double complex f = tg_loop_value(q->b->loop, middle, NULL);

    tg_loop_value(q->b->loop, middle + h, &d1);
    tg_loop_value(q->b->loop, middle - h, &d2);
    const double complex bend = (d1 - d2) / (2 * h), gap = csqrt(-2 * f / bend);
    if (cabs(f) < 4e-15 * size_of_terms(q->b->loop, middle, f))
        return add(q, middle, 2, radius);
    double complex first = middle + gap, second = middle - gap;
    if (tg_root_polish(q->b->loop, &first) != TG_OK ||
        tg_root_polish(q->b->loop, &second) != TG_OK)
        return TG_OK; /* halve on */
    TG_TRY(add(q, first, 1, 1.5 * cabs(gap)));
    if (q->upper && cabs(first - conj(second)) < 0.1 * cabs(gap) && cimag(first) != 0)
        return TG_OK;
    return add(q, second, 1, 1.5 * cabs(gap));
}

static int
known(const search *q, double complex z)
{
    const double near = 1e-12 * (cabs(z) + q->scale), reach = fmax(near, q->widest);

    for (size_t i = first_above(q, cimag(z) - reach); i < q->set->count; i++) {
        const tg_root *r = &q->set->root[i];
        if (cimag(r->s) > cimag(z) + reach) return 0;
        const double gap = cabs(z - r->s);
        if (gap < r->radius || gap < near) return 1;
    }
    return 0;
}

/* Where Newton gets nowhere, f may have a double zero. */
static tg_status
try_pair(search *q, double complex centre, double reach)
{
    if (!(reach < 1e-3 * q->scale)) return TG_OK;
    const double complex z = between(q, centre);
    double               radius = reach;

    if (!(cabs(z - centre) < 4 * reach) || !(creal(z) > q->b->left) || known(q, z))
        return TG_OK;
    return zeros_in_disc(q, z, &radius) == 2 ? add_pair(q, z, radius) : TG_OK;
}

/* Newton from the centre of a box; a new zero enters the set with its disc. */
static tg_status
try_newton(search *q, double complex centre, double reach)
{
    double complex z = centre, slope;
    double         radius;

    q->b->evaluations += 6;
    if (tg_root_polish(q->b->loop, &z) != TG_OK) return try_pair(q, centre, reach);
    if (q->upper && cimag(z) < 0) z = conj(z);
    if (!(creal(z) >= q->b->left) || known(q, z)) return TG_OK;
    tg_loop_value(q->b->loop, z, &slope);
    const double bend = bend_near(q->b, z, 0);
    radius = isfinite(bend) ? lone_radius(q->b, z, cabs(slope)) : 0;
    if (radius > 1e-4 * fmin(reach, q->scale)) return add(q, z, 1, radius);
    radius = reach;
    const size_t count = zeros_in_disc(q, z, &radius);
    if (count == 1) return add(q, z, 1, radius);
    return count == 2 ? add_pair(q, z, radius) : TG_OK;
}

static int
explained(const search *q, double complex centre, double half)
{
    for (size_t i = first_above(q, cimag(centre) - q->widest); i < q->set->count; i++) {
        const tg_root *r = &q->set->root[i];
        if (cimag(r->s) > cimag(centre) + q->widest) return 0;
        if (cabs(centre - r->s) + half < r->radius) return 1;
        if (q->upper && fabs(cimag(r->s)) < r->radius &&
            cabs(conj(centre) - r->s) + half < r->radius)
            return 1;
    }
    return 0;
}

static double
nearest_to_zero(tg_region r)
{
    const double x = r.left > 0 ? r.left : r.right < 0 ? -r.right : 0;
    const double y = r.bottom > 0 ? r.bottom : r.top < 0 ? -r.top : 0;

    return hypot(x, y);
}

/* Can the box be dropped? If not, is a zero near enough to go and get it? */
static tg_status
examine(search *q, tg_region r, int *done)
{
    const tg_bounds     *b = q->b;
    const size_t         k = tg_bounds_rung(b, r.left);
    const double complex c = complex_of((r.left + r.right) / 2, (r.bottom + r.top) / 2);
    const double         half = hypot(r.right - r.left, r.top - r.bottom) / 2;
    const double         height = r.bottom > 0 ? r.bottom : r.top < 0 ? -r.top : 0;
    double complex       slope;

    *done = nearest_to_zero(r) > b->radius[k] * (1 + 1e-9) || explained(q, c, half);
    if (*done) return TG_OK;
    const double complex f = tg_loop_value(b->loop, c, &slope);
    const double         size = cabs(f), rise = cabs(slope);
    q->b->evaluations++;
    *done =
        size > half * (1 + 1e-9) *
                   fmin(tg_bounds_slope(b, r.left, height), rise + b->bend[k] * half / 2);
    if (*done || size > 2 * rise * half) return TG_OK;
    TG_TRY(try_newton(q, c, half));
    *done = explained(q, c, half);
    return TG_OK;
}

/* Zeros far from 0 lie in chains: onwards from two of them, as far as the next is about
 * where a straight line of equal steps leads. */
static tg_status
follow_chain(search *q, double complex before, double complex last)
{
    for (size_t count = 0; count < q->set->count;) {
        const double complex next = 2 * last - before;
        count = q->set->count;
        if (!(cimag(next) >= q->region.bottom && cimag(next) <= q->region.top))
            return TG_OK;
        TG_TRY(try_newton(q, next, 0));
        if (q->set->count == count) return TG_OK;
        size_t k = first_above(q, cimag(next)); /* the nearer in height is what was found */
        if (k == q->set->count || (k > 0 && cimag(next - q->set->root[k - 1].s) <
                                                cimag(q->set->root[k].s - next)))
            k--;
        before = last;
        last = q->set->root[k].s;
    }
    return TG_OK;
}

/* Down from the lowest and up from the highest zeros that the walk passed by. */
static tg_status
follow_chains(search *q)
{
    const tg_root_set *set = q->set;

    if (set->count >= 2) TG_TRY(follow_chain(q, set->root[1].s, set->root[0].s));
    if (set->count >= 2)
        TG_TRY(follow_chain(q, set->root[set->count - 2].s, set->root[set->count - 1].s));
    return TG_OK;
}

/* The lower or left half first, so that zeros come in order; depth first. */
tg_status
tg_boxes_search(tg_bounds *b, tg_region region, int upper, size_t wanted, tg_root_set *out)
{
    static const double smallest = 1e-10;
    tg_region           stack[DEEPEST];
    size_t              depth = 0, boxes = 0;
    search              q = {
                     b, out, region, upper, fmax(region.right - region.left, region.top - region.bottom),
                     0, 0
    };

    q.scale = fmin(q.scale, region.right - region.left);
    for (size_t i = 0; wanted && i < b->seeds; i++) TG_TRY(try_newton(&q, b->seed[i], 0));
    if (wanted && q.total < wanted) TG_TRY(follow_chains(&q));
    for (stack[depth++] = region; depth > 0;) {
        tg_region r = stack[--depth], other = r;
        int       done;
        if (wanted && q.total == wanted) break;
        TG_TRY(examine(&q, r, &done));
        if (done) continue;
        const double width = r.right - r.left, height = r.top - r.bottom;
        if (b->evaluations > b->most || ++boxes > MOST_BOXES || depth + 2 > DEEPEST ||
            fmax(width, height) < smallest * q.scale)
            return TG_ENOCONV;
        if (width > height)
            r.right = other.left = r.left + width / 2;
        else
            r.top = other.bottom = r.bottom + height / 2;
        stack[depth++] = other;
        stack[depth++] = r;
    }
    return TG_OK;
}
