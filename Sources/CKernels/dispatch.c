#include "table.h"

#include <stdatomic.h>

const mf_table *mf_kernels(int32_t level) {
    switch (level) {
    case mf_level_portable: return &mf_table_portable;
#if defined(__x86_64__)
    case mf_level_avx2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &mf_table_avx2 : NULL;
    case mf_level_avx512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
                   ? &mf_table_avx512
                   : NULL;
#endif
#if defined(__aarch64__)
    case mf_level_neon: return &mf_table_neon;
#endif
    default: return NULL;
    }
}

static _Atomic(const mf_table *) chosen;

int32_t mf_best_level(void) {
    for (int32_t level = mf_level_avx512; level > mf_level_portable; level--) {
        if (mf_kernels(level)) return level;
    }
    return mf_level_portable;
}

static const mf_table *table(void) {
    const mf_table *current = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (__builtin_expect(current == NULL, 0)) {
        current = mf_kernels(mf_best_level());
        const mf_table *none = NULL;
        // A level forced meanwhile on another thread stays.
        if (!atomic_compare_exchange_strong(&chosen, &none, current)) current = none;
    }
    return current;
}

int32_t mf_level(void) { return table()->level; }

int32_t mf_force_level(int32_t level) {
    const mf_table *wanted = mf_kernels(level);
    if (!wanted) return 0;
    atomic_store(&chosen, wanted);
    return 1;
}

void mf_dense_forward(
    const float *x, ptrdiff_t ldx, const float *w, const float *b, float *y, float *z, ptrdiff_t ldy, ptrdiff_t rows,
    ptrdiff_t inputs, ptrdiff_t outputs, int32_t activation) {
    table()->dense_forward(x, ldx, w, b, y, z, ldy, rows, inputs, outputs, activation);
}

void mf_dense_backward_inputs(
    const float *g, ptrdiff_t ldg, const float *wt, float *gx, ptrdiff_t ldgx, const float *kept, ptrdiff_t rows,
    ptrdiff_t inputs, ptrdiff_t outputs, int32_t activation) {
    table()->dense_backward_inputs(g, ldg, wt, gx, ldgx, kept, rows, inputs, outputs, activation);
}

void mf_dense_backward_weights(
    const float *x, ptrdiff_t ldx, const float *g, ptrdiff_t ldg, float *dw, float *db, ptrdiff_t rows, ptrdiff_t inputs,
    ptrdiff_t outputs) {
    table()->dense_backward_weights(x, ldx, g, ldg, dw, db, rows, inputs, outputs);
}

void mf_transpose(
    const float *w, ptrdiff_t inputs, ptrdiff_t outputs, ptrdiff_t ldw, float *wt, ptrdiff_t ldwt) {
    table()->transpose(w, inputs, outputs, ldw, wt, ldwt);
}

void mf_gather_rows(const float *from, ptrdiff_t width, const int32_t *order, ptrdiff_t rows, float *to) {
    table()->gather_rows(from, width, order, rows, to);
}

void mf_sample_actions(
    const float *logits, ptrdiff_t ldl, ptrdiff_t rows, const int32_t *choices, ptrdiff_t dimensions, const float *uniform,
    int32_t *actions, float *log_probabilities) {
    table()->sample_actions(logits, ldl, rows, choices, dimensions, uniform, actions, log_probabilities);
}

void mf_softmax(
    const float *logits, ptrdiff_t ldl, ptrdiff_t rows, const int32_t *choices, ptrdiff_t dimensions, float *probabilities) {
    table()->softmax(logits, ldl, rows, choices, dimensions, probabilities);
}

void mf_ppo_loss(
    float *logits, ptrdiff_t ldl, float *values, ptrdiff_t ldv, ptrdiff_t rows, const int32_t *choices, ptrdiff_t dimensions,
    const int32_t *actions, const float *old_log_probabilities, const float *advantages, const float *old_values,
    const float *returns, const mf_ppo_coefficients *coefficients, mf_ppo_sums *sums) {
    table()->ppo_loss(
        logits, ldl, values, ldv, rows, choices, dimensions, actions, old_log_probabilities, advantages, old_values, returns,
        coefficients, sums);
}

double mf_sum_of_squares(const float *x, ptrdiff_t count) { return table()->sum_of_squares(x, count); }

void mf_add(float *to, const float *from, ptrdiff_t count) { table()->add(to, from, count); }

void mf_add_pull(float *gradient, const float *x, const float *anchor, float coefficient, ptrdiff_t count) {
    table()->add_pull(gradient, x, anchor, coefficient, count);
}

void mf_adam(
    float *parameters, const float *gradient, float *first, float *second, ptrdiff_t count, const mf_adam_step *step) {
    table()->adam(parameters, gradient, first, second, count, step);
}

void mf_gru_forward(
    const float *gx, const float *gh, const float *h, ptrdiff_t ldh, float *gates, float *next, ptrdiff_t ldn,
    ptrdiff_t rows, ptrdiff_t units) {
    table()->gru_forward(gx, gh, h, ldh, gates, next, ldn, rows, units);
}

void mf_gru_backward(
    const float *g, const float *gates, const float *gh, const float *h, ptrdiff_t ldh, float *dgx, float *dgh, float *dh,
    ptrdiff_t rows, ptrdiff_t units) {
    table()->gru_backward(g, gates, gh, h, ldh, dgx, dgh, dh, rows, units);
}

void mf_layer_norm_forward(
    float *x, const float *gain, const float *bias, float *y, float *deviations, ptrdiff_t rows, ptrdiff_t width,
    ptrdiff_t live, float epsilon) {
    table()->layer_norm_forward(x, gain, bias, y, deviations, rows, width, live, epsilon);
}

void mf_layer_norm_backward(
    float *g, const float *scaled, const float *gain, const float *deviations, float *dgain, float *dbias, ptrdiff_t rows,
    ptrdiff_t width, ptrdiff_t live) {
    table()->layer_norm_backward(g, scaled, gain, deviations, dgain, dbias, rows, width, live);
}

void mf_activate(float *x, ptrdiff_t count, int32_t activation) { table()->activate(x, count, activation); }

void mf_activation_backward(float *g, const float *kept, ptrdiff_t count, int32_t activation) {
    table()->activation_backward(g, kept, count, activation);
}
