/* mllog: a log by the reader mllog */
#include "validation/fuzz/log.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_log(data, size);
}
