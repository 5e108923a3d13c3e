/* dataset: labelled images from IDX files (LeCun's MNIST format), split over workers
 *
 * Pixels are scaled to [0, 1] and only those that are not zero are kept, row by row; a
 * constant feature 1 is added as the last one (intercept).
 */
#ifndef TG_ASGD_DATASET_H
#define TG_ASGD_DATASET_H

#include "core/rng.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct tg_dataset {
    size_t    samples, features, classes; /* features counts the intercept */
    size_t   *row;                        /* (samples + 1) where a sample's entries begin */
    uint16_t *feature;                    /* (row[samples]) */
    float    *value;                      /* (row[samples]) */
    uint8_t  *label;                      /* (samples) */
    size_t    workers;
    size_t   *begin; /* (workers + 1) worker w owns owned[begin[w]..] */
    uint32_t *owned; /* (samples) */
} tg_dataset;

/* An IDX file, plain or gzip: `dims` sizes (up to 3), unsigned bytes. The caller frees
 * *bytes. Errors: TG_EIO unreadable; TG_EINPUT wrong magic number, truncated or trailing
 * bytes; TG_ENOMEM. */
TG_CHECKED tg_status tg_idx_read(const char *path, size_t dims, size_t size[3],
                                 uint8_t **bytes);

/* The first `limit` images with their labels, not yet split. Owner: tg_dataset_free().
 * Errors: as tg_idx_read; TG_EINPUT numbers of images and labels differ. */
TG_CHECKED tg_status tg_dataset_read(const char *images, const char *labels, size_t limit,
                                     tg_dataset *out);
void                 tg_dataset_free(tg_dataset *d);

/* Split evenly over workers, each with its own mixture of classes drawn from a symmetric
 * Dirichlet law of this concentration. Source: Hsu, Qi, Brown 2019.
 * Errors: TG_EDOMAIN fewer samples than workers; TG_ENOMEM. */
TG_CHECKED tg_status tg_dataset_split(tg_dataset *d, size_t workers, double concentration,
                                      uint64_t seed);

#endif
