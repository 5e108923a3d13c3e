/* cifar: records of images in CIFAR's binary layout */
#include "validation/fuzz/fuzz.h"

#include "asgd/networks/images.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);
    tg_images   d = { 0 };

    if (tg_images_cifar(&path, 1, 100, &d) != TG_OK)
        FUZZ_ASSERT(!d.pixel && !d.label && d.samples == 0);
    else
        FUZZ_ASSERT(d.samples > 0 && d.classes <= 10);
    tg_images_free(&d);
    return 0;
}
