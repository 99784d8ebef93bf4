// Dense layers. One register-blocked product serves all three passes: sum over p of A[row, p] · B[p, column], where A is
// addressed by two strides (so x and xᵀ are the same code) and B has contiguous columns.

#define MOST_ROWS 12
#define MOST_VECTORS 4

#include "narrow.h"

INLINE void product(
    vf sums[MOST_ROWS][MOST_VECTORS], const int rows, const int vectors, const float *a, ptrdiff_t a_row, ptrdiff_t a_step,
    const float *b, ptrdiff_t ldb, ptrdiff_t depth) {
    for (ptrdiff_t p = 0; p < depth; p++) {
        vf column[MOST_VECTORS];
        UNROLL for (int v = 0; v < vectors; v++) column[v] = load(b + p * ldb + v * LANES);
        UNROLL for (int r = 0; r < rows; r++) {
            vf scale = splat(a[r * a_row + p * a_step]);
            UNROLL for (int v = 0; v < vectors; v++) sums[r][v] += scale * column[v];
        }
    }
}

// The whole of `total` rows in register blocks: as many full ones as fit, then smaller ones.
#define IN_ROW_BLOCKS(full, total, block) \
    do { \
        ptrdiff_t row = 0; \
        for (; row + (full) <= (total); row += (full)) block((full)); \
        if ((full) > 4) for (; row + 4 <= (total); row += 4) block(4); \
        if ((full) > 2) for (; row + 2 <= (total); row += 2) block(2); \
        for (; row < (total); row++) block(1); \
    } while (0)

// The whole of `width` (a multiple of 16) columns: wide blocks, then blocks of 16.
#if TILE_VECTORS * LANES > 16
#define IN_COLUMN_BLOCKS(width, total, block) \
    do { \
        ptrdiff_t column = 0; \
        for (; column + TILE_VECTORS * LANES <= (width); column += TILE_VECTORS * LANES) { \
            IN_ROW_BLOCKS(TILE_ROWS, total, block##_wide); \
        } \
        for (; column < (width); column += 16) IN_ROW_BLOCKS(MOST_ROWS, total, block##_narrow); \
    } while (0)
#else
#define IN_COLUMN_BLOCKS(width, total, block) \
    do { \
        for (ptrdiff_t column = 0; column < (width); column += 16) IN_ROW_BLOCKS(TILE_ROWS, total, block##_narrow); \
    } while (0)
#endif
#define NARROW_VECTORS (16 / LANES)

INLINE void forward_block(
    const int rows, const int vectors, const float *x, ptrdiff_t ldx, const float *w, ptrdiff_t ldw, const float *b,
    float *y, float *z, ptrdiff_t ldy, ptrdiff_t inputs, int32_t activation) {
    vf sums[MOST_ROWS][MOST_VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) {
        vf bias = load(b + v * LANES);
        UNROLL for (int r = 0; r < rows; r++) sums[r][v] = bias;
    }
    product(sums, rows, vectors, x, ldx, 1, w, ldw, inputs);
    if (z) {
        UNROLL for (int r = 0; r < rows; r++) {
            UNROLL for (int v = 0; v < vectors; v++) store(z + r * ldy + v * LANES, sums[r][v]);
        }
    }
    // Stored first, activated from cache: the accumulators fill the register file.
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < vectors; v++) store(y + r * ldy + v * LANES, sums[r][v]);
    }
    if (activation == mf_tanh) {
        for (int r = 0; r < rows; r++) tanh_in_place(y + r * ldy, vectors);
    } else if (activation == mf_silu) {
        for (int r = 0; r < rows; r++) {
            UNROLL for (int v = 0; v < vectors; v++) {
                float *at = y + r * ldy + v * LANES;
                vf x = load(at);
                store(at, x * logistic(x));
            }
        }
    }
}

KERNEL(void, dense_forward)(
    const float *x, ptrdiff_t ldx, const float *w, const float *b, float *y, float *z, ptrdiff_t ldy, ptrdiff_t rows,
    ptrdiff_t inputs, ptrdiff_t outputs, int32_t activation) {
    if (is_narrow(inputs, outputs) && activation == mf_linear && !z) {
        narrow_forward(x, ldx, w, b, y, ldy, rows, inputs, (int)outputs);
        return;
    }
    outputs = padded(outputs);
#define forward_of(rows_, vectors_) \
    forward_block( \
        rows_, vectors_, x + row * ldx, ldx, w + column, outputs, b + column, y + row * ldy + column, \
        z ? z + row * ldy + column : NULL, ldy, inputs, activation)
#define forward_wide(rows_) forward_of(rows_, TILE_VECTORS)
#define forward_narrow(rows_) forward_of(rows_, NARROW_VECTORS)
    IN_COLUMN_BLOCKS(outputs, rows, forward);
}

INLINE void backward_inputs_block(
    const int rows, const int vectors, const float *g, ptrdiff_t ldg, const float *wt, ptrdiff_t ldw, float *gx,
    ptrdiff_t ldgx, const float *kept, ptrdiff_t outputs, int32_t activation) {
    vf sums[MOST_ROWS][MOST_VECTORS];
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = splat(0);
    }
    product(sums, rows, vectors, g, ldg, 1, wt, ldw, outputs);
    if (activation == mf_tanh) {
        UNROLL for (int r = 0; r < rows; r++) {
            UNROLL for (int v = 0; v < vectors; v++) {
                vf y = load(kept + r * ldgx + v * LANES);
                store(gx + r * ldgx + v * LANES, sums[r][v] * (1.0f - y * y));
            }
        }
        return;
    }
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < vectors; v++) store(gx + r * ldgx + v * LANES, sums[r][v]);
    }
    if (activation == mf_silu) {
        for (int r = 0; r < rows; r++) {
            UNROLL for (int v = 0; v < vectors; v++) {
                float *at = gx + r * ldgx + v * LANES;
                vf z = load(kept + r * ldgx + v * LANES);
                vf s = logistic(z);
                store(at, load(at) * (s * (1.0f + z * (1.0f - s))));
            }
        }
    }
}

KERNEL(void, dense_backward_inputs)(
    const float *g, ptrdiff_t ldg, const float *wt, float *gx, ptrdiff_t ldgx, const float *kept, ptrdiff_t rows,
    ptrdiff_t inputs, ptrdiff_t outputs, int32_t activation) {
#define inputs_of(rows_, vectors_) \
    backward_inputs_block( \
        rows_, vectors_, g + row * ldg, ldg, wt + column, inputs, gx + row * ldgx + column, ldgx, \
        kept ? kept + row * ldgx + column : NULL, outputs, activation)
#define inputs_wide(rows_) inputs_of(rows_, TILE_VECTORS)
#define inputs_narrow(rows_) inputs_of(rows_, NARROW_VECTORS)
    IN_COLUMN_BLOCKS(inputs, rows, inputs);
}

INLINE void backward_weights_block(
    const int rows, const int vectors, const float *x, ptrdiff_t ldx, const float *g, ptrdiff_t ldg, float *dw,
    ptrdiff_t ldw, ptrdiff_t samples) {
    vf sums[MOST_ROWS][MOST_VECTORS];
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = splat(0);
    }
    product(sums, rows, vectors, x, 1, ldx, g, ldg, samples);
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            float *at = dw + r * ldw + v * LANES;
            store(at, load(at) + sums[r][v]);
        }
    }
}

KERNEL(void, dense_backward_weights)(
    const float *x, ptrdiff_t ldx, const float *g, ptrdiff_t ldg, float *dw, float *db, ptrdiff_t rows, ptrdiff_t inputs,
    ptrdiff_t outputs) {
    if (is_narrow(inputs, outputs)) {
        narrow_backward_weights(x, ldx, g, ldg, dw, db, rows, inputs, (int)outputs);
        return;
    }
    outputs = padded(outputs);
#define weights_of(rows_, vectors_) \
    backward_weights_block(rows_, vectors_, x + row, ldx, g + column, ldg, dw + row * outputs + column, outputs, rows)
#define weights_wide(rows_) weights_of(rows_, TILE_VECTORS)
#define weights_narrow(rows_) weights_of(rows_, NARROW_VECTORS)
    IN_COLUMN_BLOCKS(outputs, inputs, weights);
    for (ptrdiff_t column = 0; column < outputs; column += 16) {
        vf even[NARROW_VECTORS], odd[NARROW_VECTORS];
        UNROLL for (int v = 0; v < NARROW_VECTORS; v++) even[v] = odd[v] = splat(0);
        ptrdiff_t row = 0;
        for (; row + 2 <= rows; row += 2) {
            UNROLL for (int v = 0; v < NARROW_VECTORS; v++) {
                even[v] += load(g + row * ldg + column + v * LANES);
                odd[v] += load(g + (row + 1) * ldg + column + v * LANES);
            }
        }
        if (row < rows) {
            UNROLL for (int v = 0; v < NARROW_VECTORS; v++) even[v] += load(g + row * ldg + column + v * LANES);
        }
        UNROLL for (int v = 0; v < NARROW_VECTORS; v++) {
            float *at = db + column + v * LANES;
            store(at, load(at) + (even[v] + odd[v]));
        }
    }
}

KERNEL(void, transpose)(
    const float *w, ptrdiff_t inputs, ptrdiff_t outputs, ptrdiff_t ldw, float *wt, ptrdiff_t ldwt) {
    ptrdiff_t out = 0;
    for (; out + LANES <= outputs; out += LANES) {
        ptrdiff_t in = 0;
        for (; in + LANES <= inputs; in += LANES) {
            vf block[LANES];
            UNROLL for (int i = 0; i < LANES; i++) block[i] = load(w + (in + i) * ldw + out);
            transpose_block(block);
            UNROLL for (int o = 0; o < LANES; o++) store(wt + (out + o) * ldwt + in, block[o]);
        }
        for (ptrdiff_t o = out; o < out + LANES; o++) {
            for (ptrdiff_t i = in; i < ldwt; i++) wt[o * ldwt + i] = i < inputs ? w[i * ldw + o] : 0;
        }
    }
    for (; out < outputs; out++) {
        for (ptrdiff_t i = 0; i < ldwt; i++) wt[out * ldwt + i] = i < inputs ? w[i * ldw + out] : 0;
    }
}
