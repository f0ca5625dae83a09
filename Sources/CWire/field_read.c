/* field_read.c - fields of an inner message, read when somebody asks for them. */
#include "wire_internal.h"

static uint64_t narrowed(uint64_t value, hp_field_kind kind)
{
    switch (kind) {
    case HP_UINT32: return (uint32_t)value;
    case HP_BOOL: return value != 0;
    default: return value;
    }
}

void hp_field_read(const uint8_t *inner, size_t length, const hp_field *field, hp_field_value *out)
{
    *out = (hp_field_value){0, inner, 0};
    bool is_text = field->kind == HP_STRING || field->kind == HP_BYTES;
    bool is_number = field->kind == HP_UINT32 || field->kind == HP_UINT64 || field->kind == HP_BOOL;
    if (length == 0 || !(is_text || is_number)) return;

    const uint32_t wanted = field->number << 3 | (is_text ? HP_LENGTH_DELIMITED : HP_VARINT);
    const uint8_t *p = inner, *end = inner + length;
    uint32_t tag, size;
    while (p < end && hp_read_tag(&p, end, &tag) == HP_SCAN_OK) {
        if (HP_LIKELY(tag != wanted)) {
            if (hp_skip(&p, end, tag, 2) != HP_SCAN_OK) return;
        } else if (is_text) {
            if (hp_read_length(&p, end, &size) != HP_SCAN_OK) return;
            out->bytes = p;
            out->length = size;
            p += size;
        } else {
            uint64_t value;
            if (hp_read_varint(&p, end, &value) != HP_SCAN_OK) return;
            out->number = narrowed(value, field->kind);
        }
    }
}

void hp_repeated_begin(hp_repeated *at, const uint8_t *inner, size_t length, const hp_field *field)
{
    *at = (hp_repeated){inner, length > 0 ? inner + length : inner, NULL, field->kind == HP_REPEATED_UINT64 ? field->number : 0};
}

bool hp_repeated_next(hp_repeated *at, uint64_t *value)
{
    uint32_t tag, size;
    if (at->packed_end) {
        if (at->p < at->packed_end) return hp_read_varint(&at->p, at->packed_end, value) == HP_SCAN_OK;
        at->packed_end = NULL;
    }
    while (at->p < at->end && hp_read_tag(&at->p, at->end, &tag) == HP_SCAN_OK) {
        if (tag == (at->number << 3 | HP_VARINT)) return hp_read_varint(&at->p, at->end, value) == HP_SCAN_OK;
        if (tag != (at->number << 3 | HP_LENGTH_DELIMITED)) {
            if (hp_skip(&at->p, at->end, tag, 2) != HP_SCAN_OK) return false;
        } else {
            if (hp_read_length(&at->p, at->end, &size) != HP_SCAN_OK) return false;
            if (size == 0) continue;
            at->packed_end = at->p + size;
            return hp_read_varint(&at->p, at->packed_end, value) == HP_SCAN_OK;
        }
    }
    return false;
}
