#include "solver/composition.h"

#include <math.h>
#include <string.h>

static double
binomial(size_t n, size_t k)
{
    double b = 1;

    for (size_t i = 1; i <= k; i++) b = b * (double)(n - k + i) / (double)i;
    return round(b);
}

double
tg_composition_number(size_t n, int k)
{
    return binomial(n + (size_t)k - 1, (size_t)k - 1);
}

size_t
tg_composition_rank(const int *count, int k)
{
    size_t left = 0, number = 0;

    for (int p = 0; p < k; p++) left += (size_t)count[p];
    for (int p = 0; p + 1 < k; p++) {
        for (int v = 0; v < count[p]; v++)
            number += (size_t)tg_composition_number(left - (size_t)v, k - p - 1);
        left -= (size_t)count[p];
    }
    return number;
}

void
tg_composition_list(size_t n, int k, int *out)
{
    const size_t all = (size_t)tg_composition_number(n, k), width = (size_t)k;

    memset(out, 0, width * sizeof *out);
    out[k - 1] = (int)n;
    for (size_t s = 1; s < all; s++) {
        int *count = out + s * width;
        memcpy(count, count - width, width * sizeof *count);
        int last = k - 1; /* the rest moves after the last place that can grow */
        while (count[last] == 0) last--;
        const int rest = count[last];
        count[last] = 0;
        count[last - 1]++;
        count[k - 1] = rest - 1;
    }
}
