// Categorical policies. Rows lie across the lanes: every lane works on a row of its own, so that a head of three actions
// costs three vectors for LANES rows.

#define MOST_CHOICES 64

// One number of each of `live` rows; the lanes beyond repeat the first row's.
INLINE vf across_rows(const float *from, ptrdiff_t stride, ptrdiff_t live) {
    vf lanes;
    if (live == LANES) {
        if (stride == 1) return load(from);
        UNROLL for (int lane = 0; lane < LANES; lane++) lanes[lane] = from[lane * stride];
    } else {
        for (int lane = 0; lane < LANES; lane++) lanes[lane] = from[(lane < live ? lane : 0) * stride];
    }
    return lanes;
}

INLINE vi integers_across_rows(const int32_t *from, ptrdiff_t stride, ptrdiff_t live) {
    vi lanes;
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = from[(lane < live ? lane : 0) * stride];
    return lanes;
}

// The logits of `live` rows from `logits`, one vector per choice, less the row's largest; returns ln of the sum of exps and
// leaves the exps and their sum.
INLINE vf softmax_lanes(
    const float *logits, ptrdiff_t ldl, ptrdiff_t live, int choices, vf shifted[MOST_CHOICES], vf exps[MOST_CHOICES],
    vf *sum) {
    vf largest = splat(0);
    for (int c = 0; c < choices; c++) {
        vf z = across_rows(logits + c, ldl, live);
        shifted[c] = z;
        largest = c == 0 ? z : (z > largest ? z : largest);
    }
    vf total = splat(0);
    for (int c = 0; c < choices; c++) {
        shifted[c] -= largest;
        exps[c] = exp_of(shifted[c]);
        total += exps[c];
    }
    *sum = total;
    return log_of(total);
}

KERNEL(void, sample_actions)(
    const float *logits, ptrdiff_t ldl, ptrdiff_t rows, const int32_t *choices, ptrdiff_t dimensions, const float *uniform,
    int32_t *actions, float *log_probabilities) {
    vf shifted[MOST_CHOICES], exps[MOST_CHOICES];
    for (ptrdiff_t row = 0; row < rows; row += LANES) {
        ptrdiff_t live = rows - row < LANES ? rows - row : LANES;
        vf log_probability = splat(0);
        ptrdiff_t offset = 0;
        for (ptrdiff_t d = 0; d < dimensions; d++) {
            vf sum;
            vf log_sum = softmax_lanes(logits + row * ldl + offset, ldl, live, choices[d], shifted, exps, &sum);
            vf threshold = across_rows(uniform + row * dimensions + d, dimensions, live) * sum;
            vf cumulative = splat(0), chosen = shifted[0];
            vi action = (vi)(0);
            for (int c = 0; c + 1 < choices[d]; c++) {
                cumulative += exps[c];
                vi beyond = threshold >= cumulative;
                action -= beyond;
                chosen = beyond ? shifted[c + 1] : chosen;
            }
            log_probability += chosen - log_sum;
            for (int lane = 0; lane < live; lane++) actions[(row + lane) * dimensions + d] = action[lane];
            offset += choices[d];
        }
        for (int lane = 0; lane < live; lane++) log_probabilities[row + lane] = log_probability[lane];
    }
}

KERNEL(void, softmax)(
    const float *logits, ptrdiff_t ldl, ptrdiff_t rows, const int32_t *choices, ptrdiff_t dimensions,
    float *probabilities) {
    vf shifted[MOST_CHOICES], exps[MOST_CHOICES];
    ptrdiff_t width = 0;
    for (ptrdiff_t d = 0; d < dimensions; d++) width += choices[d];
    for (ptrdiff_t row = 0; row < rows; row += LANES) {
        ptrdiff_t live = rows - row < LANES ? rows - row : LANES;
        ptrdiff_t offset = 0;
        for (ptrdiff_t d = 0; d < dimensions; d++) {
            vf sum;
            softmax_lanes(logits + row * ldl + offset, ldl, live, choices[d], shifted, exps, &sum);
            for (int c = 0; c < choices[d]; c++) {
                vf p = exps[c] / sum;
                for (int lane = 0; lane < live; lane++) probabilities[(row + lane) * width + offset + c] = p[lane];
            }
            offset += choices[d];
        }
    }
}

INLINE void clear_rows(float *at, ptrdiff_t width, ptrdiff_t rows) {
    for (ptrdiff_t i = 0; i < rows * width; i += LANES) store(at + i, splat(0));
}

KERNEL(void, ppo_loss)(
    float *logits, ptrdiff_t ldl, float *values, ptrdiff_t ldv, ptrdiff_t rows, const int32_t *choices, ptrdiff_t dimensions,
    const int32_t *actions, const float *old_log_probabilities, const float *advantages, const float *old_values,
    const float *returns, const mf_ppo_coefficients *coefficients, mf_ppo_sums *sums) {
    // Dimension d's log probabilities and probabilities start at offset d in these.
    vf log_p[MOST_CHOICES], p[MOST_CHOICES];
    const float clip = coefficients->clip, value_clip = coefficients->value_clip;
    const float scale = coefficients->scale, entropy_scale = coefficients->entropy_coefficient * scale;
    const float value_scale = 2 * coefficients->value_coefficient * scale;
    vf policy_loss = splat(0), value_loss = splat(0), entropy_sum = splat(0);
    vf kl = splat(0), old_kl = splat(0), clipped = splat(0);
    for (ptrdiff_t row = 0; row < rows; row += LANES) {
        ptrdiff_t live = rows - row < LANES ? rows - row : LANES;
        float live_lanes[LANES];
        for (int lane = 0; lane < LANES; lane++) live_lanes[lane] = lane < live ? 1 : 0;
        const vf alive = load(live_lanes), advantage = across_rows(advantages + row, 1, live);
        vf log_probability = splat(0);
        ptrdiff_t offset = 0;
        for (ptrdiff_t d = 0; d < dimensions; d++) {
            vf sum;
            vf log_sum =
                softmax_lanes(logits + row * ldl + offset, ldl, live, choices[d], log_p + offset, p + offset, &sum);
            vf inverse = 1.0f / sum;
            vi action = integers_across_rows(actions + row * dimensions + d, dimensions, live);
            for (int c = 0; c < choices[d]; c++) {
                log_p[offset + c] -= log_sum;
                p[offset + c] *= inverse;
                log_probability += action == c ? log_p[offset + c] : splat(0);
            }
            offset += choices[d];
        }
        vf log_ratio = log_probability - across_rows(old_log_probabilities + row, 1, live);
        vf ratio = exp_of(log_ratio);
        vf bounded = clamped(ratio, 1 - clip, 1 + clip);
        vf free_gain = ratio * advantage, bounded_gain = bounded * advantage;
        // The minimum of both: where the clipped one is smaller its gradient is zero. NaN counts as free, so it spreads.
        vi held = bounded_gain < free_gain;
        policy_loss -= alive * (held ? bounded_gain : free_gain);
        kl += alive * (ratio - 1.0f - log_ratio);
        old_kl -= alive * log_ratio;
        clipped += ratio != bounded ? alive : splat(0);
        vf weight = held ? splat(0) : -scale * alive * free_gain;
        vf value = across_rows(values + row * ldv, ldv, live);
        clear_rows(logits + row * ldl, ldl, live);
        clear_rows(values + row * ldv, ldv, live);
        offset = 0;
        for (ptrdiff_t d = 0; d < dimensions; d++) {
            vf entropy = splat(0);
            for (int c = 0; c < choices[d]; c++) entropy -= p[offset + c] * log_p[offset + c];
            entropy_sum += alive * entropy;
            vi action = integers_across_rows(actions + row * dimensions + d, dimensions, live);
            for (int c = 0; c < choices[d]; c++) {
                vf one = action == c ? splat(1) : splat(0);
                vf gradient = weight * (one - p[offset + c]) +
                              entropy_scale * alive * p[offset + c] * (log_p[offset + c] + entropy);
                for (int lane = 0; lane < live; lane++) logits[(row + lane) * ldl + offset + c] = gradient[lane];
            }
            offset += choices[d];
        }
        vf inside = splat(1);
        if (value_clip >= 0) {
            vf old_value = across_rows(old_values + row, 1, live), moved = value - old_value;
            vf kept = clamped(moved, -value_clip, value_clip);
            inside = moved != kept ? splat(0) : inside;
            value = old_value + kept;
        }
        vf error = value - across_rows(returns + row, 1, live);
        value_loss += alive * error * error;
        vf value_gradient = value_scale * inside * error;
        for (int lane = 0; lane < live; lane++) values[(row + lane) * ldv] = value_gradient[lane];
    }
    sums->policy_loss += sum_of(policy_loss);
    sums->value_loss += sum_of(value_loss);
    sums->entropy += sum_of(entropy_sum);
    sums->approximate_kl += sum_of(kl);
    sums->old_approximate_kl += sum_of(old_kl);
    sums->clipped += sum_of(clipped);
}
