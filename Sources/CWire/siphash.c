/* siphash.c - SipHash-2-4 with 128 bits of result (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012, and the authors' later
 * note on 128 bits). */
#include "hpush_wire.h"

#include <string.h>

typedef struct state {
    uint64_t v0, v1, v2, v3;
} state;

static uint64_t rotated(uint64_t value, unsigned bits) { return value << bits | value >> (64 - bits); }

static uint64_t little_endian(const uint8_t *bytes, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static void rounds(state *s, int count)
{
    for (; count > 0; count--) {
        s->v0 += s->v1; s->v1 = rotated(s->v1, 13) ^ s->v0; s->v0 = rotated(s->v0, 32);
        s->v2 += s->v3; s->v3 = rotated(s->v3, 16) ^ s->v2;
        s->v0 += s->v3; s->v3 = rotated(s->v3, 21) ^ s->v0;
        s->v2 += s->v1; s->v1 = rotated(s->v1, 17) ^ s->v2; s->v2 = rotated(s->v2, 32);
    }
}

static void take(state *s, uint64_t word)
{
    s->v3 ^= word;
    rounds(s, 2);
    s->v0 ^= word;
}

void hp_siphash(const uint64_t key[2], const uint8_t *bytes, size_t length, uint64_t result[2])
{
    state s = {
        key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d) ^ 0xee,
        key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573),
    };
    size_t whole = length & ~(size_t)7;
    for (size_t i = 0; i < whole; i += 8) take(&s, little_endian(bytes + i, 8));
    take(&s, (uint64_t)(length & 0xff) << 56 | little_endian(bytes + whole, length & 7));
    s.v2 ^= 0xee;
    rounds(&s, 4);
    result[0] = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    s.v1 ^= 0xdd;
    rounds(&s, 4);
    result[1] = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
