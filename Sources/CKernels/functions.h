// tanh, exp and log over one vector.

// x·P(x²)/Q(x²), fitted to the largest error on [−8, 8] and constant beyond: absolute error below 3e-7.
INLINE void tanh_fraction(vf x, vf *numerator, vf *denominator) {
    x = clamped(x, -8.0f, 8.0f);
    vf u = x * x;
    vf p = splat(1.1310422470429359e-05f);
    p = p * u + 0.0029388490287275506f;
    p = p * u + 0.12913662674492868f;
    p = p * u + 0.9999993629081144f;
    vf q = splat(2.4238992449098734e-07f);
    q = q * u + 0.0002370312900657641f;
    q = q * u + 0.023763918592009128f;
    q = q * u + 0.4624676166680652f;
    q = q * u + 1.0f;
    *numerator = x * p;
    *denominator = q;
}

// In place on `vectors` neighbouring vectors. Division is the slowest part, so four share one (1 <= q < 200, so that their
// product is far from the ends of float32); it stays a true division, which every processor rounds alike.
INLINE void tanh_in_place(float *at, const int vectors) {
    vf p[4], q[4];
    UNROLL for (int v = 0; v < vectors; v++) tanh_fraction(load(at + v * LANES), &p[v], &q[v]);
    if (vectors == 4) {
        vf left = q[0] * q[1], right = q[2] * q[3];
        vf inverse = 1.0f / (left * right);
        vf inverse_left = inverse * right, inverse_right = inverse * left;
        store(at, p[0] * (inverse_left * q[1]));
        store(at + LANES, p[1] * (inverse_left * q[0]));
        store(at + 2 * LANES, p[2] * (inverse_right * q[3]));
        store(at + 3 * LANES, p[3] * (inverse_right * q[2]));
    } else if (vectors == 2) {
        vf inverse = 1.0f / (q[0] * q[1]);
        store(at, p[0] * (inverse * q[1]));
        store(at + LANES, p[1] * (inverse * q[0]));
    } else {
        UNROLL for (int v = 0; v < vectors; v++) store(at + v * LANES, p[v] / q[v]);
    }
}

// Cephes' expf: 2^n · e^r with |r| <= ln 2 / 2; relative error about 1e-7 on [−87.3, 88.3], clamped outside.
INLINE vf exp_of(vf x) {
    x = clamped(x, -87.3f, 88.3f);
    const float magic = 12582912.0f;  // 1.5 · 2^23: adding it rounds to an integer in the low mantissa bits
    vf shifted = x * 1.44269504088896341f + magic;
    vf n = shifted - magic;
    vf r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    vf p = splat(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    vi bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits - 0x4B400000 + 127) << 23;
    vf power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

// Cephes' logf for normal positive x; NaN stays NaN.
INLINE vf log_of(vf x) {
    vi bits;
    memcpy(&bits, &x, sizeof bits);
    // The mantissa goes to [√½, √2), so that the series is centred on 1.
    vi offset = bits - 0x3F3504F3;
    vi exponent = offset >> 23;
    bits = (offset & 0x007FFFFF) + 0x3F3504F3;
    vf f;
    memcpy(&f, &bits, sizeof f);
    f = f - 1.0f;
    vf e = __builtin_convertvector(exponent, vf);
    vf p = splat(7.0376836292e-2f);
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    vf square = f * f;
    vf y = p * f * square;
    y = y + e * -2.12194440e-4f;
    y = y - 0.5f * square;
    return (f + y) + e * 0.693359375f + (x - x);
}

INLINE vf logistic(vf x) { return 1.0f / (1.0f + exp_of(-x)); }
