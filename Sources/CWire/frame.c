/* frame.c - the 8 bytes before each body. */
#include "hpush_wire.h"

static uint32_t big_endian_32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static const uint8_t START[4] = {HP_FRAME_MAGIC >> 8, HP_FRAME_MAGIC & 0xff, HP_FRAME_VERSION >> 8, HP_FRAME_VERSION & 0xff};

hp_frame_status hp_frame_read(const uint8_t *bytes, size_t available, uint32_t max_body, uint32_t *body_length)
{
    *body_length = 0;
    for (size_t i = 0; i < sizeof START && i < available; i++)
        if (bytes[i] != START[i]) return i < 2 ? HP_FRAME_BAD_MAGIC : HP_FRAME_BAD_VERSION;
    if (available < HP_FRAME_HEAD) return HP_FRAME_PARTIAL;

    uint32_t length = big_endian_32(bytes + 4);
    if (length > INT32_MAX || length > max_body) return HP_FRAME_BAD_LENGTH;
    *body_length = length;
    return available - HP_FRAME_HEAD < length ? HP_FRAME_PARTIAL : HP_FRAME_COMPLETE;
}

void hp_frame_write_head(uint8_t *out, uint32_t body_length)
{
    for (size_t i = 0; i < sizeof START; i++) out[i] = START[i];
    out[4] = (uint8_t)(body_length >> 24);
    out[5] = (uint8_t)(body_length >> 16);
    out[6] = (uint8_t)(body_length >> 8);
    out[7] = (uint8_t)body_length;
}
