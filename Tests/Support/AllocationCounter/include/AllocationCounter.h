// Counts what the C library's allocator hands out, thread by thread, in programs that link this target.
#ifndef MARKETFLOW_ALLOCATION_COUNTER_H
#define MARKETFLOW_ALLOCATION_COUNTER_H

#include <stdint.h>

/// Allocations made by the calling thread so far, growing ones included; 0 for ever where `allocations_are_counted` is 0.
uint64_t allocations_of_this_thread(void);

/// 1 where the allocator can be stood in for: glibc, without a sanitizer that already does.
int32_t allocations_are_counted(void);

#endif
