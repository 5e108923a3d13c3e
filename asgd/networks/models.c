#include "asgd/networks/models.h"

#include "asgd/networks/layer.h"

#include <math.h>
#include <stdlib.h>

/* What the data are like. */
typedef struct tg_data {
    double classes, pixels;
} tg_data;

typedef struct tg_model_kind {
    tg_kind is;
    tg_status (*layers)(tg_layer_list *l, const double *param, const tg_data *of);
} tg_model_kind;

void
tg_layer_list_free(tg_layer_list *l)
{
    free(l->layer);
    *l = (tg_layer_list){ 0 };
}

/* One more layer, whose first parameter is this where it is not NaN. */
static tg_status
add(tg_layer_list *l, const tg_layer_kind *kind, double first)
{
    tg_choice *grown = realloc(l->layer, (l->count + 1) * sizeof *grown);

    if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
    l->layer = grown;
    grown[l->count] = tg_choice_of(&kind->is);
    if (!isnan(first)) grown[l->count].param[0] = first;
    l->count++;
    return TG_OK;
}

static tg_status
add_second(tg_layer_list *l, const tg_layer_kind *kind, double first, const char *name,
           double value)
{
    TG_TRY(add(l, kind, first));
    return tg_choice_set(&l->layer[l->count - 1], name, value);
}

static tg_status
dense(tg_layer_list *l, double width)
{
    TG_TRY(add(l, &tg_layer_dense_single, width));
    return add(l, &tg_layer_relu_single, NAN);
}

static tg_status
end(tg_layer_list *l, const tg_data *of)
{
    TG_TRY(add(l, &tg_layer_dense_single, of->classes));
    return add(l, &tg_layer_softmax_loss_single, NAN);
}

static tg_status
mlr(tg_layer_list *l, const double *param, const tg_data *of)
{
    (void)param;
    return end(l, of);
}

static tg_status
dnn(tg_layer_list *l, const double *param, const tg_data *of)
{
    for (double i = 0; i < param[0]; i++) TG_TRY(dense(l, param[1]));
    return end(l, of);
}

/* ---- convolutions -------------------------------------------------------------------- */

static tg_status
pooled(tg_layer_list *l, double channels)
{
    TG_TRY(add(l, &tg_layer_convolution_single, channels));
    TG_TRY(add(l, &tg_layer_relu_single, NAN));
    return add(l, &tg_layer_max_pool_single, NAN);
}

static tg_status
cnn_small(tg_layer_list *l, const double *param, const tg_data *of)
{
    (void)param;
    TG_TRY(pooled(l, 8));
    TG_TRY(pooled(l, 16));
    TG_TRY(dense(l, 64));
    return end(l, of);
}

static tg_status
cnn(tg_layer_list *l, const double *param, const tg_data *of)
{
    (void)param;
    TG_TRY(pooled(l, 32));
    TG_TRY(pooled(l, 64));
    TG_TRY(dense(l, 128));
    return end(l, of);
}

static tg_status
normed(tg_layer_list *l, double channels, double stride, double groups)
{
    TG_TRY(add_second(l, &tg_layer_convolution_single, channels, "stride", stride));
    return add(l, &tg_layer_group_norm_single, groups);
}

static tg_status
residual(tg_layer_list *l, double channels, double stride, double groups)
{
    enum { BACK = 5 };

    TG_TRY(normed(l, channels, stride, groups));
    TG_TRY(add(l, &tg_layer_relu_single, NAN));
    TG_TRY(normed(l, channels, 1, groups));
    TG_TRY(add_second(l, &tg_layer_add_single, BACK, "project", stride > 1));
    return add(l, &tg_layer_relu_single, NAN);
}

static tg_status
resnet(tg_layer_list *l, const double *param, const tg_data *of)
{
    enum { DEPTH, WIDTH, GROUPS };
    const double blocks = (param[DEPTH] - 2) / 6;

    if (blocks != floor(blocks))
        return tg_fail(TG_EDOMAIN, "resnet: expected a depth 8, 14, 20, 26, 32, .., got %g",
                       param[DEPTH]);
    TG_TRY(normed(l, param[WIDTH], 1, param[GROUPS]));
    TG_TRY(add(l, &tg_layer_relu_single, NAN));
    for (int stage = 0; stage < 3; stage++)
        for (double i = 0; i < blocks; i++)
            TG_TRY(residual(l, ldexp(param[WIDTH], stage), stage > 0 && i == 0 ? 2 : 1,
                            param[GROUPS]));
    TG_TRY(add(l, &tg_layer_mean_pool_single, 0));
    return end(l, of);
}

/* ---- autoencoder --------------------------------------------------------------------- */

static tg_status
vae(tg_layer_list *l, const double *param, const tg_data *of)
{
    enum { DEPTH, WIDTH, LATENT };

    for (double i = 0; i < param[DEPTH]; i++) TG_TRY(dense(l, param[WIDTH]));
    TG_TRY(add(l, &tg_layer_dense_single, 2 * param[LATENT]));
    TG_TRY(add(l, &tg_layer_gaussian_single, NAN));
    for (double i = 0; i < param[DEPTH]; i++) TG_TRY(dense(l, param[WIDTH]));
    TG_TRY(add(l, &tg_layer_dense_single, of->pixels));
    return add(l, &tg_layer_image_loss_single, NAN);
}

/* ---- all ----------------------------------------------------------------------------- */

static const tg_param dnn_param[] = {
    { "depth", "", "hidden layers; 0: mlr", 2, 0, 100, false, true },
    { "width", "", "of each", 256, 1, 1e6, false, true },
    { 0 },
};

static const tg_param resnet_param[] = {
    { "depth", "", "layers with weights, 6 n + 2: 8, 14, 20, 32", 8, 8, 200, false, true },
    { "width", "", "channels of the first third", 16, 1, 1e4, false, true },
    { "groups", "", "of channels in each group_norm", 8, 1, 1e4, false, true },
    { 0 },
};

static const tg_param vae_param[] = {
    { "depth", "", "hidden layers of encoder and decoder each", 1, 1, 100, false, true },
    { "width", "", "of each", 64, 1, 1e6, false, true },
    { "latent", "", "numbers that an image becomes", 8, 1, 1e5, false, true },
    { 0 },
};

static const tg_model_kind
    model_mlr = { { "mlr", "multinomial logistic regression", "", NULL }, mlr },
    model_dnn = { { "dnn", "dense layers with relu", "", dnn_param }, dnn },
    model_cnn_small = { { "cnn_small", "convolutions of 8 and 16 channels, dense 64", "",
                          NULL },
                        cnn_small },
    model_cnn = { { "cnn", "convolutions of 32 and 64 channels, dense 128", "", NULL },
                  cnn },
    model_resnet = { { "resnet", "residual network of three thirds, with group_norm",
                       "He, Zhang, Ren, Sun 2016", resnet_param },
                     resnet },
    model_vae = { { "vae", "variational autoencoder: minus its bound, squared and Gaussian",
                    "Kingma, Welling 2014", vae_param },
                  vae };

const tg_kind *const tg_models[] = { &model_mlr.is, &model_dnn.is,    &model_cnn_small.is,
                                     &model_cnn.is, &model_resnet.is, &model_vae.is,
                                     NULL };

tg_status
tg_model_layers(const tg_choice *model, tg_shape shape, size_t classes, tg_layer_list *out)
{
    const tg_data        of = { (double)classes, (double)tg_shape_size(shape) };
    const tg_model_kind *kind = (const tg_model_kind *)model->kind;
    tg_layer_list        l = { 0 };
    tg_status            status = tg_choice_check(model);

    if (status == TG_OK) status = kind->layers(&l, model->param, &of);
    if (status == TG_OK)
        *out = l;
    else
        tg_layer_list_free(&l);
    return status;
}
