#if defined(__x86_64__)
// AVX-512: 32 registers of 16 lanes.
#define LEVEL avx512
#define LEVEL_ID mf_level_avx512
#define LANES 16
#define TILE_ROWS 6
#define TILE_VECTORS 4
#define TARGET "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"
#include "body.h"
#else
typedef int mf_no_avx512;
#endif
