#include <stdlib.h>
#include <string.h>

#include "state.h"

bool hp_buffer_append(hp_buffer *b, const void *bytes, size_t length)
{
    if (length > b->capacity - b->length) {
        size_t capacity = b->capacity ? b->capacity : 64;
        while (capacity - b->length < length) {
            if (capacity > SIZE_MAX / 2) return false;
            capacity *= 2;
        }
        uint8_t *grown = realloc(b->data, capacity);
        if (!grown) return false;
        b->data = grown;
        b->capacity = capacity;
    }
    if (length) memcpy(b->data + b->length, bytes, length);
    b->length += length;
    return true;
}

void hp_buffer_free(hp_buffer *b)
{
    free(b->data);
    *b = (hp_buffer){0};
}

/* Empties it; gives back what one unusual message made it grow to. */
void hp_buffer_clear(hp_buffer *b)
{
    if (b->capacity > 65536) hp_buffer_free(b);
    else b->length = 0;
}

bool hp_buffer_set(hp_buffer *b, const void *bytes, size_t length)
{
    b->length = 0;
    return hp_buffer_append(b, bytes, length);
}
