// The hot loops of learning, in plain C: one body compiled for several instruction sets, the best chosen once at run time.
//
// Conventions: float32, row-major. A "padded" width is a multiple of 16; weights are [inputs][padded outputs] with zero padding,
// and padding stays zero through forward, backward and Adam. Strides ("ld...") count floats. Nothing allocates or fails;
// preconditions are the caller's.
#ifndef MARKETFLOW_CKERNELS_H
#define MARKETFLOW_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { mf_level_portable = 0, mf_level_neon = 1, mf_level_avx2 = 2, mf_level_avx512 = 3 };

/// The best level this processor has.
int32_t mf_best_level(void);
/// The level in use; the best one until another is forced.
int32_t mf_level(void);
/// Forces a level for the whole process; 0 when this processor or build lacks it (nothing changes), else 1.
int32_t mf_force_level(int32_t level);

enum { mf_linear = 0, mf_tanh = 1, mf_silu = 2 };

/// y = activation(x·w + b) for `rows` rows. `outputs` may be padded or not; all padded columns are written. When `z` is not NULL the sums before the activation are
/// stored there with y's stride (SiLU's backward pass needs them).
void mf_dense_forward(
    const float *x, ptrdiff_t ldx, const float *w, const float *b, float *y, float *z, ptrdiff_t ldy, ptrdiff_t rows,
    ptrdiff_t inputs, ptrdiff_t outputs, int32_t activation);

/// gx = (g·wᵀ) ∘ activation'(·) with `wt` [outputs][padded inputs] the transposed weights. `kept` (stride ldgx) is the previous
/// layer's y for tanh, its z for SiLU, unused for linear. `inputs` is padded, `outputs` is not.
void mf_dense_backward_inputs(
    const float *g, ptrdiff_t ldg, const float *wt, float *gx, ptrdiff_t ldgx, const float *kept, ptrdiff_t rows,
    ptrdiff_t inputs, ptrdiff_t outputs, int32_t activation);

/// dw += xᵀ·g and db += column sums of g. `outputs` may be padded or not, `inputs` is not.
void mf_dense_backward_weights(
    const float *x, ptrdiff_t ldx, const float *g, ptrdiff_t ldg, float *dw, float *db, ptrdiff_t rows, ptrdiff_t inputs,
    ptrdiff_t outputs);

/// wt[o][i] = w[i][o] for o < outputs, i < inputs; columns inputs..<padded inputs become zero.
void mf_transpose(
    const float *w, ptrdiff_t inputs, ptrdiff_t outputs, ptrdiff_t ldw, float *wt, ptrdiff_t ldwt);

/// to[i] = from[order[i]], rows of `width` floats.
void mf_gather_rows(const float *from, ptrdiff_t width, const int32_t *order, ptrdiff_t rows, float *to);

/// Samples one action per row and dimension by inverting the cumulative softmax at `uniform` (in [0,1)) and sums the log
/// probabilities of what was chosen. Logits are [rows][ldl], dimension after dimension; uniform and actions [rows][dimensions].
/// Actions are in range whatever the logits are.
void mf_sample_actions(
    const float *logits, ptrdiff_t ldl, ptrdiff_t rows, const int32_t *choices, ptrdiff_t dimensions, const float *uniform,
    int32_t *actions, float *log_probabilities);

/// Softmax per row and dimension; `probabilities` is packed [rows][sum of choices].
void mf_softmax(
    const float *logits, ptrdiff_t ldl, ptrdiff_t rows, const int32_t *choices, ptrdiff_t dimensions, float *probabilities);

typedef struct {
    float clip;                  ///< epsilon of the clipped objective
    float value_clip;            ///< negative: values are not clipped
    float entropy_coefficient;
    float value_coefficient;
    float scale;                 ///< 1 / samples of the minibatch
} mf_ppo_coefficients;

/// Sums over the rows seen so far.
typedef struct {
    double policy_loss;
    double value_loss;           ///< squared errors
    double entropy;
    double approximate_kl;       ///< r - 1 - ln r of probability ratios r
    double old_approximate_kl;   ///< -ln r
    double clipped;
} mf_ppo_sums;

/// The clipped objective's gradients for `rows` rows of a minibatch, scaled by `scale`: logits [rows][ldl] become gradients
/// (padding up to ldl becomes 0), values [rows][ldv] likewise; ldl and ldv are padded. The other arrays are [rows] (actions [rows][dimensions]).
void mf_ppo_loss(
    float *logits, ptrdiff_t ldl, float *values, ptrdiff_t ldv, ptrdiff_t rows, const int32_t *choices, ptrdiff_t dimensions,
    const int32_t *actions, const float *old_log_probabilities, const float *advantages, const float *old_values,
    const float *returns, const mf_ppo_coefficients *coefficients, mf_ppo_sums *sums);

/// Sum of squares in double.
double mf_sum_of_squares(const float *x, ptrdiff_t count);

/// to += from.
void mf_add(float *to, const float *from, ptrdiff_t count);

/// gradient += coefficient · (x − anchor).
void mf_add_pull(float *gradient, const float *x, const float *anchor, float coefficient, ptrdiff_t count);

typedef struct {
    float rate;                  ///< learning rate / (1 − beta1^t)
    float beta1, beta2;
    float second_correction;     ///< 1 / sqrt(1 − beta2^t)
    float epsilon;
    float decay;                 ///< 1 − learning rate · weight decay
    float gradient_scale;        ///< from gradient-norm clipping, 1 when not clipped
} mf_adam_step;

/// One step of Adam over flat arrays (torch's form: p ← decay·p − rate · m / (√v · second_correction + epsilon)).
void mf_adam(
    float *parameters, const float *gradient, float *first, float *second, ptrdiff_t count, const mf_adam_step *step);

/// The gated recurrent unit (Cho et al. 2014, in the form cuDNN and torch compute): with gx = x·W + b and gh = h·U + c, both
/// [rows][3 × units] in the order r, z, n:
/// r = σ(gx_r + gh_r), z = σ(gx_z + gh_z), n = tanh(gx_n + r·gh_n), next = (1 − z)·n + z·h.
/// `gates` [rows][3 × units] keeps r, z, n. `units` is padded; `next` may be h.
void mf_gru_forward(
    const float *gx, const float *gh, const float *h, ptrdiff_t ldh, float *gates, float *next, ptrdiff_t ldn,
    ptrdiff_t rows, ptrdiff_t units);

/// From g [rows][units], the gradients of `next`, those of gx and gh, and into `dh` the part of h's that does not go through gh.
void mf_gru_backward(
    const float *g, const float *gates, const float *gh, const float *h, ptrdiff_t ldh, float *dgx, float *dgh, float *dh,
    ptrdiff_t rows, ptrdiff_t units);

/// Layer norm (Ba et al. 2016) over the first `live` of `width` (padded; padding of x, gain and bias is zero): x becomes
/// (x − mean) / deviation, y = gain·x + bias, and `deviations` [rows] keeps the inverse deviations.
void mf_layer_norm_forward(
    float *x, const float *gain, const float *bias, float *y, float *deviations, ptrdiff_t rows, ptrdiff_t width,
    ptrdiff_t live, float epsilon);

/// g, the gradients of y, become those of x before scaling; gain's and bias's are added. `scaled` is x as forward left it.
void mf_layer_norm_backward(
    float *g, const float *scaled, const float *gain, const float *deviations, float *dgain, float *dbias, ptrdiff_t rows,
    ptrdiff_t width, ptrdiff_t live);

/// Applies an activation in place.
void mf_activate(float *x, ptrdiff_t count, int32_t activation);

/// g *= activation'(·), with `kept` as in mf_dense_backward_inputs.
void mf_activation_backward(float *g, const float *kept, ptrdiff_t count, int32_t activation);

/// One level's kernels.
typedef struct {
    int32_t level;
    __typeof__(&mf_dense_forward) dense_forward;
    __typeof__(&mf_dense_backward_inputs) dense_backward_inputs;
    __typeof__(&mf_dense_backward_weights) dense_backward_weights;
    __typeof__(&mf_transpose) transpose;
    __typeof__(&mf_gather_rows) gather_rows;
    __typeof__(&mf_sample_actions) sample_actions;
    __typeof__(&mf_softmax) softmax;
    __typeof__(&mf_ppo_loss) ppo_loss;
    __typeof__(&mf_sum_of_squares) sum_of_squares;
    __typeof__(&mf_add) add;
    __typeof__(&mf_add_pull) add_pull;
    __typeof__(&mf_adam) adam;
    __typeof__(&mf_gru_forward) gru_forward;
    __typeof__(&mf_gru_backward) gru_backward;
    __typeof__(&mf_layer_norm_forward) layer_norm_forward;
    __typeof__(&mf_layer_norm_backward) layer_norm_backward;
    __typeof__(&mf_activate) activate;
    __typeof__(&mf_activation_backward) activation_backward;
} mf_table;

/// A level's kernels, whichever is in use, so that levels can be compared; NULL when this processor or build lacks it.
const mf_table *mf_kernels(int32_t level);

#ifdef __cplusplus
}
#endif

#endif
