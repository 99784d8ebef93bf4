// The gated recurrent unit between its two matrix products, and layer norm. Widths are multiples of 16.

KERNEL(void, gru_forward)(
    const float *gx, const float *gh, const float *h, ptrdiff_t ldh, float *gates, float *next, ptrdiff_t ldn,
    ptrdiff_t rows, ptrdiff_t units) {
    for (ptrdiff_t row = 0; row < rows; row++) {
        const float *x = gx + row * 3 * units, *u = gh + row * 3 * units, *before = h + row * ldh;
        float *kept = gates + row * 3 * units, *after = next + row * ldn;
        for (ptrdiff_t i = 0; i < units; i += LANES) {
            vf r = logistic(load(x + i) + load(u + i));
            vf z = logistic(load(x + units + i) + load(u + units + i));
            vf p, q;
            tanh_fraction(load(x + 2 * units + i) + r * load(u + 2 * units + i), &p, &q);
            vf n = p / q;
            store(kept + i, r);
            store(kept + units + i, z);
            store(kept + 2 * units + i, n);
            store(after + i, n + z * (load(before + i) - n));
        }
    }
}

KERNEL(void, gru_backward)(
    const float *g, const float *gates, const float *gh, const float *h, ptrdiff_t ldh, float *dgx, float *dgh, float *dh,
    ptrdiff_t rows, ptrdiff_t units) {
    for (ptrdiff_t row = 0; row < rows; row++) {
        const float *kept = gates + row * 3 * units, *u = gh + row * 3 * units, *before = h + row * ldh;
        const float *above = g + row * units;
        float *to_x = dgx + row * 3 * units, *to_u = dgh + row * 3 * units, *to_h = dh + row * units;
        for (ptrdiff_t i = 0; i < units; i += LANES) {
            vf r = load(kept + i), z = load(kept + units + i), n = load(kept + 2 * units + i);
            vf d = load(above + i);
            vf dn = d * (1.0f - z) * (1.0f - n * n);
            vf dz = d * (load(before + i) - n) * (z * (1.0f - z));
            vf dr = dn * load(u + 2 * units + i) * (r * (1.0f - r));
            store(to_x + i, dr);
            store(to_x + units + i, dz);
            store(to_x + 2 * units + i, dn);
            store(to_u + i, dr);
            store(to_u + units + i, dz);
            store(to_u + 2 * units + i, dn * r);
            store(to_h + i, d * z);
        }
    }
}

// Lanes beyond `live` count as nothing; they are the last ones of a row.
INLINE vf live_lanes(ptrdiff_t first, ptrdiff_t live) {
    float lanes[LANES];
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = first + lane < live ? 1 : 0;
    return load(lanes);
}

KERNEL(void, layer_norm_forward)(
    float *x, const float *gain, const float *bias, float *y, float *deviations, ptrdiff_t rows, ptrdiff_t width,
    ptrdiff_t live, float epsilon) {
    for (ptrdiff_t row = 0; row < rows; row++) {
        float *from = x + row * width, *to = y + row * width;
        // Padding is zero, so it adds nothing to the sum.
        vf total = splat(0);
        for (ptrdiff_t i = 0; i < width; i += LANES) total += load(from + i);
        const float mean = sum_of(total) / (float)live;
        vf squares = splat(0);
        for (ptrdiff_t i = 0; i < width; i += LANES) {
            vf centred = (load(from + i) - mean) * live_lanes(i, live);
            store(from + i, centred);
            squares += centred * centred;
        }
        const float inverse = 1.0f / __builtin_sqrtf(sum_of(squares) / (float)live + epsilon);
        deviations[row] = inverse;
        for (ptrdiff_t i = 0; i < width; i += LANES) {
            vf scaled = load(from + i) * inverse;
            store(from + i, scaled);
            store(to + i, scaled * load(gain + i) + load(bias + i));
        }
    }
}

KERNEL(void, layer_norm_backward)(
    float *g, const float *scaled, const float *gain, const float *deviations, float *dgain, float *dbias, ptrdiff_t rows,
    ptrdiff_t width, ptrdiff_t live) {
    for (ptrdiff_t row = 0; row < rows; row++) {
        float *at = g + row * width;
        const float *x = scaled + row * width;
        vf sum = splat(0), product = splat(0);
        for (ptrdiff_t i = 0; i < width; i += LANES) {
            vf d = load(at + i), s = load(x + i);
            store(dgain + i, load(dgain + i) + d * s);
            store(dbias + i, load(dbias + i) + d);
            d *= load(gain + i);
            store(at + i, d);
            sum += d;
            product += d * s;
        }
        const float mean = sum_of(sum) / (float)live, slope = sum_of(product) / (float)live, inverse = deviations[row];
        for (ptrdiff_t i = 0; i < width; i += LANES) {
            store(at + i, (load(at + i) - mean - load(x + i) * slope) * inverse * live_lanes(i, live));
        }
    }
}

KERNEL(void, activate)(float *x, ptrdiff_t count, int32_t activation) {
    if (activation == mf_tanh) {
        for (ptrdiff_t i = 0; i < count; i += LANES) tanh_in_place(x + i, 1);
    } else if (activation == mf_silu) {
        for (ptrdiff_t i = 0; i < count; i += LANES) {
            vf z = load(x + i);
            store(x + i, z * logistic(z));
        }
    }
}

KERNEL(void, activation_backward)(float *g, const float *kept, ptrdiff_t count, int32_t activation) {
    if (activation == mf_tanh) {
        for (ptrdiff_t i = 0; i < count; i += LANES) {
            vf y = load(kept + i);
            store(g + i, load(g + i) * (1.0f - y * y));
        }
    } else if (activation == mf_silu) {
        for (ptrdiff_t i = 0; i < count; i += LANES) {
            vf z = load(kept + i);
            vf s = logistic(z);
            store(g + i, load(g + i) * (s * (1.0f + z * (1.0f - s))));
        }
    }
}
