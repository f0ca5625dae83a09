/* varint.c - the less common ways of varints and groups; the common ones are inline in wire_internal.h. */
#include "wire_internal.h"

/* The 7-bit groups of `word`, first byte lowest, put together. */
static uint64_t joined_groups(uint64_t word)
{
    word = (word & UINT64_C(0x007f007f007f007f)) | (word & UINT64_C(0x7f007f007f007f00)) >> 1;
    word = (word & UINT64_C(0x00003fff00003fff)) | (word & UINT64_C(0x3fff00003fff0000)) >> 2;
    return (word & UINT64_C(0x0fffffff)) | (word & UINT64_C(0x0fffffff00000000)) >> 4;
}

static hp_scan_status read_bytewise(const uint8_t **p, const uint8_t *end, unsigned shift, uint64_t *value)
{
    const uint8_t *at = *p;
    for (; shift < 70; shift += 7) {
        if (at == end) return HP_SCAN_TRUNCATED;
        uint8_t byte = *at++;
        *value |= (uint64_t)(byte & 0x7f) << shift;     /* of the tenth byte one bit fits; parsers drop the others */
        if (byte < 0x80) {
            *p = at;
            return HP_SCAN_OK;
        }
    }
    return HP_SCAN_BAD_VARINT;
}

hp_scan_status hp_read_varint_slow(const uint8_t **p, const uint8_t *end, uint64_t *value)
{
    *value = 0;
    if (end - *p < 8) return read_bytewise(p, end, 0, value);

    uint64_t word = hp_load64(*p), stops = ~word & HP_HIGH_BITS;
    if (stops == 0) {
        *value = joined_groups(word);
        *p += 8;
        return read_bytewise(p, end, 56, value);
    }
    uint64_t used = stops ^ (stops - 1);    /* all bits up to the first stop */
    *value = joined_groups(word & used & ~HP_HIGH_BITS);
    *p += (__builtin_ctzll(stops) >> 3) + 1;
    return HP_SCAN_OK;
}

/* Moves behind the end of the group `number`, whose start was read. Without recursion: its depth is the sender's choice. */
hp_scan_status hp_skip_group(const uint8_t **p, const uint8_t *end, uint32_t number, unsigned depth)
{
    uint32_t open[HP_MAX_DEPTH];
    unsigned count = 0;
    if (depth >= HP_MAX_DEPTH) return HP_SCAN_TOO_DEEP;
    open[count++] = number;
    while (count > 0) {
        uint32_t tag;
        hp_scan_status status = hp_read_tag(p, end, &tag);
        if (status != HP_SCAN_OK) return status;
        if ((tag & 7) == HP_END_GROUP) {
            if (open[--count] != tag >> 3) return HP_SCAN_BAD_TAG;
        } else if ((tag & 7) == HP_START_GROUP) {
            if (depth + count >= HP_MAX_DEPTH) return HP_SCAN_TOO_DEEP;
            open[count++] = tag >> 3;
        } else {
            status = hp_skip(p, end, tag, HP_MAX_DEPTH);
            if (status != HP_SCAN_OK) return status;
        }
    }
    return HP_SCAN_OK;
}
