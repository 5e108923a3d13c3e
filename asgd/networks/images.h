/* images: labelled pictures, of which a network sees batches
 *
 * Pixels are bytes, channels last. IDX files (MNIST) have one channel; CIFAR's binary files have
 * records of a label and planes of 32 x 32 bytes, red, green, blue. All may be gzipped.
 */
#ifndef TG_ASGD_NETWORKS_IMAGES_H
#define TG_ASGD_NETWORKS_IMAGES_H

#include "asgd/networks/place.h"

#include <stdint.h>

typedef struct tg_images {
    tg_shape shape;
    size_t   samples, classes;
    uint8_t *pixel; /* (samples, shape) */
    uint8_t *label; /* (samples) */
} tg_images;

void tg_images_free(tg_images *d);

/* The first `limit` of an IDX pair. Owner: tg_images_free(). Errors: as tg_dataset_read(). */
TG_CHECKED tg_status tg_images_idx(const char *images, const char *labels, size_t limit,
                                   tg_images *out);

/* The first `limit` records of files in CIFAR's binary layout, one after the other, (files)
 * paths. Owner: tg_images_free().
 * Errors: TG_EIO unreadable; TG_EINPUT truncated, with the record, or a label above 9;
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_images_cifar(const char *const *path, size_t files, size_t limit,
                                     tg_images *out);

/* The same of a folder as it is published: data_batch_1.bin to data_batch_5.bin, as many of them
 * as there are, or test_batch.bin, plain or .gz. Errors: also TG_EIO there is none. */
TG_CHECKED tg_status tg_images_cifar_folder(const char *folder, bool test, size_t limit,
                                            tg_images *out);

/* Made up, not measured: each class is a picture of normal numbers, smoothed over neighbours,
 * and a sample its class's picture plus `noise` times normal numbers; 128 + 32 of that, as bytes.
 * The classes depend on the seed alone, samples on `index` too: 0 to train, 1 to test.
 * Owner: tg_images_free(). Errors: TG_EDOMAIN something is 0; TG_ENOMEM. */
typedef struct tg_synthetic {
    tg_shape shape;
    size_t   samples, classes;
    double   noise;
} tg_synthetic;

TG_CHECKED tg_status tg_images_synthetic(const tg_synthetic *what, uint64_t seed,
                                         uint32_t index, tg_images *out);

/* Whether every class has a sample. Errors: TG_EINPUT the first that has none. */
TG_CHECKED tg_status tg_images_check(const tg_images *d, const char *what);

#endif
