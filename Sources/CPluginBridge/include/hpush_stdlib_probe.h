/* For tests of the plugins' standard library alone: runs a chunk in a fresh, limited Lua state. */
#ifndef HPUSH_STDLIB_PROBE_H
#define HPUSH_STDLIB_PROBE_H

#include <stddef.h>

/* Instructions after which a chunk is stopped ("instruction budget used up"). */
#define HP_STDLIB_PROBE_INSTRUCTIONS 5000000

/* Runs the chunk with the bounded library in a state that may hold memory_limit bytes. Writes to out what it returned,
 * turned to strings and joined by tabs, or the error's text, cut to out_size - 1 bytes and terminated by 0. Returns 0,
 * or Lua's status when it failed. Any thread. */
int hp_stdlib_probe(const char *chunk, size_t memory_limit, char *out, size_t out_size);

/* The same with Lua's own libraries, unbounded but for memory and instructions: what to compare with. */
int hp_stdlib_probe_reference(const char *chunk, size_t memory_limit, char *out, size_t out_size);

/* The bounded library as a watchdog leaves it when the time is up: host.expire() in the chunk arms a hook with count 1
 * that itself stops nothing, so that only the library's own polls can stop the chunk. */
int hp_stdlib_probe_expiring(const char *chunk, size_t memory_limit, char *out, size_t out_size);

#endif
