// Loops over flat arrays whose length is a multiple of 16, and row gathering.

KERNEL(double, sum_of_squares)(const float *x, ptrdiff_t count) {
    // Two sums, so that an addition need not wait for the one before it.
    vd even = (vd)(0), odd = (vd)(0);
    ptrdiff_t i = 0;
    for (; i + 2 * LANES <= count; i += 2 * LANES) {
        vd first = __builtin_convertvector(load(x + i), vd), second = __builtin_convertvector(load(x + i + LANES), vd);
        even += first * first;
        odd += second * second;
    }
    if (i < count) {
        vd last = __builtin_convertvector(load(x + i), vd);
        even += last * last;
    }
    even += odd;
    double sum = 0;
    for (int lane = 0; lane < LANES; lane++) sum += even[lane];
    return sum;
}

KERNEL(void, add)(float *to, const float *from, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += LANES) store(to + i, load(to + i) + load(from + i));
}

KERNEL(void, add_pull)(float *gradient, const float *x, const float *anchor, float coefficient, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += LANES) {
        store(gradient + i, load(gradient + i) + coefficient * (load(x + i) - load(anchor + i)));
    }
}

KERNEL(void, adam)(
    float *parameters, const float *gradient, float *first, float *second, ptrdiff_t count, const mf_adam_step *step) {
    const mf_adam_step s = *step;
    for (ptrdiff_t i = 0; i < count; i += LANES) {
        vf g = s.gradient_scale * load(gradient + i);
        vf m = load(first + i), v = load(second + i);
        m = m + (1 - s.beta1) * (g - m);
        v = s.beta2 * v + (1 - s.beta2) * (g * g);
        store(first + i, m);
        store(second + i, v);
        vf root = __builtin_elementwise_sqrt(v) * s.second_correction + s.epsilon;
        store(parameters + i, s.decay * load(parameters + i) - s.rate * m / root);
    }
}

KERNEL(void, gather_rows)(const float *from, ptrdiff_t width, const int32_t *order, ptrdiff_t rows, float *to) {
    if (width == 1) {
        for (ptrdiff_t row = 0; row < rows; row++) to[row] = from[order[row]];
        return;
    }
    const ptrdiff_t ahead = 8;
    for (ptrdiff_t row = 0; row < rows; row++) {
        if (row + ahead < rows) {
            const float *next = from + (ptrdiff_t)order[row + ahead] * width;
            for (ptrdiff_t i = 0; i < width; i += 16) __builtin_prefetch(next + i);
        }
        const float *source = from + (ptrdiff_t)order[row] * width;
        ptrdiff_t i = 0;
        for (; i + LANES <= width; i += LANES) store(to + row * width + i, load(source + i));
        for (; i < width; i++) to[row * width + i] = source[i];
    }
}
