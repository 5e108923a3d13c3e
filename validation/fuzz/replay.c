/* replay FILE...: the inputs of a corpus through one fuzzer, each within two seconds */
#include "validation/fuzz/fuzz.h"

#include <time.h>

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int
replay(const char *path)
{
    FILE    *f = fopen(path, "rb");
    uint8_t *data = malloc(1 << 20);

    if (!f || !data) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 1;
    }
    const size_t size = fread(data, 1, 1 << 20, f);
    fclose(f);
    const double begin = now();
    LLVMFuzzerTestOneInput(data, size);
    const double took = now() - begin;
    free(data);
    if (took < 2) return 0;
    fprintf(stderr, "%s: took %.1f s\n", path, took);
    return 1;
}

int
main(int argc, char **argv)
{
    int bad = 0;

    for (int i = 1; i < argc; i++) bad |= replay(argv[i]);
    return bad;
}
