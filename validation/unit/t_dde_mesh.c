#include "solver/dde_mesh.h"

#include "validation/unit/delayed.h"

static tg_status
mackey_glass_forcing(size_t count, const double *t, const double *past, double *out,
                     void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .2 * past[k] / (1 + pow(past[k], 10));
    return TG_OK;
}

/* Order 2 s at the ends of the mesh, measured at t = 17 (one delay: nothing amplifies). */
static void
test_mesh(void **state)
{
    const double      decay = -.1;
    double            half = .5, x[101];
    const tg_dde_mesh eq = { 1, 17, &decay, mackey_glass_forcing, constant, &half };

    (void)state;
    assert_ok(tg_dde_mesh_solve(&eq, 1000, 101, 12, 8, x));
    assert_near(x[1], .8154435764300558561013557, 1e-12);
    assert_near(x[10], 1.050020507052510584506828, 1e-11);
    assert_near(x[50], 1.15390585545228631595045, 1e-10);
    assert_near(x[100], 1.079612339926939948260604, 1e-10);
    for (int stages = 2; stages <= 3; stages++) {
        double error[3];
        for (int k = 0; k < 3; k++) {
            assert_ok(tg_dde_mesh_solve(&eq, 68, 3, (size_t)24 << k, stages, x));
            double exact[3];
            assert_ok(tg_dde_mesh_solve(&eq, 68, 3, 64, 10, exact));
            error[k] = fabs(x[2] - exact[2]);
        }
        assert_near(log2(error[1] / error[2]), 2 * stages, .4);
    }
}

static void
test_missing(void **state)
{
    const double      decay = -.1;
    const tg_dde_mesh whole = { 1, 17, &decay, mackey_glass_forcing, constant, NULL };
    tg_dde_mesh       eq = whole;
    double            x[2] = { 7, 7 };

    (void)state;
    eq.L = NULL;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 4, x), TG_EDOMAIN, "no matrix L");
    eq = whole, eq.forcing = NULL;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 4, x), TG_EDOMAIN, "no forcing");
    eq = whole, eq.history = NULL;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 4, x), TG_EDOMAIN, "no history");
    assert_true(x[0] == 7 && x[1] == 7);
}

RUN(cmocka_unit_test(test_mesh), cmocka_unit_test(test_missing))
