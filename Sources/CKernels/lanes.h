// Moves between the lanes of several vectors.

// Lanes of two vectors in turn: a0 b0 a1 b1 … from their lower and from their upper halves.
#if LANES == 16
#define LOWER_IN_TURN 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UPPER_IN_TURN 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif LANES == 8
#define LOWER_IN_TURN 0, 8, 1, 9, 2, 10, 3, 11
#define UPPER_IN_TURN 4, 12, 5, 13, 6, 14, 7, 15
#else
#define LOWER_IN_TURN 0, 4, 1, 5
#define UPPER_IN_TURN 2, 6, 3, 7
#endif

INLINE vf lower_in_turn(vf a, vf b) { return __builtin_shufflevector(a, b, LOWER_IN_TURN); }
INLINE vf upper_in_turn(vf a, vf b) { return __builtin_shufflevector(a, b, UPPER_IN_TURN); }

// Lane i becomes the sum of the i-th vector's lanes.
INLINE vf lane_sums(vf v[LANES]) {
    UNROLL for (int half = LANES / 2; half > 0; half /= 2) {
        UNROLL for (int i = 0; i < half; i++) {
            v[i] = lower_in_turn(v[i], v[i + half]) + upper_in_turn(v[i], v[i + half]);
        }
    }
    return v[0];
}

// The i-th vector's lane j and the j-th vector's lane i change places. Each round moves every entry's index, of twice as many bits as
// a lane's, one bit round; after half a turn rows and columns have changed places.
INLINE void transpose_block(vf v[LANES]) {
    vf turned[LANES];
    UNROLL for (int round = LANES; round > 1; round /= 2) {
        UNROLL for (int i = 0; i < LANES / 2; i++) {
            turned[2 * i] = lower_in_turn(v[i], v[i + LANES / 2]);
            turned[2 * i + 1] = upper_in_turn(v[i], v[i + LANES / 2]);
        }
        UNROLL for (int i = 0; i < LANES; i++) v[i] = turned[i];
    }
}
