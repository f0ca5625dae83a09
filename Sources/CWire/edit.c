/* edit.c - see edit.h */
#include "edit.h"

static bool is_bytes(const hp_field *field) { return field->kind == HP_STRING || field->kind == HP_BYTES; }

/* The number as its kind holds it; 0 is the default, which is not written. */
static uint64_t number_of(const hp_change *change)
{
    switch (change->field->kind) {
    case HP_UINT32: return (uint32_t)change->value.number;
    case HP_BOOL: return change->value.number != 0;
    default: return change->value.number;
    }
}

static size_t size_of(const hp_change *change)
{
    uint32_t number = change->field->number;
    if (is_bytes(change->field)) {
        size_t length = change->value.length;
        if (length > INT32_MAX) return SIZE_MAX;
        return length > 0 ? hp_delimited_size(number, length) : 0;
    }
    uint64_t value = number_of(change);
    return value != 0 ? hp_varint_size((uint64_t)number << 3) + hp_varint_size(value) : 0;
}

void hp_edit_make(hp_edit *edit, const hp_change *changes, size_t count)
{
    edit->changed = 0;
    edit->size = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t number = changes[i].field->number;
        bool is_single = changes[i].field->kind != HP_REPEATED_UINT64 && changes[i].field->kind != HP_REPEATED_MESSAGE;
        if (number == 0 || number >= HP_MAX_NUMBER || !is_single) continue;
        edit->by_number[number] = &changes[i];
        edit->changed |= 1u << number;
    }
    for (uint32_t left = edit->changed; left != 0; left &= left - 1) {
        size_t size = size_of(edit->by_number[__builtin_ctz(left)]);
        if (size == SIZE_MAX) {
            edit->size = SIZE_MAX;
            return;
        }
        edit->size += size;
    }
}

uint8_t *hp_edit_write(const hp_edit *edit, uint8_t *out)
{
    for (uint32_t left = edit->changed; left != 0; left &= left - 1) {
        const hp_change *change = edit->by_number[__builtin_ctz(left)];
        if (size_of(change) == 0) continue;
        if (is_bytes(change->field)) {
            out = hp_put_delimited_head(out, change->field->number, change->value.length);
            out = hp_put_bytes(out, change->value.bytes, change->value.length);
        } else {
            out = hp_put_varint(out, change->field->number << 3 | HP_VARINT);
            out = hp_put_varint(out, number_of(change));
        }
    }
    return out;
}
