/* utf8.c - strict UTF-8 (Unicode 15, table 3-7): nothing overlong, no surrogates, nothing over U+10FFFF. */
#include "wire_internal.h"

static bool is_continuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }

/* The length of the character at `p`, which is not ASCII; 0 if it is none. */
static size_t character_length(const uint8_t *p, size_t available)
{
    uint8_t lead = p[0];
    if (lead < 0xc2 || lead > 0xf4) return 0;
    if (available < 2) return 0;
    uint8_t second = p[1];
    if (lead < 0xe0) return is_continuation(second) ? 2 : 0;

    /* The second byte's range is narrower behind these leads: overlong forms, surrogates, past the last character. */
    uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return 0;
    if (available < 3 || !is_continuation(p[2])) return 0;
    if (lead < 0xf0) return 3;
    return available >= 4 && is_continuation(p[3]) ? 4 : 0;
}

/* Whether `word`, four bytes with the first one lowest, starts with a character of three bytes, as most of Chinese and Japanese are. */
static bool starts_with_three_bytes(uint32_t word)
{
    uint32_t range = word & 0x200f;     /* low bits of the lead, the bit of the second byte that splits its range */
    return (word & 0xc0c0f0) == 0x8080e0 && range != 0 /* overlong */ && range != 0x200d /* surrogate */;
}

bool hp_utf8_check(const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        if (bytes[at] < 0x80) {
            at++;
            while (at + 8 <= length && (hp_load64(bytes + at) & HP_HIGH_BITS) == 0) at += 8;
            continue;
        }
        while (at + 4 <= length && starts_with_three_bytes(hp_load32(bytes + at))) at += 3;
        if (at == length || bytes[at] < 0x80) continue;
        size_t size = character_length(bytes + at, length - at);
        if (size == 0) return false;
        at += size;
    }
    return true;
}

bool hp_utf8_valid(const uint8_t *bytes, size_t length)
{
    return hp_is_utf8(bytes, length);
}
