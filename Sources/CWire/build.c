/* build.c - a frame from nothing. */
#include "edit.h"

size_t hp_build(uint32_t type, uint64_t sequence, const uint8_t *session_id, size_t session_id_length,
                const hp_change *fields, size_t count, uint8_t *out, size_t capacity)
{
    hp_edit edit;
    hp_edit_make(&edit, fields, count);
    if (edit.size > INT32_MAX || session_id_length > INT32_MAX) return 0;

    uint32_t inner = count > 0 ? hp_inner_number(type) : 0;
    uint64_t wide_type = (uint64_t)(int64_t)(int32_t)type;     /* an enum is an int32: negative ones take ten bytes */
    size_t body = inner ? hp_delimited_size(inner, edit.size) : 0;
    if (type != 0) body += 1 + hp_varint_size(wide_type);
    if (sequence != 0) body += 1 + hp_varint_size(sequence);
    if (session_id_length > 0) body += hp_delimited_size(HP_N_SESSION_ID, session_id_length);
    if (body > INT32_MAX - HP_FRAME_HEAD) return 0;
    size_t total = body + HP_FRAME_HEAD;
    if (total > capacity) return total;

    hp_frame_write_head(out, (uint32_t)body);
    out += HP_FRAME_HEAD;
    if (type != 0) {
        *out++ = HP_N_TYPE << 3;
        out = hp_put_varint(out, wide_type);
    }
    if (sequence != 0) {
        *out++ = HP_N_SEQUENCE << 3;
        out = hp_put_varint(out, sequence);
    }
    if (session_id_length > 0) {
        out = hp_put_delimited_head(out, HP_N_SESSION_ID, session_id_length);
        out = hp_put_bytes(out, session_id, session_id_length);
    }
    if (inner) {
        out = hp_put_delimited_head(out, inner, edit.size);
        hp_edit_write(&edit, out);
    }
    return total;
}
