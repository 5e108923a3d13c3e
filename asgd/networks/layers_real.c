#include "asgd/networks/layer.h"

const tg_kind *const TG_AS(tg_layers)[] = {
    &TG_AS(tg_layer_dense).is,        &TG_AS(tg_layer_convolution).is,
    &TG_AS(tg_layer_relu).is,         &TG_AS(tg_layer_softplus).is,
    &TG_AS(tg_layer_tanh).is,         &TG_AS(tg_layer_max_pool).is,
    &TG_AS(tg_layer_mean_pool).is,    &TG_AS(tg_layer_group_norm).is,
    &TG_AS(tg_layer_add).is,          &TG_AS(tg_layer_gaussian).is,
    &TG_AS(tg_layer_softmax_loss).is, &TG_AS(tg_layer_squared_loss).is,
    &TG_AS(tg_layer_image_loss).is,   NULL,
};
