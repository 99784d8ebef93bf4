#if defined(__aarch64__)
// AArch64's 32 registers of 4 lanes; fused multiply-add is part of the base instruction set.
#define LEVEL neon
#define LEVEL_ID mf_level_neon
#define LANES 4
#define TILE_ROWS 4
#define TILE_VECTORS 4
#include "body.h"
#else
typedef int mf_no_neon;
#endif
