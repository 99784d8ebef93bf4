// Categorical policies. Rows lie across the lanes: every lane works on a row of its own, so that a head of three actions
// costs three vectors for LANES rows.

#define MOST_CHOICES 64

// The logits of `live` rows from `logits`, one vector per choice, less the row's largest; returns ln of the sum of exps and
// leaves the exps and their sum.
INLINE vf softmax_lanes(
    const float *logits, ptrdiff_t ldl, ptrdiff_t live, int choices, vf shifted[MOST_CHOICES], vf exps[MOST_CHOICES],
    vf *sum) {
    vf largest = splat(0);
    for (int c = 0; c < choices; c++) {
        float lanes[LANES];
        for (int lane = 0; lane < LANES; lane++) lanes[lane] = logits[(lane < live ? lane : 0) * ldl + c];
        vf z = load(lanes);
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
            float lanes[LANES];
            for (int lane = 0; lane < LANES; lane++) {
                lanes[lane] = uniform[(row + (lane < live ? lane : 0)) * dimensions + d];
            }
            vf threshold = load(lanes) * sum;
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

KERNEL(void, ppo_loss)(
    float *logits, ptrdiff_t ldl, float *values, ptrdiff_t ldv, ptrdiff_t rows, const int32_t *choices, ptrdiff_t dimensions,
    const int32_t *actions, const float *old_log_probabilities, const float *advantages, const float *old_values,
    const float *returns, const mf_ppo_coefficients *coefficients, mf_ppo_sums *sums) {
    // Dimension d's log probabilities and probabilities start at offset d in these.
    vf log_p[MOST_CHOICES], p[MOST_CHOICES];
    const float clip = coefficients->clip, value_clip = coefficients->value_clip;
    const float scale = coefficients->scale, entropy_scale = coefficients->entropy_coefficient * scale;
    const float value_scale = 2 * coefficients->value_coefficient * scale;
    ptrdiff_t width = 0;
    for (ptrdiff_t d = 0; d < dimensions; d++) width += choices[d];
    vf policy_loss = splat(0), value_loss = splat(0), entropy_sum = splat(0), kl = splat(0), clipped = splat(0);
    for (ptrdiff_t row = 0; row < rows; row += LANES) {
        ptrdiff_t live = rows - row < LANES ? rows - row : LANES;
        float old_lanes[LANES], advantage_lanes[LANES], value_lanes[LANES], old_value_lanes[LANES], return_lanes[LANES];
        float live_lanes[LANES];
        int32_t action_lanes[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            ptrdiff_t from = row + (lane < live ? lane : 0);
            live_lanes[lane] = lane < live ? 1 : 0;
            old_lanes[lane] = old_log_probabilities[from];
            advantage_lanes[lane] = advantages[from];
            value_lanes[lane] = values[from * ldv];
            old_value_lanes[lane] = old_values[from];
            return_lanes[lane] = returns[from];
        }
        const vf alive = load(live_lanes), advantage = load(advantage_lanes);
        vf log_probability = splat(0);
        ptrdiff_t offset = 0;
        for (ptrdiff_t d = 0; d < dimensions; d++) {
            vf sum;
            vf log_sum =
                softmax_lanes(logits + row * ldl + offset, ldl, live, choices[d], log_p + offset, p + offset, &sum);
            vf inverse = 1.0f / sum;
            for (int lane = 0; lane < LANES; lane++) {
                action_lanes[lane] = actions[(row + (lane < live ? lane : 0)) * dimensions + d];
            }
            vi action;
            memcpy(&action, action_lanes, sizeof action);
            for (int c = 0; c < choices[d]; c++) {
                log_p[offset + c] -= log_sum;
                p[offset + c] *= inverse;
                log_probability += action == c ? log_p[offset + c] : splat(0);
            }
            offset += choices[d];
        }
        vf log_ratio = log_probability - load(old_lanes);
        vf ratio = exp_of(log_ratio);
        vf bounded = clamped(ratio, 1 - clip, 1 + clip);
        vf free_gain = ratio * advantage, bounded_gain = bounded * advantage;
        // The minimum of both: where the clipped one is smaller its gradient is zero. NaN counts as free, so it spreads.
        vi held = bounded_gain < free_gain;
        policy_loss -= alive * (held ? bounded_gain : free_gain);
        kl += alive * (ratio - 1.0f - log_ratio);
        clipped += ratio != bounded ? alive : splat(0);
        vf weight = held ? splat(0) : -scale * alive * free_gain;
        offset = 0;
        for (ptrdiff_t d = 0; d < dimensions; d++) {
            vf entropy = splat(0);
            for (int c = 0; c < choices[d]; c++) entropy -= p[offset + c] * log_p[offset + c];
            entropy_sum += alive * entropy;
            for (int lane = 0; lane < LANES; lane++) {
                action_lanes[lane] = actions[(row + (lane < live ? lane : 0)) * dimensions + d];
            }
            vi action;
            memcpy(&action, action_lanes, sizeof action);
            for (int c = 0; c < choices[d]; c++) {
                vf one = action == c ? splat(1) : splat(0);
                vf gradient = weight * (one - p[offset + c]) +
                              entropy_scale * alive * p[offset + c] * (log_p[offset + c] + entropy);
                for (int lane = 0; lane < live; lane++) logits[(row + lane) * ldl + offset + c] = gradient[lane];
            }
            offset += choices[d];
        }
        vf value = load(value_lanes), old_value = load(old_value_lanes);
        vf inside = splat(1);
        if (value_clip >= 0) {
            vf moved = value - old_value;
            vf kept = clamped(moved, -value_clip, value_clip);
            inside = moved != kept ? splat(0) : inside;
            value = old_value + kept;
        }
        vf error = value - load(return_lanes);
        value_loss += alive * error * error;
        vf value_gradient = value_scale * inside * error;
        for (int lane = 0; lane < live; lane++) values[(row + lane) * ldv] = value_gradient[lane];
    }
    for (ptrdiff_t row = 0; row < rows; row++) {
        for (ptrdiff_t c = width; c < ldl; c++) logits[row * ldl + c] = 0;
        for (ptrdiff_t c = 1; c < ldv; c++) values[row * ldv + c] = 0;
    }
    sums->policy_loss += sum_of(policy_loss);
    sums->value_loss += sum_of(value_loss);
    sums->entropy += sum_of(entropy_sum);
    sums->approximate_kl += sum_of(kl);
    sums->clipped += sum_of(clipped);
}
