/* page: where sentences go, and how many columns it has */
#ifndef TG_STUDY_PAGE_H
#define TG_STUDY_PAGE_H

#include <stdio.h>

enum { TG_PAGE_COLUMNS = 80 }; /* of a page that is no terminal */

typedef struct tg_page {
    FILE *stream; /* NULL: nowhere */
    int   columns;
} tg_page;

#endif
