/* models: networks by name */
#ifndef TG_ASGD_NETWORKS_MODELS_H
#define TG_ASGD_NETWORKS_MODELS_H

#include "asgd/networks/place.h"
#include "core/kind.h"

/* Layers, choices of tg_layers_single; owned, tg_layer_list_free(). */
typedef struct tg_layer_list {
    tg_choice *layer; /* (count) */
    size_t     count;
} tg_layer_list;

void tg_layer_list_free(tg_layer_list *l);

extern const tg_kind *const tg_models[]; /* mlr, dnn, cnn_small, cnn, resnet, vae */

/* The layers of a choice of tg_models for images of this shape and so many classes. Errors: TG_EDOMAIN parameters out of
 * range; TG_ENOMEM. */
TG_CHECKED tg_status tg_model_layers(const tg_choice *model, tg_shape shape, size_t classes,
                                     tg_layer_list *out);

#endif
