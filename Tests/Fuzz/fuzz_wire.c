/*
 * fuzz_wire.c - throws seeded random bodies at CWire and checks what must always hold. Run by scripts/fuzz with sanitizers.
 *
 * Usage: fuzz_wire [COUNT [SEED]]    (1000000 and 1)
 * Every buffer is allocated with its exact size, so that one byte read or written outside is seen.
 */
#include "fuzz_input.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHANGES = 5, TEXT_ROOM = 300 };

static struct {
    uint64_t index, seed;
    const uint8_t *body;
    size_t length;
} now;

static void must(bool holds, const char *what)
{
    if (holds) return;
    printf("fuzz_wire: FAILED at input %" PRIu64 " of seed %" PRIu64 ": %s\nbody:", now.index, now.seed, what);
    for (size_t i = 0; i < now.length; i++) printf(" %02x", now.body[i]);
    printf("\n");
    exit(1);
}

static uint8_t *exact_copy(const uint8_t *bytes, size_t length)
{
    uint8_t *copy = malloc(length ? length : 1);
    must(copy != NULL, "out of memory");
    if (length) memcpy(copy, bytes, length);
    return copy;
}

static void check_span(hp_span span, size_t length)
{
    must(span.offset <= length && span.length <= length - span.offset, "a span points outside");
    must(span.offset != 0 || span.length == 0, "an absent span has a length");
}

static void check_fields(uint32_t type, const uint8_t *inner, size_t length)
{
    size_t count;
    const hp_field *fields = hp_fields(type, &count);
    uint8_t *copy = exact_copy(inner, length);
    for (size_t i = 0; i < count; i++) {
        hp_field_value value;
        hp_field_read(copy, length, &fields[i], &value);
        if (value.length > 0)
            must(value.bytes >= copy && value.bytes + value.length <= copy + length, "a field's value lies outside");
        must(fields[i].kind != HP_BOOL || value.number <= 1, "a bool that is not 0 or 1");
        must(fields[i].kind != HP_UINT32 || value.number <= UINT32_MAX, "a uint32 over 32 bits");
    }
    free(copy);
}

static size_t random_changes(fuzz_random *random, uint32_t type, hp_change *changes, uint8_t *room)
{
    size_t fields_count, count = 0, used = 0;
    const hp_field *fields = hp_fields(type, &fields_count);
    if (fields_count == 0) return 0;
    for (uint32_t left = fuzz_below(random, MAX_CHANGES + 1); left > 0; left--) {
        hp_change *change = &changes[count++];
        change->field = &fields[fuzz_below(random, (uint32_t)fields_count)];
        size_t length = fuzz_text(random, room + used, TEXT_ROOM - used);
        if (!hp_utf8_valid(room + used, length)) length = 0;    /* as callers must */
        change->value = (hp_field_value){fuzz_number(random), room + used, length};
        used += length;
    }
    return count;
}

static void check_frame_of(const uint8_t *frame, size_t size)
{
    uint32_t length;
    must(hp_frame_read(frame, size, INT32_MAX, &length) == HP_FRAME_COMPLETE && length == size - HP_FRAME_HEAD, "a frame's head is wrong");
}

/* Rewrites and builds; `is_sound`: the body was accepted, so the result must be too. */
static void check_writing(fuzz_random *random, const uint8_t *body, size_t length, const hp_envelope *envelope, bool is_sound)
{
    hp_change changes[MAX_CHANGES];
    uint8_t room[TEXT_ROOM];
    size_t count = random_changes(random, envelope->type, changes, room);
    bool strip = fuzz_chance(random, 50);
    size_t size = hp_rewrite(body, length, envelope, changes, count, strip, NULL, 0);
    must(size >= HP_FRAME_HEAD, "a rewritten frame has no size");
    uint8_t *frame = malloc(size);
    must(frame != NULL, "out of memory");
    must(hp_rewrite(body, length, envelope, changes, count, strip, frame, size) == size, "measured and written sizes differ");
    check_frame_of(frame, size);

    hp_envelope again;
    hp_scan_status status = hp_scan(frame + HP_FRAME_HEAD, size - HP_FRAME_HEAD, &again);
    if (is_sound) {
        must(status == HP_SCAN_OK, "a rewritten body is refused");
        must(again.type == envelope->type && again.sequence == envelope->sequence, "a rewritten body has another envelope");
        must(!(again.flags & HP_INNER_TWICE), "parts were not joined");
        bool sets_node_field = false;
        for (size_t i = 0; i < count; i++) sets_node_field |= changes[i].field->number >= 17;
        must(!strip || sets_node_field || !(again.flags & HP_HAS_NODE_FIELDS), "node fields were not stripped");
    }
    free(frame);

    static const uint8_t SESSION[] = "0123456789abcdef0123456789abcdef";
    size_t session = fuzz_below(random, 2) * 32;
    size = hp_build(envelope->type, envelope->sequence, SESSION, session, changes, count, NULL, 0);
    must(size >= HP_FRAME_HEAD, "a built frame has no size");
    frame = malloc(size);
    must(frame != NULL, "out of memory");
    size_t written = hp_build(envelope->type, envelope->sequence, SESSION, session, changes, count, frame, size);
    must(written == size, "a built frame changes its size");
    check_frame_of(frame, size);
    must(hp_scan(frame + HP_FRAME_HEAD, size - HP_FRAME_HEAD, &again) == HP_SCAN_OK, "a built body is refused");
    must(again.type == envelope->type && again.sequence == envelope->sequence, "a built body has another envelope");
    must(again.session_id.length == session, "a built body has another session id");
    free(frame);
}

static void check_frames(fuzz_random *random, const uint8_t *body, size_t length)
{
    uint8_t bytes[HP_FRAME_HEAD + 64];
    size_t shown = length < 64 ? length : 64, available = fuzz_below(random, (uint32_t)shown + HP_FRAME_HEAD + 1);
    uint32_t limit = fuzz_chance(random, 20) ? (uint32_t)fuzz_next(random) : 1 << 20, found = 1;
    hp_frame_write_head(bytes, (uint32_t)shown);
    if (shown) memcpy(bytes + HP_FRAME_HEAD, body, shown);
    bool is_damaged = fuzz_chance(random, 30);
    if (is_damaged) bytes[fuzz_below(random, HP_FRAME_HEAD)] ^= (uint8_t)(1 + fuzz_below(random, 255));
    uint8_t *copy = exact_copy(bytes, available);
    hp_frame_status status = hp_frame_read(copy, available, limit, &found);
    must(status != HP_FRAME_COMPLETE || found <= available - HP_FRAME_HEAD, "a frame is complete too early");
    must(is_damaged || limit < shown || (status == HP_FRAME_COMPLETE) == (available == shown + HP_FRAME_HEAD), "a frame is misread");
    must(found <= limit, "a body over the limit");
    free(copy);
}

static bool check_body(fuzz_random *random, const uint8_t *body, size_t length)
{
    hp_envelope envelope;
    hp_scan_status status = hp_scan(body, length, &envelope);
    if (status == HP_SCAN_OK) {
        check_span(envelope.session_id, length);
        check_span(envelope.inner, length);
        check_span(envelope.from, length);
        check_span(envelope.to, length);
        check_span(envelope.group, length);
        check_fields(envelope.type, body + envelope.inner.offset, envelope.inner.length);
    } else {
        /* No caller goes on after a refusal; if one did, nothing may be read outside all the same. */
        envelope.type = fuzz_type(random);
        check_fields(envelope.type, body, length);
    }
    check_writing(random, body, length, &envelope, status == HP_SCAN_OK);
    check_frames(random, body, length);
    return status == HP_SCAN_OK;
}

int main(int argc, char **argv)
{
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000, accepted = 0;
    now.seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    fuzz_random random = {now.seed};
    static uint8_t scratch[FUZZ_MAX_BODY];
    for (now.index = 0; now.index < count; now.index++) {
        now.length = fuzz_body(&random, scratch);
        uint8_t *body = exact_copy(scratch, now.length);
        now.body = body;
        accepted += check_body(&random, body, now.length);
        free(body);
    }
    printf("fuzz_wire: ok, %" PRIu64 " inputs with seed %" PRIu64 " (%" PRIu64 " accepted, %" PRIu64 " refused)\n", count, now.seed,
           accepted, count - accepted);
    return 0;
}
