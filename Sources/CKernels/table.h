// The levels this build has.
#ifndef MARKETFLOW_TABLE_H
#define MARKETFLOW_TABLE_H

#include "CKernels.h"

extern const mf_table mf_table_portable;
#if defined(__x86_64__)
extern const mf_table mf_table_avx2;
extern const mf_table mf_table_avx512;
#endif
#if defined(__aarch64__)
extern const mf_table mf_table_neon;
#endif

#endif
