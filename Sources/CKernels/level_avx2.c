#if defined(__x86_64__)
// AVX2 with FMA: 16 registers of 8 lanes.
#define LEVEL avx2
#define LEVEL_ID mf_level_avx2
#define LANES 8
#define TILE_ROWS 6
#define TILE_VECTORS 2
#define TARGET "avx2,fma"
#include "body.h"
#else
typedef int mf_no_avx2;
#endif
