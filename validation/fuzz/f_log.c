/* log: rows of cells, by the reader that takes what no other recognises */
#include "validation/fuzz/log.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_log(data, size);
}
