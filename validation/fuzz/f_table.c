/* table: a CSV table; what is read is written, and reads back the same */
#include "validation/fuzz/fuzz.h"

#include "core/table.h"

#include <math.h>

static void
compare(const tg_table *a, const tg_table *b)
{
    FUZZ_ASSERT(tg_table_rows(a) == tg_table_rows(b));
    FUZZ_ASSERT(tg_table_columns(a) == tg_table_columns(b));
    for (size_t r = 0; r < tg_table_rows(a); r++)
        for (size_t c = 0; c < tg_table_columns(a); c++) {
            const tg_cell x = tg_table_cell(a, r, c), y = tg_table_cell(b, r, c);
            if (x.text || y.text)
                FUZZ_ASSERT(x.text && y.text && !strcmp(x.text, y.text));
            else
                FUZZ_ASSERT(x.number == y.number || (isnan(x.number) && isnan(y.number)));
        }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_table   *t = NULL, *again = NULL;
    double     *times = NULL;
    size_t      n = 0;
    const char *path = fuzz_file(data, size);

    if (tg_table_read(path, &t) != TG_OK) {
        FUZZ_ASSERT(!t && *tg_message());
        return 0;
    }
    if (tg_table_read_times(path, tg_table_column(t, 0)->name, NULL, &times, &n) == TG_OK)
        for (size_t i = 0; i < n; i++) FUZZ_ASSERT(times[i] >= 0 && isfinite(times[i]));
    free(times);
    FUZZ_ASSERT(tg_table_write(t, path) == TG_OK);
    FUZZ_ASSERT(tg_table_read(path, &again) == TG_OK);
    compare(t, again);
    tg_table_free(t);
    tg_table_free(again);
    return 0;
}
