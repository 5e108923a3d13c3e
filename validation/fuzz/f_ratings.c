/* ratings: lines of MovieLens' two forms, and what is made of them */
#include "validation/fuzz/fuzz.h"

#include "asgd/problems/ratings.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_ratings r = { 0 };

    if (tg_ratings_read(fuzz_file(data, size), 1000, &r) != TG_OK) {
        FUZZ_ASSERT(!r.user && *tg_message());
        return 0;
    }
    FUZZ_ASSERT(r.count > 0 && r.count <= 1000 && r.users > 0 && r.items > 0);
    FUZZ_ASSERT(r.users <= r.count && r.items <= r.count);
    for (size_t s = 0; s < r.count; s++)
        FUZZ_ASSERT(r.user[s] < r.users && r.item[s] < r.items && r.value[s] * 0 == 0);
    if (tg_ratings_hold_out(&r, .5, 1) != TG_OK) abort();
    FUZZ_ASSERT(r.test == r.count / 2);
    tg_ratings_free(&r);
    return 0;
}
