/* dispatch: the copy of a kernel that belongs to an instruction set. Private.
 *
 * The build says by TG_WITH_<isa> which copies there are beside the plain one.
 */
#ifndef TG_CORE_DISPATCH_H
#define TG_CORE_DISPATCH_H

#include "core/isa.h"

#if defined(TG_WITH_avx2)
#define TG_CASE_AVX2(kernel, ...)                                                          \
    case TG_ISA_AVX2:                                                                      \
        kernel##_avx2(__VA_ARGS__);                                                        \
        break;
#else
#define TG_CASE_AVX2(kernel, ...)
#endif

#if defined(TG_WITH_avx512)
#define TG_CASE_AVX512(kernel, ...)                                                        \
    case TG_ISA_AVX512:                                                                    \
        kernel##_avx512(__VA_ARGS__);                                                      \
        break;
#else
#define TG_CASE_AVX512(kernel, ...)
#endif

/* kernel(...) on `isa`, which tg_isa_resolve() gave. */
#define TG_DISPATCH(isa, kernel, ...)                                                      \
    do {                                                                                   \
        switch (isa) {                                                                     \
            TG_CASE_AVX2(kernel, __VA_ARGS__)                                              \
            TG_CASE_AVX512(kernel, __VA_ARGS__)                                            \
        default:                                                                           \
            kernel##_plain(__VA_ARGS__);                                                   \
        }                                                                                  \
    } while (0)

#endif
