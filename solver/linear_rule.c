#include "solver/linear_rule.h"

#include <math.h>
#include <string.h>

tg_linear_rule
tg_linear_asgd(double eta, double h)
{
    return (tg_linear_rule){
        .q = 1, .p = 1, .A = { 1 }, .B = { -eta * h }, .b = { -eta }, .D = { 1 }
    };
}

/* w = (y, slot): the slot takes h y + xi, and x moves by -(eta/n) (W_slot - slot + h y +
 * xi). */
tg_linear_rule
tg_linear_dude(double eta, double h, double n)
{
    const double a = eta / n;

    return (tg_linear_rule){ .q = 1,
                             .p = 2,
                             .A = { 1 },
                             .B = { -a * h, a },
                             .C = { 0, -a },
                             .b = { -a },
                             .D = { 1, 0 },
                             .E = { 0, 0, h, 0 },
                             .c = { 0, 1 } };
}

tg_linear_rule
tg_linear_heavy_ball(double eta, double h, double beta)
{
    if (beta == 0) return tg_linear_asgd(eta, h);
    return (tg_linear_rule){ .q = 2,
                             .p = 1,
                             .A = { 1, -eta * beta, 0, beta },
                             .B = { -eta * h, h },
                             .b = { -eta, 1 },
                             .D = { 1, 0 } };
}

/* x moves by -eta (g + beta (beta v + g)). */
tg_linear_rule
tg_linear_nesterov(double eta, double h, double beta)
{
    const double each = eta * (1 + beta);

    if (beta == 0) return tg_linear_asgd(eta, h);
    return (tg_linear_rule){ .q = 2,
                             .p = 1,
                             .A = { 1, -eta * beta * beta, 0, beta },
                             .B = { -each * h, h },
                             .b = { -each, 1 },
                             .D = { 1, 0 } };
}

/* s = (x, sum): the sum takes h y + xi, L moves x by -(eta/K) sum and empties it. */
tg_linear_rule
tg_linear_fedbuff(double eta, double h, double buffer)
{
    if (buffer == 1) return tg_linear_asgd(eta, h);
    return (tg_linear_rule){ .q = 2,
                             .p = 1,
                             .A = { 1, 0, 0, 1 },
                             .B = { 0, h },
                             .b = { 0, 1 },
                             .D = { 1, 0 },
                             .cycle = buffer,
                             .L = { 1, -eta / buffer } };
}

/* Gradients are those at x, which waits for the round's end; workers hold nothing else. */
tg_linear_rule
tg_linear_rounds(double eta, double h, double batch)
{
    return (tg_linear_rule){ .q = 2,
                             .p = 0,
                             .A = { 1, 0, h, 1 },
                             .b = { 0, 1 },
                             .cycle = batch,
                             .L = { 1, -eta / batch } };
}

tg_linear_rule
tg_linear_adaptive(double eta, double h, double n)
{
    tg_linear_rule r = tg_linear_asgd(eta, h);

    r.weights = (tg_weights){ .fresh = n, .reference = n, .power = 1 };
    return r;
}

tg_linear_rule
tg_linear_polynomial(double eta, double h, double a)
{
    tg_linear_rule r = tg_linear_asgd(eta, h);

    r.weights = (tg_weights){ .reference = 1, .shift = 1, .power = a };
    return r;
}

tg_linear_rule
tg_linear_koloskova(double eta, double h, double n, double smoothness)
{
    tg_linear_rule r = tg_linear_asgd(eta, h);

    r.weights =
        (tg_weights){ .fresh = n, .reference = 1 / (4 * smoothness * eta), .power = 1 };
    return r;
}

tg_linear_rule
tg_linear_drop(double eta, double h, double limit)
{
    tg_linear_rule r = tg_linear_asgd(eta, h);

    r.limit = limit;
    return r;
}

/* out (q, n) = L a (q, n). */
static void
flush(const tg_linear_rule *r, const double *a, size_t n, double *out)
{
    for (size_t i = 0; i < r->q; i++)
        for (size_t k = 0; k < n; k++) {
            out[i * n + k] = 0;
            for (size_t j = 0; j < r->q; j++)
                out[i * n + k] += r->L[i * r->q + j] * a[j * n + k];
        }
}

tg_linear_rule
tg_linear_flushed(const tg_linear_rule *r)
{
    tg_linear_rule out = *r;

    flush(r, r->A, r->q, out.A);
    flush(r, r->B, r->p, out.B);
    flush(r, r->C, r->p, out.C);
    flush(r, r->b, 1, out.b);
    out.cycle = 0;
    return out;
}

/* ---- by name ------------------------------------------------------------------------- */

static tg_linear_rule
make_asgd(double eta, double h, double workers, double number)
{
    (void)workers, (void)number;
    return tg_linear_asgd(eta, h);
}

static tg_linear_rule
make_dude(double eta, double h, double workers, double number)
{
    (void)number;
    return tg_linear_dude(eta, h, workers);
}

static tg_linear_rule
make_heavy_ball(double eta, double h, double workers, double number)
{
    (void)workers;
    return tg_linear_heavy_ball(eta, h, number);
}

static tg_linear_rule
make_nesterov(double eta, double h, double workers, double number)
{
    (void)workers;
    return tg_linear_nesterov(eta, h, number);
}

static tg_linear_rule
make_fedbuff(double eta, double h, double workers, double number)
{
    (void)workers;
    return tg_linear_fedbuff(eta, h, number);
}

static tg_linear_rule
make_rounds(double eta, double h, double workers, double number)
{
    (void)workers;
    return tg_linear_rounds(eta, h, number);
}

/* n is the number of workers. */
static tg_linear_rule
make_adaptive(double eta, double h, double workers, double number)
{
    (void)number;
    return tg_linear_adaptive(eta, h, workers);
}

static tg_linear_rule
make_aware(double eta, double h, double workers, double number)
{
    (void)workers, (void)number;
    return tg_linear_polynomial(eta, h, 1);
}

static tg_linear_rule
make_polynomial(double eta, double h, double workers, double number)
{
    (void)workers;
    return tg_linear_polynomial(eta, h, number);
}

static tg_linear_rule
make_koloskova(double eta, double h, double workers, double number)
{
    return tg_linear_koloskova(eta, h, workers, number);
}

static tg_linear_rule
make_drop(double eta, double h, double workers, double number)
{
    (void)workers;
    return tg_linear_drop(eta, h, number);
}

static const tg_linear_kind asgd = {
    .name = "asgd", .doc = "a step with each gradient", .filter = "asgd", .make = make_asgd
};
static const tg_linear_kind dude = { .name = "dude",
                                     .doc = "a step with the mean of the workers' newest",
                                     .filter = "dude",
                                     .make = make_dude };
static const tg_linear_kind heavy_ball = { .name = "heavy_ball",
                                           .doc =
                                               "momentum: v <- beta v + g, a step with v",
                                           .number = "beta",
                                           .below = 1,
                                           .filter = "heavy_ball",
                                           .make = make_heavy_ball };
static const tg_linear_kind nesterov = {
    .name = "nesterov",
    .doc = "momentum that looks ahead: a step with g + beta v",
    .number = "beta",
    .below = 1,
    .filter = "nesterov",
    .make = make_nesterov
};
static const tg_linear_kind fedbuff = { .name = "fedbuff",
                                        .doc = "a step with the mean of each K gradients",
                                        .number = "buffer size K",
                                        .least = 1,
                                        .below = INFINITY,
                                        .filter = "fedbuff",
                                        .make = make_fedbuff };
static const tg_linear_kind rounds = {
    .name = "k_batch_sync",
    .doc = "rounds: a step with the first K, all begin anew",
    .number = "batch K",
    .least = 1,
    .below = INFINITY,
    .make = make_rounds
};
static const tg_linear_kind adaptive = { .name = "delay_adaptive",
                                         .doc =
                                             "a step times n/max(n, staleness), n workers",
                                         .filter = "delay_adaptive",
                                         .make = make_adaptive };
static const tg_linear_kind aware = { .name = "staleness_aware",
                                      .doc = "a step over 1 + staleness",
                                      .filter = "delay_adaptive",
                                      .make = make_aware };
static const tg_linear_kind polynomial = { .name = "polynomial",
                                           .doc = "a step times (1 + staleness)^-a",
                                           .number = "exponent a",
                                           .below = INFINITY,
                                           .filter = "delay_adaptive",
                                           .make = make_polynomial };
static const tg_linear_kind koloskova = {
    .name = "koloskova",
    .doc = "a step of at most 1/(4 L staleness) beyond as many updates as workers",
    .number = "smoothness L",
    .least = 1e-300,
    .below = INFINITY,
    .filter = "delay_adaptive",
    .stepped = true,
    .make = make_koloskova
};
static const tg_linear_kind drop = { .name = "drop",
                                     .doc = "gradients staler than a limit are not used",
                                     .number = "limit in updates",
                                     .least = 1,
                                     .below = INFINITY,
                                     .filter = "drop",
                                     .make = make_drop };

const tg_linear_kind *const tg_linear_kinds[] = { &asgd,      &dude,    &heavy_ball,
                                                  &nesterov,  &fedbuff, &rounds,
                                                  &adaptive,  &aware,   &polynomial,
                                                  &koloskova, &drop,    NULL };

const tg_linear_kind *
tg_linear_find(const char *name)
{
    const tg_linear_kind *const *k = tg_linear_kinds;

    while (*k && strcmp((*k)->name, name) != 0) k++;
    return *k;
}

tg_status
tg_linear_make(const char *name, double eta, double h, double workers, double number,
               tg_linear_rule *out)
{
    const tg_linear_kind *k = tg_linear_find(name);

    if (!k) return tg_fail(TG_EINPUT, "theory knows no rule \"%s\"", name);
    if (!(eta > 0 && h > 0 && workers >= 1) || !isfinite(eta * h * workers))
        return tg_fail(TG_EDOMAIN, "expected a step, h > 0 and workers, got %g, %g, %g",
                       eta, h, workers);
    if (k->number && !(number >= k->least && number < k->below))
        return tg_fail(TG_EDOMAIN, "%s: %s must be in [%g, %g), got %g", name, k->number,
                       k->least, k->below, number);
    *out = k->make(eta, h, workers, k->number ? number : 0);
    return TG_OK;
}
