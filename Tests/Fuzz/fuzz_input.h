/* fuzz_input.h - seeded random bodies: messages as clients send them, with every kind of damage. */
#ifndef HPUSH_FUZZ_INPUT_H
#define HPUSH_FUZZ_INPUT_H

#include "hpush_wire.h"

enum { FUZZ_MAX_BODY = 4096 };

typedef struct fuzz_random { uint64_t state; } fuzz_random;

uint64_t fuzz_next(fuzz_random *random);
/* 0 ..< limit; limit must not be 0. */
uint32_t fuzz_below(fuzz_random *random, uint32_t limit);
bool fuzz_chance(fuzz_random *random, uint32_t percent);
/* A number of a random magnitude, often a small or an extreme one. */
uint64_t fuzz_number(fuzz_random *random);
/* Writes up to `room` bytes of text, now and then not UTF-8; returns how many. */
size_t fuzz_text(fuzz_random *random, uint8_t *out, size_t room);
uint32_t fuzz_type(fuzz_random *random);

/* Writes a body and returns its length, at most FUZZ_MAX_BODY: half of them valid, others damaged, a few noise. */
size_t fuzz_body(fuzz_random *random, uint8_t *out);

#endif
