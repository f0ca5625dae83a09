/* rewrite.c - a frame from a received body and changes to its inner message. */
#include "edit.h"

/* Copies the fields of an inner message whose numbers are not in `dropped`; only counts if `out` is NULL. Returns the bytes kept.
 * Neighbours are copied together. Bytes that are no field (a body nobody scanned) are kept, so counting and copying always agree. */
static size_t keep_fields(const uint8_t *p, const uint8_t *end, uint32_t dropped, uint8_t *out)
{
    const uint8_t *run = p;     /* start of what is kept and not copied yet */
    size_t kept = 0;
    if (dropped == 0) {
        if (out) hp_put_bytes(out, p, (size_t)(end - p));
        return (size_t)(end - p);
    }
    while (p < end) {
        const uint8_t *start = p;
        uint32_t tag;
        if (hp_read_tag(&p, end, &tag) != HP_SCAN_OK || hp_skip(&p, end, tag, 2) != HP_SCAN_OK) break;
        uint32_t number = tag >> 3;
        if (number >= HP_MAX_NUMBER || !(dropped >> number & 1)) continue;
        if (out) hp_put_bytes(out + kept, run, (size_t)(start - run));
        kept += (size_t)(start - run);
        run = p;
    }
    if (out) hp_put_bytes(out + kept, run, (size_t)(end - run));
    return kept + (size_t)(end - run);
}

typedef struct parts {
    const uint8_t *p;           /* what is not looked at yet */
    const uint8_t *end;
    const uint8_t *start;       /* of the part found last, at its tag */
    const uint8_t *payload;
    uint32_t tag;
} parts;

/* Moves to the next part of the inner message; false if there is none. */
static bool next_part(parts *at)
{
    while (at->p < at->end) {
        const uint8_t *p = at->p;
        uint32_t tag, length;
        if (hp_read_tag(&p, at->end, &tag) != HP_SCAN_OK) return false;
        if (tag == at->tag) {
            if (hp_read_length(&p, at->end, &length) != HP_SCAN_OK) return false;
            at->start = at->p;
            at->payload = p;
            at->p = p + length;
            return true;
        }
        if (hp_skip(&p, at->end, tag, 1) != HP_SCAN_OK) return false;
        at->p = p;
    }
    return false;
}

size_t hp_rewrite(const uint8_t *body, size_t length, const hp_envelope *envelope, const hp_change *changes, size_t count,
                  bool strip_node_fields, uint8_t *out, size_t capacity)
{
    const uint32_t number = hp_inner_number(envelope->type);
    if (length > INT32_MAX) return 0;
    const uint8_t *end = length > 0 ? body + length : body;
    hp_edit edit;
    hp_edit_make(&edit, changes, number ? count : 0);
    if (edit.size > INT32_MAX) return 0;
    uint32_t dropped = edit.changed;
    if (strip_node_fields && number == HP_N_MESSAGE_REQUEST) dropped |= HP_NODE_FIELD_BITS;

    const parts start = {.p = body, .end = end, .tag = number << 3 | HP_LENGTH_DELIMITED};
    parts first = start;
    size_t inner = edit.size, parts_size = 0;
    unsigned count_of_parts = 0;
    for (parts at = start; next_part(&at); count_of_parts++) {
        if (count_of_parts == 0) first = at;
        inner += keep_fields(at.payload, at.p, dropped, NULL);
        parts_size += (size_t)(at.p - at.start);
    }
    bool has_inner = count_of_parts > 0 || inner > 0;
    size_t new_body = length - parts_size + (has_inner ? hp_delimited_size(number, inner) : 0);
    if (new_body > INT32_MAX - HP_FRAME_HEAD) return 0;
    size_t total = new_body + HP_FRAME_HEAD;
    if (total > capacity) return total;

    hp_frame_write_head(out, (uint32_t)new_body);
    out += HP_FRAME_HEAD;
    const uint8_t *before = count_of_parts > 0 ? first.start : end;
    out = hp_put_bytes(out, body, (size_t)(before - body));
    if (!has_inner) return total;
    out = hp_put_delimited_head(out, number, inner);
    if (count_of_parts == 0) {
        hp_edit_write(&edit, out);
        return total;
    }
    out += keep_fields(first.payload, first.p, dropped, out);
    if (count_of_parts > 1)
        for (parts at = first; next_part(&at);) out += keep_fields(at.payload, at.p, dropped, out);
    out = hp_edit_write(&edit, out);

    /* What stands between and behind the parts. */
    const uint8_t *run = first.p;
    if (count_of_parts > 1)
        for (parts at = first; next_part(&at); run = at.p) out = hp_put_bytes(out, run, (size_t)(at.start - run));
    hp_put_bytes(out, run, (size_t)(end - run));
    return total;
}
