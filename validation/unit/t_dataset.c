#include "validation/unit/check.h"

#include "asgd/problems/dataset.h"

#include <zlib.h>

enum { N = 600, SIDE = 3, CLASSES = 4 };

/* IDX files of N images: pixel p of image i is (i * 7 + p * 31) mod 256, zero for odd p. */
static char images[300], labels[300];

static void
write_gz(const char *path, const uint8_t *bytes, size_t n)
{
    gzFile f = gzopen(path, "wb");

    assert_int_equal(gzwrite(f, bytes, (unsigned)n), n);
    gzclose(f);
}

static int
make_files(void **state)
{
    static uint8_t image[16 + N * SIDE * SIDE] = { 0, 0, 8, 3,    0, 0, N >> 8, N & 255,
                                                   0, 0, 0, SIDE, 0, 0, 0,      SIDE };
    static uint8_t label[8 + N] = { 0, 0, 8, 1, 0, 0, N >> 8, N & 255 };

    (void)state;
    for (int i = 0; i < N; i++) {
        for (int p = 0; p < SIDE * SIDE; p++)
            image[16 + i * SIDE * SIDE + p] = p % 2 ? 0 : (uint8_t)(i * 7 + p * 31);
        label[8 + i] = (uint8_t)(i % CLASSES);
    }
    strcpy(images, write_temporary("images", image, sizeof image));
    strcpy(labels, write_temporary("labels.gz", "", 0));
    write_gz(labels, label, sizeof label);
    return 0;
}

/* Sizes whose product is 2^64, that of nothing in 64 bits, and 2^63: refused by their number,
 * with the outputs as they were. */
static void
test_sizes_that_overflow(void **state)
{
    static const uint8_t head[2][16] = {
        { 0, 0, 8, 3, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0x10, 0 },
        { 0, 0, 8, 3, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 0 },
    };

    (void)state;
    for (int i = 0; i < 2; i++) {
        size_t   size[3] = { 7, 7, 7 };
        uint8_t *bytes = NULL;
        assert_fails(
            tg_idx_read(write_temporary("idx", head[i], sizeof head[i]), 3, size, &bytes),
            TG_EINPUT, "GiB");
        assert_true(!bytes && size[0] == 7 && size[1] == 7 && size[2] == 7);
    }
}

static void
test_reads_plain_and_gzip(void **state)
{
    tg_dataset d = { 0 };

    (void)state;
    assert_ok(tg_dataset_read(images, labels, 100, &d));
    assert_int_equal(d.samples, 100);
    assert_int_equal(d.features, SIDE * SIDE + 1);
    assert_int_equal(d.classes, CLASSES);
    for (size_t i = 0; i < d.samples; i++) {
        assert_int_equal(d.label[i], i % CLASSES);
        for (size_t k = d.row[i]; k + 1 < d.row[i + 1]; k++)
            assert_near(d.value[k], (double)(uint8_t)(i * 7 + d.feature[k] * 31u) / 255,
                        1e-7);
        assert_int_equal(d.feature[d.row[i + 1] - 1], SIDE * SIDE);
        assert_near(d.value[d.row[i + 1] - 1], 1, 0);
    }
    tg_dataset_free(&d);
}

static const tg_choice *
how(double alpha)
{
    static tg_choice c;

    assert_ok(tg_choice_find(tg_splits, "split", "dirichlet", &c));
    c.param[0] = alpha;
    return &c;
}

/* Every sample is dealt once, shares are even, and a small concentration makes them unlike.
 */
static void
test_split(void **state)
{
    const double concentration[] = { 0.05, 1e6 };
    double       purity[2];

    (void)state;
    for (int k = 0; k < 2; k++) {
        tg_dataset d = { 0 };
        int        seen[N] = { 0 };
        assert_ok(tg_dataset_read(images, labels, N, &d));
        assert_ok(tg_dataset_split(&d, 7, how(concentration[k]), 1));
        for (size_t i = 0; i < N; i++) seen[d.owned[i]]++;
        for (size_t i = 0; i < N; i++) assert_int_equal(seen[i], 1);
        purity[k] = 0;
        for (size_t w = 0; w < 7; w++) {
            double       count[CLASSES] = { 0 }, most = 0;
            const size_t size = d.begin[w + 1] - d.begin[w];
            assert_true(size >= N / 7 && size <= N / 7 + 1);
            for (size_t i = d.begin[w]; i < d.begin[w + 1]; i++)
                count[d.label[d.owned[i]]]++;
            for (int c = 0; c < CLASSES; c++) most = fmax(most, count[c]);
            purity[k] += most / (double)size / 7;
        }
        tg_dataset_free(&d);
    }
    assert_true(purity[0] > 0.6);
    assert_near(purity[1], 1. / CLASSES, 0.1);
}

static void
test_bad_files(void **state)
{
    static uint8_t header[16] = { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1 };
    size_t         size[3];
    uint8_t       *bytes = NULL;
    tg_dataset     d = { 0 };

    (void)state;
    assert_fails(tg_idx_read("/nonexistent", 3, size, &bytes), TG_EIO, "/nonexistent");
    assert_fails(tg_idx_read(images, 1, size, &bytes), TG_EINPUT,
                 "expected magic number 0x00000801, got 0x00000803");
    assert_fails(tg_idx_read(write_temporary("cut", header, 10), 3, size, &bytes),
                 TG_EINPUT, "truncated");
    assert_fails(tg_idx_read(write_temporary("cut", header, 16), 3, size, &bytes),
                 TG_EINPUT, "truncated after 0 bytes");
    assert_null(bytes);
    assert_fails(tg_dataset_read(images, images, N, &d), TG_EINPUT, "magic");
    assert_ok(tg_dataset_read(images, labels, 5, &d));
    assert_fails(tg_dataset_split(&d, 6, how(1), 1), TG_EDOMAIN, "5 samples");
    tg_dataset_free(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_sizes_that_overflow),
                                        cmocka_unit_test(test_reads_plain_and_gzip),
                                        cmocka_unit_test(test_split),
                                        cmocka_unit_test(test_bad_files) };
    return cmocka_run_group_tests(tests, make_files, NULL);
}
