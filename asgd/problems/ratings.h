/* ratings: what users gave to items, from a file or made up
 *
 *     MovieLens' ratings.dat   USER::ITEM::RATING::TIME
 *     MovieLens' u.data        USER ITEM RATING TIME, between tabs
 *
 * Users and items are numbered from 0 in the order of the file's own numbers. The last `test` ratings
 * are held out, to test. Source: Harper, Konstan 2015 (the data), their README files (the formats).
 */
#ifndef TG_ASGD_PROBLEMS_RATINGS_H
#define TG_ASGD_PROBLEMS_RATINGS_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct tg_ratings {
    size_t    count, test; /* test: of these to test */
    size_t    users, items;
    uint32_t *user, *item; /* (count) */
    double   *value;       /* (count) */
} tg_ratings;

/* The first `limit` ratings, plain or gzip. Owner: tg_ratings_free(). Errors: TG_EIO unreadable;
 * TG_EINPUT with the line: not such numbers, a number of users or items that is not in [0, 2^32),
 * a rating that is not finite; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_ratings_read(const char *path, size_t limit, tg_ratings *out);
void                 tg_ratings_free(tg_ratings *r);

/* Synthetic ratings with planted factors, r_ui = u_u . v_i + noise N(0, 1), of `count` different
 * pairs; entries of u_u and v_i (rank) are N(0, 1/sqrt(rank)), which gives u . v the variance 1. */
typedef struct tg_planted {
    size_t users, items, count, rank;
    double noise; /* its standard deviation >= 0 */
} tg_planted;

/* Owner: tg_ratings_free(). Errors: TG_EDOMAIN nothing of something, more ratings than pairs,
 * noise < 0; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_ratings_planted(const tg_planted *what, uint64_t seed,
                                        tg_ratings *out);

/* Hold out this share of them, in [0, 1), rounded down and drawn without replacement, to test; those
 * to train keep their order. Errors: TG_EDOMAIN, also where there are none; TG_ENOMEM. */
TG_CHECKED tg_status tg_ratings_hold_out(tg_ratings *r, double share, uint64_t seed);

#endif
