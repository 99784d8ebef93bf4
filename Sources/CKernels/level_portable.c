// Any processor: 4 lanes, which every 64-bit target has (SSE2, NEON).
#define LEVEL portable
#define LEVEL_ID mf_level_portable
#define LANES 4
#define TILE_ROWS 2
#define TILE_VECTORS 4
#include "body.h"
