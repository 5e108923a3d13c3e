/* allocations: every malloc, calloc, realloc, aligned_alloc and strdup of the library asks
 * the test first, which is linked with --wrap for them (Makefile). The test defines
 *
 *     static int refused(size_t bytes, int again);    again: room that was there grows
 *
 * before it includes this. */
#ifndef TG_VALIDATION_ALLOCATIONS_H
#define TG_VALIDATION_ALLOCATIONS_H

#include <stddef.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);

void *
__wrap_malloc(size_t size)
{
    return refused(size, 0) ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
    return refused(n * size, 0) ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t size)
{
    return refused(size, p != NULL) ? NULL : __real_realloc(p, size);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return refused(size, 0) ? NULL : __real_aligned_alloc(alignment, size);
}

char *
__wrap_strdup(const char *text)
{
    return refused(strlen(text) + 1, 0) ? NULL : __real_strdup(text);
}

#endif
