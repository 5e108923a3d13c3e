/* clusters: a cluster of one law, for tests of theory */
#ifndef TG_VALIDATION_UNIT_CLUSTERS_H
#define TG_VALIDATION_UNIT_CLUSTERS_H

#include "validation/unit/check.h"

#include "asgd/sim/cluster.h"

/* So many staggered workers of this law. Owner: the caller. */
static inline tg_cluster *
cluster_of(const char *text, size_t count)
{
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse(text, &law));
    assert_ok(tg_cluster_create(1, &count, &law, false, &c));
    tg_delay_free(law);
    return c;
}

#endif
