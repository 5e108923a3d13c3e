#include "roots/find.h"

#include "core/complexes.h"
#include "roots/boxes.h"
#include "roots/lambert.h"
#include "roots/rational.h"
#include "roots/walk.h"

#include <math.h>
#include <stdlib.h>

tg_status
tg_root_polish(const tg_loop *loop, double complex *s)
{
    double complex z = *s;
    double         before = INFINITY;

    for (int i = 0; i < 40; i++) {
        double complex       slope;
        const double complex f = tg_loop_value(loop, z, &slope);
        const double complex step = divide(f, slope);
        const double         size = cabs(step);
        if (!isfinite(size)) break;
        if (size <= 2e-16 * cabs(z) || (size < 1e-10 * cabs(z) && size >= before)) {
            *s = z;
            return TG_OK;
        }
        if (i > 12 && !(size < before)) break;
        before = size;
        z -= step;
    }
    return TG_ENOCONV;
}

/* f at the roots, as the certificate has it; conjugates are side by side. */
static void
audit(const tg_loop *l, tg_roots *r)
{
    tg_certificate *c = &r->certificate;

    c->found = 0;
    for (size_t i = 0; i < r->count; i++) {
        const double complex s = r->root[i].s;
        c->found += r->root[i].multiplicity;
        if (i > 0 && s == conj(r->root[i - 1].s)) {
            r->root[i].residual = r->root[i - 1].residual;
            continue;
        }
        const double complex f = tg_loop_value(l, s, NULL);
        const double         terms = cabs(s) + fabs(l->b) + cabs(f - s - l->b);
        r->root[i].residual = cabs(f);
        c->residual = fmax(c->residual, cabs(f));
        if (terms > 0) c->backward = fmax(c->backward, cabs(f) / terms);
    }
}

static void
clip(tg_root_set *set, tg_region r)
{
    size_t n = 0;

    for (size_t i = 0; i < set->count; i++) {
        const double complex s = set->root[i].s;
        if (creal(s) >= r.left && creal(s) <= r.right && cimag(s) >= r.bottom &&
            cimag(s) <= r.top)
            set->root[n++] = set->root[i];
    }
    set->count = n;
}

/* Nothing is handed out that was not both counted and found: say what is known. */
static tg_status
disagree(double line, size_t evaluations, int counted, size_t winding, size_t found)
{
    if (!counted)
        return tg_fail(
            TG_ENOCONV,
            "the roots right of %g could not be counted in %zu evaluations: too many, "
            "or the contour is too near to a root or to where the transform ends; a line "
            "further to the right leaves fewer",
            line, evaluations);
    return tg_fail(TG_ENOCONV,
                   "right of %g the argument principle counts %zu roots, %zu found in %zu "
                   "evaluations",
                   line, winding, found, evaluations);
}

/* Count and find right of the line of `b`; *winding and the set are comparable. */
static tg_status
search_half_plane(tg_bounds *b, int *counted, size_t *winding, tg_root_set *set)
{
    const double reach = fmin(b->radius[0] * (1 + 1e-6) + 1e-300, HUGE_VAL);
    tg_region    box = { fmax(b->left, -reach), b->right, 0, fmin(reach, b->top) };

    *counted = 0;
    set->count = 0;
    TG_TRY(tg_walk_half_plane(b, winding));
    *counted = 1;
    if (*winding == 0) return TG_OK;
    if (!(box.right > box.left)) box.right = box.left + 1e-9 * reach;
    const double slack = 1e-9 * (box.right - box.left) + 1e-300;
    box.right += slack;
    TG_TRY(tg_boxes_search(b, box, 1, *winding, set));
    box.left = b->left;
    box.right = HUGE_VAL;
    box.top = HUGE_VAL;
    clip(set, box);
    return TG_OK;
}

static double
scale_of(const tg_loop *l)
{
    return fabs(l->a) + fabs(l->b) + 1 / (tg_delay_mean(l->delay) + 1e-300);
}

static tg_status
hand_over(const tg_loop *loop, tg_root_set *set, tg_certificate c, tg_roots *out)
{
    tg_roots        r = { .certificate = c };
    const tg_status status = tg_root_set_finish(set, 1, &r);

    if (status != TG_OK) {
        free(set->root);
        return status;
    }
    audit(loop, &r);
    *out = r;
    return TG_OK;
}

/* Is no root so near the line that rounding could put it on the other side? */
static int
clear_of(const tg_root_set *set, double line)
{
    for (size_t i = 0; i < set->count; i++) {
        const double complex s = set->root[i].s;
        if (!(fabs(creal(s) - line) > 1e-9 * cabs(s))) return 0;
    }
    return 1;
}

/* Closed forms: every branch of Lambert's function, every zero of a polynomial. The
 * argument principle is asked all the same wherever the loop is analytic right of the line;
 * left of a pole, or where that would take too many steps, the degree of the polynomial is
 * the count. */
static tg_status
search_closed_form(const tg_loop *loop, double line, tg_root_set *set, tg_certificate *c)
{
    double       coefficient[RATIONAL_DEGREE + 1];
    const size_t degree = tg_rational_polynomial(loop, coefficient);
    int          clear = 0;

    if (degree > 0) {
        c->method = "polynomial";
        TG_TRY(tg_rational_search(loop, coefficient, degree, set));
        if (tg_root_set_total(set, 1) != degree) return TG_ENOCONV;
        clear = clear_of(set, line);
        clip(set, (tg_region){ line, HUGE_VAL, 0, HUGE_VAL });
    } else if (tg_lambert_applies(loop)) {
        c->method = "lambert";
        TG_TRY(tg_lambert_search(loop, line, set));
    } else {
        return TG_ENOCONV;
    }
    c->contour = (tg_region){ line, HUGE_VAL, -HUGE_VAL, HUGE_VAL };
    c->winding = tg_root_set_total(set, 1);
    if (line <= tg_loop_edge(loop)) return TG_OK;
    size_t          count = 0;
    const tg_status status = tg_count_right_of(loop, line, &count, &c->evaluations);
    if (status == TG_ENOCONV && clear) return TG_OK;
    if (status != TG_OK) return status;
    return count == c->winding ? TG_OK : TG_ENOCONV;
}

/* Where a root sits on the line (or too near to count), move the line a little to the left,
 * or to the right where phi ends. */
tg_status
tg_roots_within(const tg_loop *loop, double line, size_t most, tg_roots *out)
{
    tg_root_set set = { 0 };
    tg_bounds   b = { 0 };
    tg_roots    r = { 0 };
    size_t      winding = 0, evaluations = 0;
    int         counted = 0;
    tg_status   status = TG_ENOCONV;
    double      moved = 0;

    TG_TRY(tg_loop_check(loop));
    if (!isfinite(line)) return tg_fail(TG_EDOMAIN, "a line must be finite, got %g", line);
    status = search_closed_form(loop, line, &set, &r.certificate);
    if (status == TG_OK) return hand_over(loop, &set, r.certificate, out);
    if (status == TG_ENOMEM) {
        free(set.root);
        return status;
    }
    status = TG_ENOCONV;
    set.count = 0;
    for (int i = 0; i < 6 && status == TG_ENOCONV; i++) {
        moved = i == 0 ? 0 : -1e-10 * pow(10, i) * (fabs(line) + 1e-3 * scale_of(loop));
        if (line + moved <= tg_loop_edge(loop)) moved = -moved;
        status = tg_bounds_make(loop, line + moved, RUNGS, &b);
        if (status != TG_OK) break;
        b.most = most;
        status = search_half_plane(&b, &counted, &winding, &set);
        evaluations += b.evaluations;
        if (status == TG_OK && tg_root_set_total(&set, 1) != winding) status = TG_ENOCONV;
        if (evaluations > most / 10 * 9) break;
    }
    if (status != TG_OK) {
        const size_t found = tg_root_set_total(&set, 1);
        free(set.root);
        return status == TG_ENOCONV ? disagree(line, evaluations, counted, winding, found)
                                    : status;
    }
    r.certificate =
        (tg_certificate){ .contour = { line + moved, HUGE_VAL, -HUGE_VAL, HUGE_VAL },
                          .winding = winding,
                          .moved = fabs(moved),
                          .evaluations = evaluations,
                          .method = "boxes" };
    return hand_over(loop, &set, r.certificate, out);
}

tg_status
tg_roots_right_of(const tg_loop *loop, double line, tg_roots *out)
{
    return tg_roots_within(loop, line, MOST_STEPS, out);
}

tg_status
tg_roots_inside(const tg_loop *loop, tg_region region, tg_roots *out)
{
    tg_root_set set = { 0 };
    tg_bounds   b = { 0 };
    tg_roots    r = { 0 };
    size_t      winding = 0;
    int         counted = 0;
    tg_status   status = TG_ENOCONV;
    tg_region   at = region;

    if (!(region.left < region.right && region.bottom < region.top &&
          isfinite(region.right - region.left) && isfinite(region.top - region.bottom)))
        return tg_fail(TG_EDOMAIN, "not a rectangle: [%g, %g] x [%g, %g]", region.left,
                       region.right, region.bottom, region.top);
    TG_TRY(tg_loop_check(loop));
    for (int i = 0; i < 6 && status == TG_ENOCONV; i++) {
        const double d = i == 0 ? 0 : 1e-10 * pow(10, i) * scale_of(loop);
        at = (tg_region){ region.left - d, region.right + d, region.bottom - d,
                          region.top + d };
        if (at.left <= tg_loop_edge(loop)) at.left = region.left + d;
        status = tg_bounds_make(loop, at.left, RUNGS, &b);
        if (status != TG_OK) break;
        status = tg_walk_rectangle(&b, at, &winding);
        set.count = 0;
        counted = status == TG_OK;
        if (status == TG_OK) status = tg_boxes_search(&b, at, 0, 0, &set);
        clip(&set, at);
        if (status == TG_OK && tg_root_set_total(&set, 0) != winding) status = TG_ENOCONV;
    }
    if (status == TG_OK) status = tg_root_set_finish(&set, 0, &r);
    if (status != TG_OK) {
        const size_t found = tg_root_set_total(&set, 0);
        free(set.root);
        return status == TG_ENOCONV
                   ? disagree(region.left, b.evaluations, counted, winding, found)
                   : status;
    }
    r.certificate = (tg_certificate){ .contour = at,
                                      .winding = winding,
                                      .moved = region.left - at.left,
                                      .evaluations = b.evaluations,
                                      .method = "boxes" };
    audit(loop, &r);
    *out = r;
    return TG_OK;
}
