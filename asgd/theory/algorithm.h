/* algorithm: what theory knows of a server rule: the name of its filter (core/loop.h) */
#ifndef TG_ASGD_ALGORITHM_H
#define TG_ASGD_ALGORITHM_H

typedef struct tg_algorithm {
    const char *name, *filter;
} tg_algorithm;

extern const tg_algorithm *const tg_algorithms[]; /* NULL-terminated: asgd, dude */
extern const tg_algorithm        tg_asgd, tg_dude;

/* NULL if theory knows none of that name. */
const tg_algorithm *tg_algorithm_find(const char *name);

#endif
