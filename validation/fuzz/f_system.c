/* system: the YAML file of a system of delay equations */
#include "validation/fuzz/fuzz.h"

#include "study/system_file.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_system s;

    if (fuzz_names_a_file(data, size)) return 0;
    if (tg_system_file_read(fuzz_file(data, size), &s) == TG_OK)
        tg_system_file_free(&s);
    else
        FUZZ_ASSERT(*tg_message());
    return 0;
}
