#include "load.h"

#include <string.h>

uint8_t *varint(uint8_t *p, uint64_t v) {
    for (; v > 0x7f; v >>= 7) *p++ = (uint8_t)v | 0x80;
    *p++ = (uint8_t)v;
    return p;
}

uint8_t *number(uint8_t *p, int field, uint64_t v) { return varint(varint(p, (uint64_t)field << 3), v); }

uint8_t *bytes(uint8_t *p, int field, const void *data, size_t size) {
    p = varint(varint(p, (uint64_t)field << 3 | 2), size);
    memcpy(p, data, size);
    return p + size;
}

static const uint8_t *read_varint(const uint8_t *p, const uint8_t *end, uint64_t *v) {
    *v = 0;
    for (int shift = 0; p < end && shift < 64; shift += 7) {
        *v |= (uint64_t)(*p & 0x7f) << shift;
        if (!(*p++ & 0x80)) return p;
    }
    return NULL;
}

/* Fields below 32: numbers and where bytes lie. */
void parse(const uint8_t *p, const uint8_t *end, fields *f) {
    memset(f, 0, sizeof *f);
    while (p && p < end) {
        uint64_t key, v;
        if (!(p = read_varint(p, end, &key))) return;
        unsigned field = (unsigned)(key >> 3) & 31;
        if (!(p = read_varint(p, end, &v))) return;
        if ((key & 7) == 2) {
            if (v > (uint64_t)(end - p)) return;
            f->data[field] = p;
            f->sizes[field] = v;
            p += v;
        } else {
            f->values[field] = v;
        }
    }
}
