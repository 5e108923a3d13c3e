#include "core/isa.h"

int
tg_isa_available(tg_isa isa)
{
    switch (isa) {
    case TG_ISA_BEST:
    case TG_ISA_PLAIN:
        return 1;
#if defined(TG_WITH_avx2)
    case TG_ISA_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
#if defined(TG_WITH_avx512)
    case TG_ISA_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("fma");
#endif
    default:
        return 0;
    }
}

tg_isa
tg_isa_resolve(tg_isa isa)
{
    if (isa != TG_ISA_BEST && tg_isa_available(isa)) return isa;
    for (int i = TG_ISA_COUNT - 1; i > TG_ISA_PLAIN; i--)
        if (tg_isa_available((tg_isa)i)) return (tg_isa)i;
    return TG_ISA_PLAIN;
}

const char *
tg_isa_name(tg_isa isa)
{
    static const char *const names[] = {
#define X(code, name, doc) name,
        TG_ISA_LIST(X)
#undef X
    };

    return (unsigned)isa < TG_ISA_COUNT ? names[isa] : "unknown";
}
