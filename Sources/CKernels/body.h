// One level's kernels. The including file sets LEVEL, LEVEL_ID, LANES, TILE_ROWS and TILE_VECTORS (the register block of the
// matrix products: accumulators = rows × vectors) and, where the base instruction set is not enough, TARGET.
#include "table.h"

#include <string.h>

#if defined(TARGET)
#pragma clang attribute push(__attribute__((target(TARGET))), apply_to = function)
#endif
#pragma clang fp contract(fast)

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define NAME_OF(level, name) mf_##level##_##name
#define NAMED(level, name) NAME_OF(level, name)
#define KERNEL(type, name) static type NAMED(LEVEL, name)

typedef float vf __attribute__((ext_vector_type(LANES)));
typedef int32_t vi __attribute__((ext_vector_type(LANES)));
typedef double vd __attribute__((ext_vector_type(LANES)));
typedef float vf_unaligned __attribute__((ext_vector_type(LANES), aligned(4), may_alias));

INLINE vf load(const float *p) { return *(const vf_unaligned *)p; }
INLINE void store(float *p, vf v) { *(vf_unaligned *)p = v; }
INLINE vf splat(float x) { return (vf)(x); }

// Comparisons are written so that NaN passes through: a diverging net must be seen, not clamped.
INLINE vf clamped(vf x, float low, float high) {
    x = x < splat(low) ? splat(low) : x;
    return x > splat(high) ? splat(high) : x;
}

INLINE float sum_of(vf v) {
    float total = 0;
    UNROLL for (int lane = 0; lane < LANES; lane++) total += v[lane];
    return total;
}

INLINE ptrdiff_t padded(ptrdiff_t count) { return (count + 15) & ~(ptrdiff_t)15; }

#include "functions.h"
#include "lanes.h"
#include "dense.h"
#include "policy.h"
#include "elementwise.h"
#include "recurrent.h"

const mf_table NAMED(table, LEVEL) = {
    .level = LEVEL_ID,
    .dense_forward = NAMED(LEVEL, dense_forward),
    .dense_backward_inputs = NAMED(LEVEL, dense_backward_inputs),
    .dense_backward_weights = NAMED(LEVEL, dense_backward_weights),
    .transpose = NAMED(LEVEL, transpose),
    .gather_rows = NAMED(LEVEL, gather_rows),
    .sample_actions = NAMED(LEVEL, sample_actions),
    .softmax = NAMED(LEVEL, softmax),
    .ppo_loss = NAMED(LEVEL, ppo_loss),
    .sum_of_squares = NAMED(LEVEL, sum_of_squares),
    .add = NAMED(LEVEL, add),
    .add_pull = NAMED(LEVEL, add_pull),
    .adam = NAMED(LEVEL, adam),
    .gru_forward = NAMED(LEVEL, gru_forward),
    .gru_backward = NAMED(LEVEL, gru_backward),
    .layer_norm_forward = NAMED(LEVEL, layer_norm_forward),
    .layer_norm_backward = NAMED(LEVEL, layer_norm_backward),
    .activate = NAMED(LEVEL, activate),
    .activation_backward = NAMED(LEVEL, activation_backward),
};

#if defined(TARGET)
#pragma clang attribute pop
#endif
