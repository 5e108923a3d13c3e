/* multiply_loops: the loops of multiply_kernel.c for one kind of number. Columns go by strips of two
 * vectors or one, whose part of b is packed, for so many terms and strips as stay in the nearest
 * cache; a block of rows keeps its sums in registers over these. Private; included once for each kind of number. */

enum { OF(TERMS) = 1024 / (int)sizeof(number) };

/* A run of terms: where it begins in a, and how many there are. */
typedef struct OF(run) {
    ptrdiff_t at;
    size_t    terms;
} OF(run);

static inline vector
OF(fused)(number a, vector b, vector c)
{
#if defined(FUSED)
    return FUSED(a, b, c);
#else
    for (int i = 0; i < WIDTH; i++) c[i] = FUSE(a, b[i], c[i]);
    return c;
#endif
}

static inline vector
OF(get)(const number *p)
{
    vector x;

    memcpy(&x, p, sizeof x);
    return x;
}

/* rows x (wide vectors) sums from c on, over the runs; four pointers reach all rows of a. */
static inline __attribute__((always_inline)) void
OF(block)(const tg_multiply *p, const OF(run) * run, size_t runs, const number *a,
          const number *b, number *c, ptrdiff_t c_row, const int rows, const int wide)
{
    const ptrdiff_t row = p->a_row[1], step = p->a_term[1];
    vector          sum[MOST_ROWS][2];

    for (int r = 0; r < rows; r++)
        for (int v = 0; v < wide; v++) sum[r][v] = OF(get)(c + r * c_row + v * WIDTH);
    for (; runs > 0; runs--, run++) {
        const number *p0 = a + run->at, *p1 = p0 + 3 * row, *p2 = p1 + 3 * row,
                     *p3 = p2 + 3 * row;
        for (size_t k = run->terms; k > 0; k--) {
            vector w[2];
            for (int v = 0; v < wide; v++) w[v] = OF(get)(b + v * WIDTH);
            for (int r = 0; r < rows; r++) {
                const number *q = r < 3 ? p0 : r < 6 ? p1 : r < 9 ? p2 : p3;
                for (int v = 0; v < wide; v++)
                    sum[r][v] = OF(fused)(q[(r % 3) * row], w[v], sum[r][v]);
            }
            b += wide * WIDTH;
            p0 += step;
            p1 += step;
            p2 += step;
            p3 += step;
        }
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < wide; v++)
            memcpy(c + r * c_row + v * WIDTH, &sum[r][v], sizeof(vector));
}

/* The same where fewer than all columns are there: on a copy. */
static inline __attribute__((always_inline)) void
OF(some)(const tg_multiply *p, const OF(run) * run, size_t runs, const number *a,
         const number *b, number *c, size_t columns, const int rows, const int wide)
{
    const bool      whole = columns == (size_t)(wide * WIDTH);
    const ptrdiff_t c_row = p->c_row[1];
    number          tile[MOST_ROWS * 2 * WIDTH];

    if (!whole) memset(tile, 0, sizeof tile);
    for (int r = 0; !whole && r < rows; r++)
        memcpy(tile + r * wide * WIDTH, c + r * c_row, columns * sizeof *c);
    OF(block)
    (p, run, runs, a, b, whole ? c : tile, whole ? c_row : wide * WIDTH, rows, wide);
    for (int r = 0; !whole && r < rows; r++)
        memcpy(c + r * c_row, tile + r * wide * WIDTH, columns * sizeof *c);
}

/* Strips of columns whose terms are packed side by side: where in b, c and the room each is. */
typedef struct OF(group) {
    const number *b;
    size_t        first, columns, terms; /* columns of c */
} OF(group);

/* A block of rows with all strips of a group. */
static inline __attribute__((always_inline)) void
OF(across)(const tg_multiply *p, const OF(run) * run, size_t runs, const number *a,
           number *c, const OF(group) * g, const int rows)
{
    const number *b = g->b;

    for (size_t j = 0; j < g->columns; j += 2 * WIDTH, b += g->terms * 2 * WIDTH) {
        const size_t n = g->columns - j < 2 * WIDTH ? g->columns - j : 2 * WIDTH;
        if (n > WIDTH)
            OF(some)(p, run, runs, a, b, c + j, n, rows, 2);
        else
            OF(some)(p, run, runs, a, b, c + j, n, rows, 1);
    }
}

#define BLOCKS(n)                                                                          \
    for (; i + (n) <= p->rows[1]; i += (n)) OF(across)                                     \
    (p, run, runs, a + (ptrdiff_t)i * p->a_row[1], c + (ptrdiff_t)i * p->c_row[1], g, n)

/* All rows of a group of strips. */
static void
OF(sweep)(const tg_multiply *p, const OF(run) * run, size_t runs, const OF(group) * g)
{
    for (size_t o = 0; o < p->rows[0]; o++) {
        const number *a = (const number *)p->a + (ptrdiff_t)o * p->a_row[0];
        number       *c = (number *)p->c + (ptrdiff_t)o * p->c_row[0] + g->first;
        size_t        i = 0;
#if MOST_ROWS >= 12
        BLOCKS(12);
        BLOCKS(8);
#endif
#if MOST_ROWS >= 6
        BLOCKS(6);
        BLOCKS(4);
#endif
        BLOCKS(2);
        BLOCKS(1);
    }
}

#undef BLOCKS

/* Terms [from, to) of `columns` columns of b, rows filled up with zeros to `width`. */
static void
OF(pack)(const tg_multiply *p, size_t from, size_t to, size_t first, size_t columns,
         size_t width, number *room)
{
    enum { AHEAD = 16 };
    const number *b = (const number *)p->b + from * p->b_term + first;

    for (size_t k = from; k < to; k++, b += p->b_term, room += width) {
        if (k + AHEAD < to) {
            __builtin_prefetch(b + AHEAD * p->b_term);
            __builtin_prefetch(b + AHEAD * p->b_term + WIDTH);
        }
        if (p->crossed)
            for (size_t j = 0; j < columns; j++) room[j] = j % 2 ? b[j - 1] : 0;
        else if (columns == 2 * WIDTH)
            memcpy(room, b, 2 * sizeof(vector));
        else
            for (size_t j = 0; j < columns; j++) room[j] = b[j];
        for (size_t j = columns; j < width; j++) room[j] = 0;
    }
}

/* As many strips from column `first` on as fit into the room; b itself if it is one strip. */
static OF(group)
    OF(collect)(const tg_multiply *p, size_t from, size_t to, size_t first, number *room)
{
    const size_t terms = to - from, left = p->columns - first;
    const size_t most = OF(TERMS) / terms * 2 * WIDTH;
    OF(group) g = { room, first, left < most ? left : most, terms };
    const size_t width = g.columns > WIDTH ? 2 * WIDTH : WIDTH;

    if (p->b_term == width && g.columns == width && !p->crossed) {
        g.b = (const number *)p->b + from * p->b_term + first;
        return g;
    }
    for (size_t j = 0; j < g.columns; j += 2 * WIDTH, room += terms * 2 * WIDTH) {
        const size_t n = g.columns - j < 2 * WIDTH ? g.columns - j : 2 * WIDTH;
        OF(pack)(p, from, to, first + j, n, n > WIDTH ? 2 * WIDTH : WIDTH, room);
    }
    return g;
}

/* The terms from `from` on as runs, not more than fit; returns where they end. */
static size_t
OF(gather)(const tg_multiply *p, size_t from, OF(run) * run, size_t *runs)
{
    const size_t all = p->terms[0] * p->terms[1], inner = p->terms[1];
    const size_t to = all - from > OF(TERMS) ? from + OF(TERMS) : all;

    *runs = 0;
    for (size_t k = from; k < to;) {
        const size_t left = inner - k % inner, n = to - k < left ? to - k : left;
        run[(*runs)++] = (OF(run)){
            (ptrdiff_t)(k / inner) * p->a_term[0] + (ptrdiff_t)(k % inner) * p->a_term[1], n
        };
        k += n;
    }
    return to;
}

void
TG_KERNEL(OF(tg_multiply))(const tg_multiply *p)
{
    number room[OF(TERMS) * 2 * WIDTH];
    OF(run) run[OF(TERMS)];
    size_t runs, to;

    for (size_t k = 0; k < p->terms[0] * p->terms[1]; k = to) {
        to = OF(gather)(p, k, run, &runs);
        for (size_t j = 0; j < p->columns;) {
            const OF(group) g = OF(collect)(p, k, to, j, room);
            OF(sweep)(p, run, runs, &g);
            j += g.columns;
        }
    }
}

#undef number
#undef vector
#undef WIDTH
#undef OF
#undef FUSED
#undef FUSE
