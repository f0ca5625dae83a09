/* edit.h - the changes to one inner message, in the order they are written. Used by rewrite.c and build.c only. */
#ifndef HPUSH_EDIT_H
#define HPUSH_EDIT_H

#include "wire_internal.h"

typedef struct hp_edit {
    const hp_change *by_number[HP_MAX_NUMBER];  /* set where `changed` has the bit */
    uint32_t changed;
    size_t size;                                /* bytes of all new values with their tags; SIZE_MAX: too large */
} hp_edit;

/* Sorts changes by field number; of several for one field the last counts. */
void hp_edit_make(hp_edit *edit, const hp_change *changes, size_t count);

/* Writes them: exactly `size` bytes. */
uint8_t *hp_edit_write(const hp_edit *edit, uint8_t *out);

HP_INLINE size_t hp_delimited_size(uint32_t number, size_t length)
{
    return hp_varint_size((uint64_t)number << 3) + hp_varint_size(length) + length;
}

HP_INLINE uint8_t *hp_put_delimited_head(uint8_t *out, uint32_t number, size_t length)
{
    return hp_put_varint(hp_put_varint(out, number << 3 | HP_LENGTH_DELIMITED), length);
}

HP_INLINE uint8_t *hp_put_bytes(uint8_t *out, const uint8_t *bytes, size_t length)
{
    if (length > 0) memcpy(out, bytes, length);
    return out + length;
}

#endif
