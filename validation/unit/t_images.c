/* Readers of images: what is written is read back, and what is damaged is told by its place. */
#include "validation/unit/check.h"

#include "asgd/networks/images.h"

#include <sys/stat.h>
#include <zlib.h>

enum { RECORDS = 7, RECORD = 3073 };

static uint8_t record[RECORDS * RECORD];

/* Byte p of plane c of record i. */
static uint8_t
byte_at(size_t i, size_t c, size_t p)
{
    return (uint8_t)(i * 11 + c * 101 + p * 7);
}

static void
fill(void)
{
    for (size_t i = 0; i < RECORDS; i++) {
        record[i * RECORD] = (uint8_t)(i % 4);
        for (size_t k = 0; k < 3072; k++)
            record[i * RECORD + 1 + k] = byte_at(i, k / 1024, k % 1024);
    }
}

static void
check_records(const tg_images *d, size_t from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(d->label[from + i], i % 4);
        for (size_t p = 0; p < 1024; p++)
            for (size_t c = 0; c < 3; c++)
                assert_int_equal(d->pixel[((from + i) * 1024 + p) * 3 + c],
                                 byte_at(i, c, p));
    }
}

/* A class may have one sample only, the first or the last. */
static void
test_every_class(void **state)
{
    uint8_t   label[] = { 2, 1, 1, 0 };
    tg_images d = { .label = label, .samples = 4, .classes = 3 };

    (void)state;
    assert_ok(tg_images_check(&d, "these"));
    d.classes = 4;
    assert_fails(tg_images_check(&d, "these"), TG_EINPUT, "class 3 of 4");
    d = (tg_images){ .label = label + 1, .samples = 3, .classes = 3 };
    assert_fails(tg_images_check(&d, "these"), TG_EINPUT, "class 2 of 3");
}

/* Five pictures of 2 x 3 points in grey, the first three of them; as many labels, or one too few. */
static void
test_idx(void **state)
{
    uint8_t   image[16 + 5 * 6] = { 0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 3 };
    uint8_t   label[8 + 5] = { 0, 0, 8, 1, 0, 0, 0, 5, 2, 0, 1, 3, 0 };
    tg_images d = { 0 };
    char      images[300];

    (void)state;
    for (size_t i = 0; i < 5 * 6; i++) image[16 + i] = (uint8_t)(7 * i);
    strcpy(images, write_temporary("images", image, sizeof image));
    assert_ok(tg_images_idx(images, write_temporary("labels", label, sizeof label), 3, &d));
    assert_int_equal(d.samples, 3);
    assert_int_equal(d.classes, 3);
    assert_int_equal(d.shape.height * 100 + d.shape.width * 10 + d.shape.channels, 231);
    for (size_t i = 0; i < 3 * 6; i++) assert_int_equal(d.pixel[i], 7 * i);
    assert_true(d.label[0] == 2 && d.label[1] == 0 && d.label[2] == 1);
    tg_images_free(&d);
    label[7] = 4;
    assert_fails(
        tg_images_idx(images, write_temporary("labels", label, sizeof label - 1), 3, &d),
        TG_EINPUT, "holds 5 images");
}

/* Planes become pixels with their channels side by side; files follow one another. */
static void
test_cifar(void **state)
{
    char        first[300];
    tg_images   d = { 0 };
    const char *path[2];

    (void)state;
    fill();
    strcpy(first, write_temporary("a.bin", record, sizeof record));
    path[0] = first;
    path[1] = write_temporary("b.bin", record, 2 * RECORD);
    assert_ok(tg_images_cifar(path, 2, SIZE_MAX, &d));
    assert_int_equal(d.samples, RECORDS + 2);
    assert_int_equal(d.classes, 4);
    assert_int_equal(d.shape.height * 10000 + d.shape.width * 100 + d.shape.channels,
                     323203);
    check_records(&d, 0, RECORDS);
    check_records(&d, RECORDS, 2);
    tg_images_free(&d);
    assert_ok(tg_images_cifar(path, 2, 5, &d));
    assert_int_equal(d.samples, 5);
    tg_images_free(&d);
}

/* A folder with some of the parts, one of them gzipped. */
static void
test_folder(void **state)
{
    char      folder[] = "/tmp/tardigrad-test-XXXXXX", path[300];
    tg_images d = { 0 };

    (void)state;
    fill();
    assert_non_null(mkdtemp(folder));
    assert_fails(tg_images_cifar_folder(folder, false, SIZE_MAX, &d), TG_EIO,
                 "holds no data_batch_1.bin");
    snprintf(path, sizeof path, "%s/data_batch_2.bin.gz", folder);
    gzFile z = gzopen(path, "wb");
    assert_int_equal(gzwrite(z, record, 3 * RECORD), 3 * RECORD);
    gzclose(z);
    snprintf(path, sizeof path, "%s/data_batch_4.bin", folder);
    FILE *f = fopen(path, "wb");
    assert_int_equal(fwrite(record, RECORD, 4, f), 4);
    fclose(f);
    assert_ok(tg_images_cifar_folder(folder, false, SIZE_MAX, &d));
    assert_int_equal(d.samples, 7);
    check_records(&d, 0, 3);
    check_records(&d, 3, 4);
    tg_images_free(&d);
    assert_fails(tg_images_cifar_folder(folder, true, SIZE_MAX, &d), TG_EIO,
                 "holds no test_batch.bin");
    remove(path);
    snprintf(path, sizeof path, "%s/data_batch_2.bin.gz", folder);
    remove(path);
    assert_int_equal(rmdir(folder), 0);
}

static void
refused(const void *bytes, size_t n, const char *words)
{
    const char *path = write_temporary("c.bin", bytes, n);
    tg_images   d = { 0 };

    assert_fails(tg_images_cifar(&path, 1, SIZE_MAX, &d), TG_EINPUT, words);
    assert_null(d.pixel);
}

static void
test_damaged(void **state)
{
    const char *nowhere = "/nowhere/x.bin";
    tg_images   d = { 0 };

    (void)state;
    fill();
    refused(record, 2 * RECORD + 99, "truncated: record 2 has 99 of 3073 bytes");
    refused(record, 0, "truncated: record 0 has 0 of 3073 bytes");
    record[RECORD] = 10;
    refused(record, sizeof record, "record 1 has label 10, expected below 10");
    assert_fails(tg_images_cifar(&nowhere, 1, 9, &d), TG_EIO, "/nowhere/x.bin: cannot be");
    fill();
    const char *path = write_temporary("d.bin.gz", "", 0);
    char        kept[300];
    strcpy(kept, path);
    gzFile z = gzopen(kept, "wb");
    gzwrite(z, record, sizeof record);
    gzclose(z);
    FILE        *f = fopen(kept, "rb");
    static char  gz[RECORDS * RECORD];
    const size_t size = fread(gz, 1, sizeof gz, f);
    fclose(f);
    path = write_temporary("e.bin.gz", gz, size / 2);
    assert_int_equal(tg_images_cifar(&path, 1, SIZE_MAX, &d), TG_EINPUT);
}

/* Made-up images: half of the differences between two of a class are noise of the variance asked
 * for; classes and samples depend on the seed as they should. */
static void
test_synthetic(void **state)
{
    const tg_synthetic w = { { 8, 8, 3 }, 400, 4, 0.5 };
    tg_images          a = { 0 }, b = { 0 };
    double             noise = 0, apart = 0;
    const size_t       n = 192;

    (void)state;
    assert_ok(tg_images_synthetic(&w, 1, 0, &a));
    assert_ok(tg_images_synthetic(&w, 1, 1, &b));
    for (size_t i = 0; i + 4 < 400; i++)
        for (size_t k = 0; k < n; k++) {
            const double x = a.pixel[i * n + k], y = a.pixel[(i + 4) * n + k],
                         z = b.pixel[i * n + k];
            noise += (x - y) * (x - y) / 2 / (396 * 192);
            apart += (x - z) * (x - z) / 2 / (396 * 192);
        }
    assert_near(noise, 256, 0.03 * 256); /* (32 x .5)^2, rounding and ends apart */
    assert_near(apart, noise, 0.03 * 256);
    assert_true(memcmp(a.pixel, b.pixel, 400 * n) != 0);
    assert_ok(tg_images_check(&a, "a"));
    for (size_t i = 0; i < 400; i++) a.label[i] = (uint8_t)(2 * (i % 2));
    assert_fails(tg_images_check(&a, "here"), TG_EINPUT,
                 "here: class 1 of 4 has no sample among 400");
    tg_images_free(&a);
    tg_images_free(&b);
    assert_fails(tg_images_synthetic(&(tg_synthetic){ { 8, 8, 1 }, 3, 4, 1 }, 1, 0, &a),
                 TG_EDOMAIN, "a sample of each");
    assert_fails(tg_images_synthetic(&(tg_synthetic){ { 8, 0, 1 }, 9, 4, 1 }, 1, 0, &a),
                 TG_EDOMAIN, "need pixels");
}

RUN(cmocka_unit_test(test_every_class), cmocka_unit_test(test_idx),
    cmocka_unit_test(test_cifar), cmocka_unit_test(test_folder),
    cmocka_unit_test(test_damaged), cmocka_unit_test(test_synthetic))
