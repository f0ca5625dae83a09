/*
 * allocation_count.h - counts the heap allocations of the process it is linked into, those of Swift's runtime included.
 *
 * glibc only: malloc and its kin are defined over the library's __libc_* names. Any thread.
 */
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

#include <stdint.h>

/* Blocks handed out so far: malloc, calloc, aligned kinds, and each realloc that is not to 0 bytes. Allocations the library makes for itself
 * (a FILE's buffer, a thread's stack) are not seen. */
uint64_t allocation_count(void);

#endif
