#include "asgd/theory/algorithm.h"

#include <stddef.h>
#include <string.h>

const tg_algorithm        tg_asgd = { "asgd", "asgd" }, tg_dude = { "dude", "dude" };
const tg_algorithm *const tg_algorithms[] = { &tg_asgd, &tg_dude, NULL };

const tg_algorithm *
tg_algorithm_find(const char *name)
{
    for (const tg_algorithm *const *a = tg_algorithms; *a; a++)
        if (!strcmp((*a)->name, name)) return *a;
    return NULL;
}
