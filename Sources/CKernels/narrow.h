// Layers of at most four outputs, such as a policy's or a value's head. Padded to 16 columns they would cost four to sixteen times
// their work, so here the lanes lie across the inputs instead.

#define MOST_NARROW_OUTPUTS 4
#define MOST_NARROW_INPUTS 512

INLINE int is_narrow(ptrdiff_t inputs, ptrdiff_t outputs) {
    return outputs <= MOST_NARROW_OUTPUTS && inputs % LANES == 0 && inputs <= MOST_NARROW_INPUTS;
}

// LANES / slots rows at once: as many sums as there are lanes, so that adding up their lanes leaves one full vector.
INLINE void narrow_forward_of(
    const int outputs, const int slots, const float *x, ptrdiff_t ldx, const float *w, const float *b, float *y, ptrdiff_t ldy,
    ptrdiff_t rows, ptrdiff_t inputs) {
    const int block = LANES / slots;
    float columns[MOST_NARROW_OUTPUTS * MOST_NARROW_INPUTS];
    for (ptrdiff_t i = 0; i < inputs; i++) {
        UNROLL for (int o = 0; o < outputs; o++) columns[o * inputs + i] = w[i * 16 + o];
    }
    for (ptrdiff_t row = 0; row < rows; row += block) {
        const float *at[LANES];
        // Beyond the last row the last one is computed again.
        UNROLL for (int r = 0; r < block; r++) at[r] = x + (row + r < rows ? row + r : rows - 1) * ldx;
        vf sums[LANES];
        UNROLL for (int s = 0; s < LANES; s++) sums[s] = splat(0);
        for (ptrdiff_t p = 0; p < inputs; p += LANES) {
            vf column[MOST_NARROW_OUTPUTS];
            UNROLL for (int o = 0; o < outputs; o++) column[o] = load(columns + o * inputs + p);
            UNROLL for (int r = 0; r < block; r++) {
                vf values = load(at[r] + p);
                UNROLL for (int o = 0; o < outputs; o++) sums[r * slots + o] += values * column[o];
            }
        }
        float results[LANES];
        store(results, lane_sums(sums));
        ptrdiff_t live = rows - row < block ? rows - row : block;
        for (ptrdiff_t r = 0; r < live; r++) {
            float *to = y + (row + r) * ldy;
            for (int lane = 0; lane < 16; lane += LANES) store(to + lane, splat(0));
            UNROLL for (int o = 0; o < outputs; o++) to[o] = results[r * slots + o] + b[o];
        }
    }
}

INLINE void narrow_forward(
    const float *x, ptrdiff_t ldx, const float *w, const float *b, float *y, ptrdiff_t ldy, ptrdiff_t rows, ptrdiff_t inputs,
    int outputs) {
    switch (outputs) {
    case 1: narrow_forward_of(1, 1, x, ldx, w, b, y, ldy, rows, inputs); break;
    case 2: narrow_forward_of(2, 2, x, ldx, w, b, y, ldy, rows, inputs); break;
    case 3: narrow_forward_of(3, 4, x, ldx, w, b, y, ldy, rows, inputs); break;
    default: narrow_forward_of(4, 4, x, ldx, w, b, y, ldy, rows, inputs); break;
    }
}

// `vectors` vectors of inputs; `phases` rows at once where one row has too few sums to keep the multipliers busy.
INLINE void narrow_weights_block(
    const int outputs, const int vectors, const int phases, const float *x, ptrdiff_t ldx, const float *g, ptrdiff_t ldg,
    float *dw, ptrdiff_t rows) {
    vf sums[2][MOST_NARROW_OUTPUTS][MOST_VECTORS];
    UNROLL for (int phase = 0; phase < phases; phase++) {
        UNROLL for (int o = 0; o < outputs; o++) {
            UNROLL for (int v = 0; v < vectors; v++) sums[phase][o][v] = splat(0);
        }
    }
#define add_row(phase, row_) \
    do { \
        vf values[MOST_VECTORS]; \
        UNROLL for (int v = 0; v < vectors; v++) values[v] = load(x + (row_) * ldx + v * LANES); \
        UNROLL for (int o = 0; o < outputs; o++) { \
            vf scale = splat(g[(row_) * ldg + o]); \
            UNROLL for (int v = 0; v < vectors; v++) sums[phase][o][v] += scale * values[v]; \
        } \
    } while (0)
    ptrdiff_t row = 0;
    for (; row + phases <= rows; row += phases) {
        UNROLL for (int phase = 0; phase < phases; phase++) add_row(phase, row + phase);
    }
    if (row < rows) add_row(0, row);
#undef add_row
    UNROLL for (int o = 0; o < outputs; o++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            float lanes[LANES];
            store(lanes, phases == 2 ? sums[0][o][v] + sums[1][o][v] : sums[0][o][v]);
            for (int lane = 0; lane < LANES; lane++) dw[(v * LANES + lane) * 16 + o] += lanes[lane];
        }
    }
}

INLINE void narrow_weights_of(
    const int outputs, const float *x, ptrdiff_t ldx, const float *g, ptrdiff_t ldg, float *dw, float *db, ptrdiff_t rows,
    ptrdiff_t inputs) {
    const int phases = outputs <= 2 ? 2 : 1;
    ptrdiff_t in = 0;
    for (; in + TILE_VECTORS * LANES <= inputs; in += TILE_VECTORS * LANES) {
        narrow_weights_block(outputs, TILE_VECTORS, phases, x + in, ldx, g, ldg, dw + in * 16, rows);
    }
    for (; in < inputs; in += LANES) narrow_weights_block(outputs, 1, phases, x + in, ldx, g, ldg, dw + in * 16, rows);
    float totals[MOST_NARROW_OUTPUTS] = {0};
    for (ptrdiff_t row = 0; row < rows; row++) {
        UNROLL for (int o = 0; o < outputs; o++) totals[o] += g[row * ldg + o];
    }
    UNROLL for (int o = 0; o < outputs; o++) db[o] += totals[o];
}

INLINE void narrow_backward_weights(
    const float *x, ptrdiff_t ldx, const float *g, ptrdiff_t ldg, float *dw, float *db, ptrdiff_t rows, ptrdiff_t inputs,
    int outputs) {
    switch (outputs) {
    case 1: narrow_weights_of(1, x, ldx, g, ldg, dw, db, rows, inputs); break;
    case 2: narrow_weights_of(2, x, ldx, g, ldg, dw, db, rows, inputs); break;
    case 3: narrow_weights_of(3, x, ldx, g, ldg, dw, db, rows, inputs); break;
    default: narrow_weights_of(4, x, ldx, g, ldg, dw, db, rows, inputs); break;
    }
}
