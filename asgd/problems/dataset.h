/* dataset: labelled samples, split over workers
 *
 * Only what is not zero is kept, row by row. Images of IDX files (LeCun's MNIST format) are
 * scaled to [0, 1] and get a constant feature 1 as the last one (intercept); lines of LIBSVM
 * files are taken as they are.
 */
#ifndef TG_ASGD_DATASET_H
#define TG_ASGD_DATASET_H

#include "core/kind.h"
#include "core/rng.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct tg_dataset {
    size_t    samples, features, classes; /* features counts the intercept */
    size_t   *row;                        /* (samples + 1) where a sample's entries begin */
    uint32_t *feature;                    /* (row[samples]) */
    double   *value;                      /* (row[samples]) */
    uint8_t  *label;                      /* (samples) */
    size_t    workers, parts;             /* parts: workers, or 1 that all of them own */
    size_t   *begin;                      /* (parts + 1) part i is owned[begin[i]..] */
    uint32_t *owned;                      /* (samples) */
} tg_dataset;

/* An IDX file, plain or gzip: `dims` sizes (up to 3), unsigned bytes. The caller frees
 * *bytes. Errors: TG_EIO unreadable; TG_EINPUT wrong magic number, truncated or trailing
 * bytes; TG_ENOMEM. */
TG_CHECKED tg_status tg_idx_read(const char *path, size_t dims, size_t size[3],
                                 uint8_t **bytes);

/* Whether there are two classes at least to be told apart; `source` names the file. Errors:
 * TG_EINPUT. */
TG_CHECKED tg_status tg_labels_check(const uint8_t *label, size_t n, const char *source);

/* The first `limit` images with their labels, not yet split. Owner: tg_dataset_free().
 * Errors: as tg_idx_read; TG_EINPUT numbers of images and labels differ. */
TG_CHECKED tg_status tg_dataset_read(const char *images, const char *labels, size_t limit,
                                     tg_dataset *out);
void                 tg_dataset_free(tg_dataset *d);

/* The first `limit` lines "LABEL INDEX:VALUE ..." of a LIBSVM file, plain or gzip; indices are
 * from 1 and rise; labels are whole numbers, classes in their order. Owner: tg_dataset_free().
 * Errors: TG_EIO unreadable; TG_EINPUT with the line: no label, not a number, indices that do not
 * rise, more than 255 classes, no samples; TG_ENOMEM. */
TG_CHECKED tg_status tg_libsvm_read(const char *path, size_t limit, tg_dataset *out);

/* Ways to split the samples evenly over workers; heads of tg_split_kind. */
extern const tg_kind *const tg_splits[]; /* contiguous, identical, dirichlet, label */

/* Split over so many workers by a choice of tg_splits, with draws of `seed`.
 * Errors: TG_EDOMAIN fewer samples than workers, parameters out of range; TG_ENOMEM. */
TG_CHECKED tg_status tg_dataset_split(tg_dataset *d, size_t workers, const tg_choice *how,
                                      uint64_t seed);

/* The part that a worker owns. */
static inline size_t
tg_dataset_part(const tg_dataset *d, size_t worker)
{
    return d->parts == 1 ? 0 : worker;
}

#endif
