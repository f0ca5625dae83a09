/* fuzz_input.c - see fuzz_input.h */
#include "fuzz_input.h"

#include <string.h>

typedef struct writer {
    uint8_t *at;
    uint8_t *end;
} writer;

uint64_t fuzz_next(fuzz_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t fuzz_below(fuzz_random *random, uint32_t limit) { return (uint32_t)(fuzz_next(random) % limit); }
bool fuzz_chance(fuzz_random *random, uint32_t percent) { return fuzz_below(random, 100) < percent; }

uint64_t fuzz_number(fuzz_random *random)
{
    switch (fuzz_below(random, 5)) {
    case 0: return 0;
    case 1: return fuzz_below(random, 300);
    case 2: return UINT64_MAX - fuzz_below(random, 2);
    default: return fuzz_next(random) >> fuzz_below(random, 64);
    }
}

uint32_t fuzz_type(fuzz_random *random)
{
    if (fuzz_chance(random, 30)) return HP_MESSAGE_REQUEST;
    if (fuzz_chance(random, 5)) return (uint32_t)fuzz_next(random);
    uint32_t type = fuzz_below(random, 13);
    return type > HP_SYNC_RESPONSE ? type + HP_CUSTOM_REQUEST - HP_SYNC_RESPONSE - 1 : type;
}

size_t fuzz_text(fuzz_random *random, uint8_t *out, size_t room)
{
    static const char *const PIECES[] = {
        "", "a", "user-1", "hello, world", "\xc3\xbc", "\xe4\xbd\xa0\xe5\xa5\xbd", "\xf0\x9f\x98\x80",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    };
    static const char *const WRONG[] = {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe4\xbd", "\x80"};
    size_t length = 0;
    for (uint32_t left = fuzz_below(random, 4); left > 0; left--) {
        const char *piece = PIECES[fuzz_below(random, sizeof PIECES / sizeof PIECES[0])];
        if (fuzz_chance(random, 1)) piece = WRONG[fuzz_below(random, sizeof WRONG / sizeof WRONG[0])];
        size_t size = strlen(piece);
        if (length + size > room) break;
        memcpy(out + length, piece, size);
        length += size;
    }
    return length;
}

static void put_byte(writer *to, uint8_t byte)
{
    if (to->at < to->end) *to->at++ = byte;
}

static void put_bytes(writer *to, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) put_byte(to, bytes[i]);
}

static void put_varint(writer *to, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) put_byte(to, (uint8_t)(value | 0x80));
    put_byte(to, (uint8_t)value);
}

static void put_delimited(writer *to, uint32_t number, const uint8_t *bytes, size_t length)
{
    put_varint(to, (uint64_t)number << 3 | 2);
    put_varint(to, length);
    put_bytes(to, bytes, length);
}

static void put_unknown(writer *to, fuzz_random *random, uint32_t number, int depth)
{
    uint8_t bytes[16];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)fuzz_next(random);
    uint32_t wire_type = (uint32_t[]){0, 1, 2, 5, 3}[fuzz_below(random, depth > 3 ? 4 : 5)];
    if (wire_type == 2) {
        put_delimited(to, number, bytes, fuzz_below(random, sizeof bytes));
        return;
    }
    put_varint(to, (uint64_t)number << 3 | wire_type);
    if (wire_type == 0) put_varint(to, fuzz_number(random));
    if (wire_type == 1) put_bytes(to, bytes, 8);
    if (wire_type == 5) put_bytes(to, bytes, 4);
    if (wire_type == 3) {
        for (uint32_t left = fuzz_below(random, 3); left > 0; left--) put_unknown(to, random, 1 + fuzz_below(random, 40), depth + 1);
        put_varint(to, (uint64_t)number << 3 | 4);
    }
}

static void put_inner(writer *to, fuzz_random *random, uint32_t type, bool bare)
{
    uint8_t content[1024], text[256];
    writer inner = {content, content + (bare ? 256 : sizeof content)};
    size_t count;
    const hp_field *fields = hp_fields(type, &count);
    for (uint32_t left = fuzz_below(random, (uint32_t)count + 3); left > 0 && count > 0; left--) {
        const hp_field *field = &fields[fuzz_below(random, (uint32_t)count)];
        writer packed = {text, text + 40};
        if (fuzz_chance(random, 4)) {
            put_unknown(&inner, random, fuzz_chance(random, 50) ? field->number : 1 + fuzz_below(random, 3000), 0);
        } else if (field->kind == HP_STRING || field->kind == HP_BYTES) {
            put_delimited(&inner, field->number, text, fuzz_text(random, text, sizeof text));
        } else if (field->kind == HP_REPEATED_MESSAGE) {
            if (!bare) put_inner(&inner, random, HP_MESSAGE_REQUEST, true);
        } else if (field->kind == HP_REPEATED_UINT64 && fuzz_chance(random, 60)) {
            for (uint32_t numbers = fuzz_below(random, 4); numbers > 0; numbers--) put_varint(&packed, fuzz_number(random));
            put_delimited(&inner, field->number, text, (size_t)(packed.at - text));
        } else {
            put_varint(&inner, (uint64_t)field->number << 3);
            put_varint(&inner, fuzz_number(random));
        }
    }
    put_delimited(to, bare ? 1 : hp_inner_number(type), content, (size_t)(inner.at - content));
}

static size_t damaged(fuzz_random *random, uint8_t *body, size_t length)
{
    static const uint8_t EXTREMES[] = {0x00, 0x7f, 0x80, 0xff, 0x0b, 0x0c, 0xc0, 0xed};
    for (uint32_t left = 1 + fuzz_below(random, 4); left > 0 && length > 0; left--) {
        uint32_t at = fuzz_below(random, (uint32_t)length);
        uint32_t size = 1 + fuzz_below(random, 12);
        switch (fuzz_below(random, 6)) {
        case 0: body[at] ^= (uint8_t)(1u << fuzz_below(random, 8)); break;
        case 1: body[at] = EXTREMES[fuzz_below(random, sizeof EXTREMES)]; break;
        case 2: length = at; break;
        case 3:
            memmove(body + at, body + at + 1, length - at - 1);
            length--;
            break;
        case 4:
            if (length + size > FUZZ_MAX_BODY) break;
            memmove(body + at + size, body + at, length - at);
            length += size;
            break;
        default: memset(body + at, EXTREMES[fuzz_below(random, sizeof EXTREMES)], size < length - at ? size : length - at);
        }
    }
    return length;
}

size_t fuzz_body(fuzz_random *random, uint8_t *out)
{
    if (fuzz_chance(random, 3)) {
        size_t length = fuzz_below(random, 64);
        for (size_t i = 0; i < length; i++) out[i] = (uint8_t)fuzz_next(random);
        return length;
    }
    if (fuzz_below(random, 2000) == 0) {
        memset(out, 0x0b, 300);     /* groups in groups */
        return 300;
    }
    writer to = {out, out + FUZZ_MAX_BODY};
    uint8_t text[256];
    uint32_t type = fuzz_type(random);
    for (uint32_t left = 1 + fuzz_below(random, 6); left > 0; left--) {
        switch (left == 1 ? 0 : fuzz_below(random, 6)) {
        case 0:
            put_varint(&to, 1 << 3);
            put_varint(&to, (uint64_t)(int64_t)(int32_t)type);
            break;
        case 1:
            put_varint(&to, 2 << 3);
            put_varint(&to, fuzz_number(random));
            break;
        case 2: put_delimited(&to, 3, text, fuzz_text(random, text, sizeof text)); break;
        case 3:
            if (fuzz_chance(random, 20)) put_unknown(&to, random, 1 + fuzz_below(random, 3000), 0);
            break;
        default: {
            uint32_t other = fuzz_chance(random, 90) ? type : fuzz_type(random);
            if (hp_inner_number(other)) put_inner(&to, random, other, false);
        }
        }
    }
    size_t length = (size_t)(to.at - out);
    return fuzz_chance(random, 50) ? damaged(random, out, length) : length;
}
