/* spectra_read: lists of numbers in a text, whatever is around them. Private. */
#ifndef TG_ASGD_SPECTRA_READ_H
#define TG_ASGD_SPECTRA_READ_H

#include "asgd/traces/text.h"
#include "core/status.h"

#include <stddef.h>

/* Lists of numbers one after the other: list i is number[first[i]] .. number[first[i + 1] -
 * 1]. */
typedef struct tg_lists {
    double *number, *step; /* step (lists): as the file says, or NaN */
    size_t *first;         /* (lists + 1) */
    size_t  lists, numbers, room, list_room;
    int     paired; /* lists are nodes, weights, nodes, weights, ... by their names */
    char    took[120];
} tg_lists;

/* Errors: TG_EINPUT, TG_ENOMEM. */
TG_CHECKED tg_status tg_lists_read(const tg_text *text, tg_lists *out);
void                 tg_lists_free(tg_lists *l);

#endif
