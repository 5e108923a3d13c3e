/* fuzz: what every fuzzer includes. A fuzzer feeds bytes to one reader of what comes from
 * outside: libFuzzer's with `make fuzz`, those of validation/fuzz/corpus with `make test`
 * (replay.c). Nothing may crash, leak, or take longer than two seconds. */
#ifndef TG_VALIDATION_FUZZ_H
#define TG_VALIDATION_FUZZ_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as a C string; caller frees. */
static inline char *
fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    if (!text) abort();
    memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

/* The bytes as a file of this process, in memory where that is a folder; the path stays
 * valid. */
static inline const char *
fuzz_file(const uint8_t *data, size_t size)
{
    static char path[64];

    snprintf(path, sizeof path, "%s/tardigrad-fuzz-%ld",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0) abort();
    return path;
}

/* No file but the fuzzer's own may be read: a device may never end. */
static inline int
fuzz_names_a_file(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 4 <= size; i++)
        if (!memcmp(data + i, "file", 4)) return 1;
    return 0;
}

/* What must be true whatever the input. */
#define FUZZ_ASSERT(what)                                                                  \
    do {                                                                                   \
        if (!(what)) {                                                                     \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #what);           \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

#endif
