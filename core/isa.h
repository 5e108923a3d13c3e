/* isa: which instruction set the hot kernels run on
 *
 * Every hot kernel is one source file compiled once for each entry of this list. All of
 * them do the same IEEE operations in the same order (no contraction, no reassociation), so
 * they give the same bits; only the speed differs.
 */
#ifndef TG_CORE_ISA_H
#define TG_CORE_ISA_H

#define TG_ISA_LIST(X)                                                                     \
    X(TG_ISA_BEST, "best", "the widest this machine has")                                  \
    X(TG_ISA_PLAIN, "plain", "what every machine of this family has")                      \
    X(TG_ISA_AVX2, "avx2", "x86-64 with AVX2 and FMA")                                     \
    X(TG_ISA_AVX512, "avx512", "x86-64 with AVX-512 F and DQ, and FMA")

typedef enum tg_isa {
#define X(code, name, doc) code,
    TG_ISA_LIST(X)
#undef X
        TG_ISA_COUNT
} tg_isa;

/* Whether kernels for `isa` were built and this machine runs them. */
int tg_isa_available(tg_isa isa);

/* `isa` itself if it is available; else, and for TG_ISA_BEST, the widest that is. */
tg_isa tg_isa_resolve(tg_isa isa);

const char *tg_isa_name(tg_isa isa); /* "avx512"; "unknown" outside the list */

#endif
