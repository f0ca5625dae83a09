/*
 * wire_internal.h - reading and writing protobuf's primitives, shared by the files of CWire. Not for others.
 *
 * Readers take the position by pointer and move it; they never look at or behind `end`.
 */
#ifndef HPUSH_WIRE_INTERNAL_H
#define HPUSH_WIRE_INTERNAL_H

#include "hpush_wire.h"

#include <string.h>

#define HP_INLINE static inline __attribute__((always_inline))
#define HP_LIKELY(x) __builtin_expect(!!(x), 1)
#define HP_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define HP_HIGH_BITS UINT64_C(0x8080808080808080)

enum {
    HP_VARINT = 0, HP_FIXED64 = 1, HP_LENGTH_DELIMITED = 2, HP_START_GROUP = 3, HP_END_GROUP = 4, HP_FIXED32 = 5,
    HP_MAX_DEPTH = 100,     /* messages and groups together, as swift-protobuf counts; Java allows one or two more */
    HP_MAX_NUMBER = 32,     /* numbers of known fields are below this, so a set of them is a uint32_t */
};

/* Numbers of `Message`. */
enum { HP_N_TYPE = 1, HP_N_SEQUENCE = 2, HP_N_SESSION_ID = 3, HP_N_MESSAGE_REQUEST = 6 };
/* Numbers of `MessageRequest`. */
enum { HP_N_MSG_ID = 1, HP_N_FROM = 2, HP_N_TO = 3, HP_N_GROUP = 16, HP_N_SERVER_ID = 17, HP_N_CONVERSATION_SEQ = 18 };
#define HP_NODE_FIELD_BITS (1u << HP_N_SERVER_ID | 1u << HP_N_CONVERSATION_SEQ)

/* How the message in a field of `Message` is checked: the sets of its field numbers that need more than skipping. */
typedef struct hp_shape {
    uint32_t strings;
    uint32_t packed;        /* repeated uint64 */
    uint32_t requests;      /* repeated MessageRequest */
} hp_shape;

/* By number in `Message`; empty sets where the field is no message. */
extern const hp_shape hp_shapes[HP_MAX_NUMBER];
#define HP_INNER_BITS (0x3f0u | 0xf0000u)   /* 4-9, 16-19 */

hp_scan_status hp_read_varint_slow(const uint8_t **p, const uint8_t *end, uint64_t *value);
hp_scan_status hp_skip_group(const uint8_t **p, const uint8_t *end, uint32_t number, unsigned depth);
bool hp_utf8_check(const uint8_t *bytes, size_t length);

HP_INLINE hp_scan_status hp_read_varint(const uint8_t **p, const uint8_t *end, uint64_t *value)
{
    const uint8_t *at = *p;
    if (HP_LIKELY(at < end && *at < 0x80)) {
        *value = *at;
        *p = at + 1;
        return HP_SCAN_OK;
    }
    if (HP_LIKELY(end - at >= 2 && at[1] < 0x80)) {
        *value = (at[0] & 0x7fu) | (uint64_t)at[1] << 7;
        *p = at + 2;
        return HP_SCAN_OK;
    }
    return hp_read_varint_slow(p, end, value);
}

/* A tag: at most 5 bytes and 32 bits, a field number that is not 0, a wire type that exists. An end of group is left to the caller. */
HP_INLINE hp_scan_status hp_read_tag(const uint8_t **p, const uint8_t *end, uint32_t *tag)
{
    const uint8_t *at = *p;
    if (HP_LIKELY(at < end && *at < 0x80)) {
        *tag = *at;
        *p = at + 1;
    } else if (HP_LIKELY(end - at >= 2 && at[1] < 0x80)) {
        *tag = (at[0] & 0x7fu) | (uint32_t)at[1] << 7;
        *p = at + 2;
    } else {
        uint64_t wide;
        hp_scan_status status = hp_read_varint_slow(p, end, &wide);
        if (status != HP_SCAN_OK) return status;
        if (wide > UINT32_MAX || *p - at > 5) return HP_SCAN_BAD_TAG;
        *tag = (uint32_t)wide;
    }
    return HP_LIKELY(*tag >= 8 && (*tag & 7) < 6) ? HP_SCAN_OK : HP_SCAN_BAD_TAG;
}

/* The length of a length-delimited field, checked against what is there. */
HP_INLINE hp_scan_status hp_read_length(const uint8_t **p, const uint8_t *end, uint32_t *length)
{
    uint64_t wide;
    hp_scan_status status = hp_read_varint(p, end, &wide);
    if (HP_UNLIKELY(status != HP_SCAN_OK)) return status;
    if (HP_UNLIKELY(wide > (uint64_t)(end - *p))) return HP_SCAN_TRUNCATED;
    *length = (uint32_t)wide;
    return HP_SCAN_OK;
}

/* Moves over the value behind `tag`. `depth`: messages and groups that are open. */
HP_INLINE hp_scan_status hp_skip(const uint8_t **p, const uint8_t *end, uint32_t tag, unsigned depth)
{
    uint64_t value;
    uint32_t length;
    hp_scan_status status;
    switch (tag & 7) {
    case HP_VARINT:
        return hp_read_varint(p, end, &value);
    case HP_LENGTH_DELIMITED:
        status = hp_read_length(p, end, &length);
        if (status == HP_SCAN_OK) *p += length;
        return status;
    case HP_FIXED64:
        if (end - *p < 8) return HP_SCAN_TRUNCATED;
        *p += 8;
        return HP_SCAN_OK;
    case HP_FIXED32:
        if (end - *p < 4) return HP_SCAN_TRUNCATED;
        *p += 4;
        return HP_SCAN_OK;
    case HP_START_GROUP:
        return hp_skip_group(p, end, tag >> 3, depth);
    default:
        return HP_SCAN_BAD_TAG;
    }
}

/* The first byte is the lowest one (little-endian machines are the only ones supported). */
HP_INLINE uint64_t hp_load64(const uint8_t *p) { uint64_t word; memcpy(&word, p, 8); return word; }
HP_INLINE uint32_t hp_load32(const uint8_t *p) { uint32_t word; memcpy(&word, p, 4); return word; }
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "CWire reads varints as little-endian words"
#endif

/* UTF-8 or not; ASCII, 8 bytes a step, without a call. */
HP_INLINE bool hp_is_utf8(const uint8_t *bytes, size_t length)
{
    uint64_t high = 0;
    if (length >= 8) {
        size_t i = 0;
        for (; i + 8 < length; i += 8) high |= hp_load64(bytes + i);
        high |= hp_load64(bytes + length - 8);
    } else if (length >= 4) {
        high = (uint64_t)(hp_load32(bytes) | hp_load32(bytes + length - 4));
    } else if (length > 0) {
        high = (uint64_t)(bytes[0] | bytes[length / 2] | bytes[length - 1]);
    }
    return HP_LIKELY((high & HP_HIGH_BITS) == 0) || hp_utf8_check(bytes, length);
}

HP_INLINE size_t hp_varint_size(uint64_t value)
{
    return (size_t)((63 - __builtin_clzll(value | 1)) / 7 + 1);
}

HP_INLINE uint8_t *hp_put_varint(uint8_t *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) *out++ = (uint8_t)(value | 0x80);
    *out++ = (uint8_t)value;
    return out;
}

#endif
