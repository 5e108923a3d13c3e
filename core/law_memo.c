/* memo: a law's transforms along a curve, kept for those who ask for the same curve again
 *
 * Kept with the law, found by the number of points and three of them, which tells the curves of
 * solver/response.h apart: what is found is what would be computed, to the bit.
 */
#include "core/law.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const size_t MOST_BYTES = 1 << 23;

struct tg_law_memo {
    tg_law_memo   *next;
    size_t         n;
    double complex s[3];
    double complex phi[]; /* (n) */
};

static bool
is_of(const tg_law_memo *m, const double complex *s, size_t n)
{
    return m->n == n && m->s[0] == s[0] && m->s[1] == s[n / 2] && m->s[2] == s[n - 1];
}

bool
tg_law_recall(const tg_delay *d, const double complex *s, size_t n, double complex *phi)
{
    tg_delay          *law = (tg_delay *)d; /* only under the lock */
    const tg_law_memo *m;

    pthread_mutex_lock(&law->making);
    for (m = law->memo; m && !is_of(m, s, n);) m = m->next;
    if (m) memcpy(phi, m->phi, n * sizeof *phi);
    pthread_mutex_unlock(&law->making);
    return m != NULL;
}

void
tg_law_memo_free(tg_law_memo *m)
{
    while (m) {
        tg_law_memo *next = m->next;
        free(m);
        m = next;
    }
}

void
tg_law_remember(const tg_delay *d, const double complex *s, size_t n,
                const double complex *phi)
{
    tg_delay    *law = (tg_delay *)d;
    const size_t bytes = sizeof(tg_law_memo) + n * sizeof *phi;
    tg_law_memo *m = malloc(bytes);

    if (!m) return;
    m->n = n;
    m->s[0] = s[0];
    m->s[1] = s[n / 2];
    m->s[2] = s[n - 1];
    memcpy(m->phi, phi, n * sizeof *phi);
    pthread_mutex_lock(&law->making);
    if (law->remembered + bytes > MOST_BYTES) {
        tg_law_memo_free(law->memo);
        law->memo = NULL;
        law->remembered = 0;
    }
    m->next = law->memo;
    law->memo = m;
    law->remembered += bytes;
    pthread_mutex_unlock(&law->making);
}
