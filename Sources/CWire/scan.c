/* scan.c - one pass over a received body: is it a `Message`, and where is what routing needs? */
#include "wire_internal.h"

/* What the pass over a MessageRequest notes. Arrays by field number, so that noting is a store and no decision;
 * only the entries that are read afterwards are set before. */
typedef struct request_notes {
    hp_span spans[HP_MAX_NUMBER];
    uint64_t numbers[HP_MAX_NUMBER];
    uint32_t seen;
} request_notes;

static hp_scan_status check_packed(const uint8_t *p, const uint8_t *end)
{
    uint64_t value;
    while (p < end) {
        hp_scan_status status = hp_read_varint(&p, end, &value);
        if (status != HP_SCAN_OK) return status;
    }
    return HP_SCAN_OK;
}

static hp_scan_status check_request(const uint8_t *p, const uint8_t *end, unsigned depth);

/* Checks the message in p..<end. Inlined twice: with notes for MessageRequest, without for all others.
 * `body`: what spans count from. `depth`: open messages, this one included. */
HP_INLINE hp_scan_status check_message(const uint8_t *p, const uint8_t *end, hp_shape shape, unsigned depth, const uint8_t *body,
                                       request_notes *notes)
{
    hp_scan_status status;
    while (p < end) {
        uint32_t tag;
        status = hp_read_tag(&p, end, &tag);
        if (HP_UNLIKELY(status != HP_SCAN_OK)) return status;
        uint32_t number = tag >> 3;
        uint32_t bit = number < HP_MAX_NUMBER ? 1u << number : 0;
        if (notes) notes->seen |= bit;

        if (HP_LIKELY((tag & 7) == HP_LENGTH_DELIMITED)) {
            uint32_t length;
            status = hp_read_length(&p, end, &length);
            if (HP_UNLIKELY(status != HP_SCAN_OK)) return status;
            if (HP_LIKELY(shape.strings & bit)) {
                if (HP_UNLIKELY(!hp_is_utf8(p, length))) return HP_SCAN_BAD_UTF8;
                if (notes) notes->spans[number] = (hp_span){(uint32_t)(p - body), length};
            } else if (HP_UNLIKELY(shape.packed & bit)) {
                status = check_packed(p, p + length);
                if (status != HP_SCAN_OK) return status;
            } else if (HP_UNLIKELY(shape.requests & bit)) {
                status = check_request(p, p + length, depth + 1);
                if (status != HP_SCAN_OK) return status;
            }
            p += length;
        } else if (HP_LIKELY((tag & 7) == HP_VARINT)) {
            uint64_t value;
            status = hp_read_varint(&p, end, &value);
            if (HP_UNLIKELY(status != HP_SCAN_OK)) return status;
            if (notes && bit) notes->numbers[number] = value;
        } else {
            status = hp_skip(&p, end, tag, depth);
            if (status != HP_SCAN_OK) return status;
        }
    }
    return HP_SCAN_OK;
}

static __attribute__((noinline)) hp_scan_status check_other(const uint8_t *p, const uint8_t *end, uint32_t number)
{
    return check_message(p, end, hp_shapes[number], 2, p, NULL);
}

static hp_scan_status check_request(const uint8_t *p, const uint8_t *end, unsigned depth)
{
    /* Its shape has no `requests`, so this goes no deeper. */
    return check_message(p, end, (hp_shape){.strings = hp_shapes[HP_N_MESSAGE_REQUEST].strings}, depth, p, NULL);
}

/* Finds the parts of the inner message `number` in a body that was checked, for bodies that hold other inner messages too. */
static __attribute__((noinline)) unsigned find_parts(const uint8_t *body, const uint8_t *end, uint32_t number, hp_span *last)
{
    unsigned parts = 0;
    const uint8_t *p = body;
    uint32_t tag, length;
    *last = (hp_span){0, 0};
    while (p < end && hp_read_tag(&p, end, &tag) == HP_SCAN_OK) {
        if (tag == (number << 3 | HP_LENGTH_DELIMITED)) {
            if (hp_read_length(&p, end, &length) != HP_SCAN_OK) break;
            *last = (hp_span){(uint32_t)(p - body), length};
            p += length;
            parts++;
        } else if (hp_skip(&p, end, tag, 1) != HP_SCAN_OK) {
            break;
        }
    }
    return parts;
}

hp_scan_status hp_scan(const uint8_t *body, size_t length, hp_envelope *out)
{
    *out = (hp_envelope){0};
    if (length == 0) return HP_SCAN_OK;
    if (length > INT32_MAX) return HP_SCAN_TRUNCATED;   /* no frame holds it, spans could not */

    const uint8_t *p = body, *end = body + length;
    request_notes notes;
    notes.spans[HP_N_FROM] = notes.spans[HP_N_TO] = notes.spans[HP_N_GROUP] = (hp_span){0, 0};
    notes.numbers[HP_N_MSG_ID] = 0;
    notes.seen = 0;
    uint32_t inner_numbers = 0;     /* set of those seen */
    unsigned inner_parts = 0;
    hp_span inner = {0, 0};         /* the last one */
    uint64_t value;
    hp_scan_status status;

    while (p < end) {
        uint32_t tag, size;
        status = hp_read_tag(&p, end, &tag);
        if (HP_UNLIKELY(status != HP_SCAN_OK)) return status;
        uint32_t number = tag >> 3;

        if (tag == (HP_N_TYPE << 3 | HP_VARINT)) {
            status = hp_read_varint(&p, end, &value);
            out->type = (uint32_t)value;
        } else if (tag == (HP_N_SEQUENCE << 3 | HP_VARINT)) {
            status = hp_read_varint(&p, end, &value);
            out->sequence = value;
        } else if ((tag & 7) != HP_LENGTH_DELIMITED) {
            status = hp_skip(&p, end, tag, 1);
        } else {
            status = hp_read_length(&p, end, &size);
            if (HP_UNLIKELY(status != HP_SCAN_OK)) return status;
            hp_span span = {(uint32_t)(p - body), size};
            const uint8_t *next = p + size;
            if (number == HP_N_SESSION_ID) {
                if (HP_UNLIKELY(!hp_is_utf8(p, size))) return HP_SCAN_BAD_UTF8;
                out->session_id = span;
            } else if (number < HP_MAX_NUMBER && HP_INNER_BITS >> number & 1) {
                inner_numbers |= 1u << number;
                inner_parts++;
                inner = span;
                if (number == HP_N_MESSAGE_REQUEST) {
                    hp_shape shape = {.strings = hp_shapes[HP_N_MESSAGE_REQUEST].strings};
                    status = check_message(p, next, shape, 2, body, &notes);
                } else {
                    status = check_other(p, next, number);
                }
            }
            p = next;
        }
        if (HP_UNLIKELY(status != HP_SCAN_OK)) return status;
    }

    uint32_t wanted = hp_inner_number(out->type);
    if (HP_UNLIKELY(inner_numbers & ~(1u << wanted)))
        inner_parts = wanted ? find_parts(body, end, wanted, &inner) : 0;
    if (inner_parts == 0) return HP_SCAN_OK;
    out->inner = inner;
    if (HP_UNLIKELY(inner_parts > 1)) out->flags |= HP_INNER_TWICE;
    if (wanted == HP_N_MESSAGE_REQUEST) {
        out->msg_id = notes.numbers[HP_N_MSG_ID];
        out->from = notes.spans[HP_N_FROM];
        out->to = notes.spans[HP_N_TO];
        out->group = notes.spans[HP_N_GROUP];
        if (notes.seen & HP_NODE_FIELD_BITS) out->flags |= HP_HAS_NODE_FIELDS;
    }
    return HP_SCAN_OK;
}

const char *hp_scan_status_name(hp_scan_status status)
{
    switch (status) {
    case HP_SCAN_OK: return "ok";
    case HP_SCAN_TRUNCATED: return "truncated";
    case HP_SCAN_BAD_TAG: return "bad_tag";
    case HP_SCAN_BAD_VARINT: return "bad_varint";
    case HP_SCAN_BAD_UTF8: return "bad_utf8";
    case HP_SCAN_TOO_DEEP: return "too_deep";
    }
    return "unknown";
}
