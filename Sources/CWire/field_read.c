/* field_read.c - one field of an inner message, read when somebody asks for it. */
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
