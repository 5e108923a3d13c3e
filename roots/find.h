/* find: all characteristic roots of a loop, and the proof that none is missing
 *
 *     s + b + a phi(s) F(s) = 0
 *
 * The region is cut into boxes. A box is dropped when |f(centre)| > D x half diagonal (then
 * f has no zero in it), or when it lies in the disc |s - z| < 2|f'(z)|/D2 of a root z
 * already found (then z is the only one there); otherwise it is halved, and Newton's
 * iteration starts from its centre when a zero is near. Independently the zeros are counted
 * by the argument principle; the two numbers must agree. D and D2 bound f' and f'': see
 * roots/bounds.h.
 */
#ifndef TG_ROOTS_FIND_H
#define TG_ROOTS_FIND_H

#include "roots/count.h"

typedef struct tg_root {
    double complex s; /* [1/time] */
    unsigned       multiplicity;
    double         residual; /* |f(s)| [1/time] */
    double         radius;   /* no other root is within this distance (0: not known) */
} tg_root;

/* What was counted, what was found. */
typedef struct tg_certificate {
    tg_region   contour;  /* the rectangle, or {line, inf, -inf, inf} */
    size_t      winding;  /* zeros inside it by the argument principle, with multiplicity */
    size_t      found;    /* zeros found, with multiplicity; equal to `winding` */
    double      moved;    /* how far the contour was moved off a root that lay on it */
    double      residual; /* largest |f(s)| [1/time] */
    double      backward; /* largest |f(s)|/(|s| + |b| + |a phi F|): relative change of the
                              loop that would make the computed root exact */
    size_t      evaluations; /* of f */
    const char *method;      /* "boxes", "lambert", "polynomial", "collocation" */
} tg_certificate;

typedef struct tg_roots {
    tg_root       *root; /* (count) by falling real part, then by |Im|, + before - */
    size_t         count;
    tg_certificate certificate;
} tg_roots;

/* All roots with Re s >= line; inside a rectangle. *out owns its array: tg_roots_free().
 * Errors: TG_EDOMAIN line left of where the transform lives (the message names the place);
 * TG_ENOCONV count and found differ, or too many roots (the message says what is known);
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_roots_right_of(const tg_loop *loop, double line, tg_roots *out);
/* The first, giving up after about `most` evaluations of f. */
TG_CHECKED tg_status tg_roots_within(const tg_loop *loop, double line, size_t most,
                                     tg_roots *out);
TG_CHECKED tg_status tg_roots_inside(const tg_loop *loop, tg_region region, tg_roots *out);
void                 tg_roots_free(tg_roots *r);

/* The verdict and the speed of a loop. */
typedef struct tg_rightmost {
    size_t unstable;    /* roots with Re s >= 0, with multiplicity: 0 means it converges */
    int    exponential; /* is there a root right of where phi ends? */
    int    on_line; /* |Re s| is within rounding of 0: the verdict rests on the threshold */
    double complex s; /* the rightmost one (Im >= 0); if there is none, the edge of phi: a
                         heavy-tailed law has no exponential rate */
    double         residual;
} tg_rightmost;

/* Errors: as tg_roots_right_of(). */
TG_CHECKED tg_status tg_loop_rightmost(const tg_loop *loop, tg_rightmost *out);

/* Newton's iteration from `s`, to the last digits. Errors: TG_ENOCONV. */
TG_CHECKED tg_status tg_root_polish(const tg_loop *loop, double complex *s);

#endif
