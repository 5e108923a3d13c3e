/* weights: what a gradient is worth that is so many updates stale
 *
 * c(J) = 1 up to `fresh`, then min(1, (reference/(J + shift))^power); power 0: always 1.
 */
#ifndef TG_CORE_WEIGHTS_H
#define TG_CORE_WEIGHTS_H

typedef struct tg_weights {
    double fresh, reference, shift, power;
} tg_weights;

double tg_weights_at(const tg_weights *w, double staleness);

/* The staleness up to which c is 1: beyond, it falls, or has fallen. */
double tg_weights_edge(const tg_weights *w);

/* E c(J)^n, n = 1 or 2, of J with mean mu and variance fano mu, 0 <= fano <= 1: what is certain, and
 * Poisson numbers beside that; from a hundred of these on, a normal number bent to their third
 * cumulant. */
double tg_weights_mean(const tg_weights *w, double mu, double fano, int n);

/* Up to how many Poisson numbers are counted one by one. */
extern const double tg_weights_many;

#endif
