#include "validation/unit/check.h"

#include "asgd/problems/spectra.h"
#include "study/study.h"

static tg_spectra
read_text(const char *text)
{
    tg_spectra s = { 0 };

    assert_ok(tg_spectra_read(write_temporary("h.txt", text, strlen(text)), &s));
    return s;
}

/* The same five eigenvalues in every form that one list has. */
static void
test_forms_of_one_list(void **state)
{
    static const char *const form[] = {
        "5\n-0.5\n3\n1e-1\n2\n",
        "# made by hand\n5 \n\n-0.5\n3\n.1\n2",
        "[5, -0.5, 3, 0.1, 2]",
        "[ 5.0e+00 -5.0e-01\n  3.0e+00  1.0e-01  2.0e+00]",
        "array([ 5. , -0.5,  3. ,  0.1,  2. ], dtype=float32)",
        "tensor([ 5.0, -0.5,  3.0,  0.1,  2.0], device='cuda:0')",
        "eigenvalue\n5\n-.5\n3\n.1\n2\n",
        "index,Eigenvalue\r\n0,5\r\n1,-.5\r\n2,3\r\n3,.1\r\n4,2\r\n",
        "{\"eigenvalues\": [5, -0.5, 3, 0.1, 2], \"model\": \"x\"}",
        "[{\"step\": 0, \"eigs\": [[5, -0.5], [3, 0.1, 2]]}]",
    };
    static const double h[] = { 5, 3, 2, .1, -.5 };

    (void)state;
    for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
        tg_spectra s = read_text(form[i]);
        assert_int_equal(s.checkpoints, 1);
        assert_false(s.density);
        assert_int_equal(s.first[1], 5);
        for (int j = 0; j < 5; j++) assert_near(s.value[j], h[j], 0);
        const tg_curvature k = tg_spectra_curvature(&s, 0);
        assert_near(k.largest, 5, 0);
        assert_near(k.least, -.5, 0);
        assert_near(k.negative, .2, 1e-15);
        assert_int_equal(k.below, 1);
        tg_spectra_free(&s);
    }
}

static void
test_checkpoints(void **state)
{
    static const char *const form[] = {
        "{\"step\": 100, \"eigenvalues\": [1, 2]}\n{\"step\": 200, \"eigenvalues\": [4, 3, "
        "2]}\n",
        "[{\"step\": 100, \"eigenvalues\": [1, 2]},\n {\"step\": 200, \"eigenvalues\": [4, "
        "3, 2]}]",
        "{\"100\": [1, 2], \"200\": [4, 3, 2]}",
        "step eigenvalue\n100 1\n100 2\n200 4\n200 3\n200 2\n",
        "lambda_max,epoch\r1,100\r2,100\r4,200\r3,200\r2,200\r",
    };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        tg_spectra s = read_text(form[i]);
        assert_int_equal(s.checkpoints, 2);
        assert_near(s.step[0], 100, 0);
        assert_near(s.step[1], 200, 0);
        assert_near(s.value[s.first[0]], 2, 0);
        assert_near(s.value[s.first[1]], 4, 0);
        assert_int_equal(s.first[2], 5);
        tg_spectra_free(&s);
    }
    tg_spectra s = read_text("[[1 2 3]\n [4 5 7]]"); /* rows of an array */
    assert_int_equal(s.checkpoints, 2);
    assert_near(s.value[s.first[1]], 7, 0);
    tg_spectra_free(&s);
}

/* A density's quantiles: its mean within the width of a quantile, its edge exactly. */
static void
test_densities(void **state)
{
    static const char *const form[] = {
        "([[4, 1, 0, -1], [2, 1, 0, -1]], [[.1, .4, .3, .2], [.1, .4, .3, .2]])",
        ("{\"nodes\": [4, 1, 0, -1, 2, 1, 0, -1], \"weights\": "
         "[0.1,0.4,0.3,0.2,0.1,0.4,0.3,0.2]}"),
        "node,weight\n4,.1\n1,.4\n0,.3\n-1,.2\n2,.1\n1,.4\n0,.3\n-1,.2\n",
        "4 .1\n1 .4\n0 .3\n-1 .2\n2 .1\n1 .4\n0 .3\n-1 .2\n",
    };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double    *h = NULL, sum = 0;
        size_t     n = 0;
        tg_spectra s = read_text(form[i]);
        assert_true(s.density);
        assert_int_equal(s.checkpoints, 1);
        const tg_curvature k = tg_spectra_curvature(&s, 0);
        assert_near(k.negative, .2, 1e-12);
        assert_near(k.flat, .3, 1e-12);
        assert_ok(tg_spectra_fill(&s, 0, 1000, &h, &n));
        assert_int_equal(n, 1000);
        assert_near(h[0], 4, 0);
        assert_near(h[999], 1, 0);
        for (size_t j = 0; j < n; j++) sum += h[j] / 1000;
        /* of what is positive: (.05 4 + .05 2 + .4)/.5 */
        assert_near(sum, 1.4, 4e-3);
        for (size_t j = 1; j < n; j++) assert_true(h[j] <= h[j - 1]);
        free(h);
        tg_spectra_free(&s);
    }
}

static void
test_refused(void **state)
{
    static const struct {
        const char *text, *words;
    } bad[] = { { "", "empty" },
                { "[]", "no numbers" },
                { "[1, 2, ..., 3]", "set_printoptions" },
                { "[1, nan]", "number 2 is not finite" },
                { "1\ninf\n", "number 2 is not finite" },
                { "1\nx\n", "expected a number, got \"x\"" },
                { "[1+2j]", "complex numbers, \"1+2j]\"" },
                { "[1.+0.j 2.-1e-3j]", "complex numbers" },
                { "epoch,gap\n1,2\n", "got epoch, gap" },
                { "1 2 3\n", "with a header more are possible" },
                { "a,b\n1,2\n", "expected a column eigenvalue" },
                { "eigenvalue\n1,2\n", "row 2: expected 1 values, got 2" },
                { "1 .5\n2 -.5\n", "a weight must be >= 0" },
                { "1 0\n2 0\n", "must not all be 0" },
                { "{\"nodes\": [1, 2], \"weights\": [1]}", "as many weights as nodes" },
                { "{\"a\": [1]}", "expected the keys" },
                { "{\"eigenvalues\": \"x\"}", "expected a list of numbers" },
                { "{\"eigenvalues\": [1, 2", "not JSON, or cut short" },
                { "PK\003\004", "a zip archive" } };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tg_spectra s = { 0 };
        assert_fails(
            tg_spectra_read(write_temporary("h", bad[i].text, strlen(bad[i].text)), &s),
            TG_EINPUT, bad[i].words);
    }
    double    *h = NULL;
    size_t     n = 0;
    tg_spectra s = read_text("-1\n0\n");
    assert_fails(tg_spectra_fill(&s, 0, 10, &h, &n), TG_EINPUT,
                 "no eigenvalue is positive");
    tg_spectra_free(&s);
}

/* A study takes the positive ones of the checkpoint asked for, and keeps what was left
 * out. */
static void
test_study(void **state)
{
    static const char file[] = "{\"1\": [8, 2], \"5\": [4, 1, -0.5, 0]}";
    char              text[1000];
    tg_study         *s = NULL;
    const char       *path = write_temporary("h.json", file, sizeof file - 1);
    static const char rest[] = "workers: {count: 2, compute: {law: exponential, mean: 1}}\n"
                               "algorithm: {name: asgd, step: 0.1}\nhorizon: 10\n";

    (void)state;
    snprintf(text, sizeof text, "objective: {quadratic: {spectrum: {file: %s}}}\n%s", path,
             rest);
    assert_ok(tg_study_parse(text, "here", &s));
    assert_int_equal(s->quadratic.dim, 2);
    assert_near(s->quadratic.h[0], 4, 0);
    assert_near(s->quadratic.h[1], 1, 0);
    assert_int_equal(s->quadratic.curvature.below, 1);
    assert_near(s->quadratic.curvature.negative, .25, 0);
    tg_study_free(s);
    snprintf(text, sizeof text,
             "objective: {quadratic: {spectrum: {file: %s, checkpoint: 1}}}\n%s", path,
             rest);
    assert_ok(tg_study_parse(text, "here", &s));
    assert_near(s->quadratic.h[0], 8, 0);
    assert_int_equal(s->quadratic.curvature.below, 0);
    tg_study_free(s);
    snprintf(text, sizeof text,
             "objective: {quadratic: {spectrum: {file: %s, checkpoint: 7}}}\n%s", path,
             rest);
    assert_fails(tg_study_parse(text, "here", &s), TG_EINPUT,
                 "none of step 7, the last is 5");
    snprintf(text, sizeof text, "objective: {quadratic: {spectrum: {law: power}}}\n%s",
             rest);
    assert_fails(tg_study_parse(text, "here", &s), TG_EINPUT, "a law needs count");
    snprintf(text, sizeof text, "objective: {quadratic: {spectrum: {count: 3}}}\n%s", rest);
    assert_fails(tg_study_parse(text, "here", &s), TG_EINPUT, "either a law or a file");
}

RUN(cmocka_unit_test(test_forms_of_one_list), cmocka_unit_test(test_checkpoints),
    cmocka_unit_test(test_densities), cmocka_unit_test(test_refused),
    cmocka_unit_test(test_study))
