/* keys: the keys of a study, and what they may name, in words: for help and man pages */
#ifndef TG_CLI_KEYS_H
#define TG_CLI_KEYS_H

#include "study/schema.h"

#include <stddef.h>

/* "number", "law", ... */
const char *key_type(const tg_key *k);

/* One line of remarks: unit, range, default. */
void key_remark(const tg_key *k, char *out, size_t room);

/* What a study may name, and what it measures. */
typedef struct named_registry {
    const char           *title;
    const tg_kind *const *registry;
} named_registry;
extern const named_registry named_registries[]; /* ends with title NULL */

#endif
