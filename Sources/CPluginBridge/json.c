/* json.c - hpush.json.encode and decode (RFC 8259). Keys are written in order of their bytes, so equal tables give equal text. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state.h"
#include "stdlib/stdlib.h"

enum { MOST_KEYS = 100000 };     /* of one object: they are sorted in one go, which nothing interrupts */

/* ---- encode ---- */

static void add_text(luaL_Buffer *b, const char *text, size_t length)
{
    luaL_addchar(b, '"');
    size_t plain = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        luaL_addlstring(b, text + plain, i - plain);
        plain = i + 1;
        char escape[8];
        size_t n = 2;
        escape[0] = '\\';
        switch (c) {
        case '"': case '\\': escape[1] = (char)c; break;
        case '\n': escape[1] = 'n'; break;
        case '\r': escape[1] = 'r'; break;
        case '\t': escape[1] = 't'; break;
        default:
            n = 6;
            memcpy(escape, "\\u00", 4);
            escape[4] = "0123456789abcdef"[c >> 4];
            escape[5] = "0123456789abcdef"[c & 15];
        }
        luaL_addlstring(b, escape, n);
    }
    luaL_addlstring(b, text + plain, length - plain);
    luaL_addchar(b, '"');
}

typedef struct key { const char *text; size_t length; } key;

static int compare_keys(const void *x, const void *y)
{
    const key *a = x, *b = y;
    int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

static void encode(lua_State *L, luaL_Buffer *b, int index, int depth);

/* Encodes the value on the top into a buffer of its own (a buffer may only grow while nothing lies above it) and moves that into `b`. */
static void encode_top(lua_State *L, luaL_Buffer *b, int depth)
{
    luaL_Buffer inner;
    int value = lua_gettop(L);
    luaL_buffinit(L, &inner);
    encode(L, &inner, value, depth);
    luaL_pushresult(&inner);
    lua_remove(L, value);
    luaL_addvalue(b);
}

static void encode_fields(lua_State *L, luaL_Buffer *b, int index, size_t count, int keys_index, int depth)
{
    key *keys = lua_touserdata(L, keys_index);
    luaL_addchar(b, '{');
    for (size_t i = 0; i < count; i++) {
        if (i) luaL_addchar(b, ',');
        add_text(b, keys[i].text, keys[i].length);
        luaL_addchar(b, ':');
        lua_pushlstring(L, keys[i].text, keys[i].length);
        lua_rawget(L, index);
        encode_top(L, b, depth + 1);
    }
    luaL_addchar(b, '}');
}

static void encode_table(lua_State *L, luaL_Buffer *b, int index, int depth)
{
    if (depth >= VALUE_DEPTH) luaL_error(L, "json: a table is nested deeper than %d levels, or contains itself", VALUE_DEPTH);
    luaL_checkstack(L, 8, "json");
    size_t count = 0, length = lua_rawlen(L, index);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) count++;
    if (count > 0 && count == length) {
        luaL_addchar(b, '[');
        for (size_t i = 1; i <= length; i++) {
            if (i > 1) luaL_addchar(b, ',');
            lua_rawgeti(L, index, (lua_Integer)i);
            encode_top(L, b, depth + 1);
        }
        luaL_addchar(b, ']');
        return;
    }
    if (count == 0) {
        luaL_addlstring(b, "{}", 2);
        return;
    }
    if (count > MOST_KEYS) luaL_error(L, "json: a table has more than %d keys", MOST_KEYS);
    key *keys = lua_newuserdatauv(L, count * sizeof *keys, 0);
    int keys_index = lua_gettop(L);
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "json: the keys of a table are 1..n or all strings; this one has a %s among them", luaL_typename(L, -2));
        keys[n].text = lua_tolstring(L, -2, &keys[n].length);
        n++;
    }
    qsort(keys, n, sizeof *keys, compare_keys);
    luaL_Buffer inner;
    luaL_buffinit(L, &inner);
    encode_fields(L, &inner, index, n, keys_index, depth);
    luaL_pushresult(&inner);
    lua_remove(L, keys_index);
    luaL_addvalue(b);
}

static void encode(lua_State *L, luaL_Buffer *b, int index, int depth)
{
    hp_poll_budget(L);
    size_t length;
    const char *text;
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        luaL_addlstring(b, "null", 4);
        return;
    case LUA_TBOOLEAN:
        luaL_addstring(b, lua_toboolean(L, index) ? "true" : "false");
        return;
    case LUA_TNUMBER: {
        char number[48];
        if (lua_isinteger(L, index)) {
            snprintf(number, sizeof number, "%lld", (long long)lua_tointeger(L, index));
        } else {
            double value = lua_tonumber(L, index);
            if (!isfinite(value)) luaL_error(L, "json: %f has no JSON form", value);
            snprintf(number, sizeof number, "%.17g", value);
            double same;
            char shorter[48];
            snprintf(shorter, sizeof shorter, "%.15g", value);
            same = strtod(shorter, NULL);
            if (same == value) memcpy(number, shorter, sizeof number);
        }
        luaL_addstring(b, number);
        return;
    }
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &length);
        if (length > HP_STDLIB_MAX_STRING) luaL_error(L, "json: a string is longer than %d MB", (int)(HP_STDLIB_MAX_STRING >> 20));
        add_text(b, text, length);
        return;
    case LUA_TTABLE:
        encode_table(L, b, index, depth);
        return;
    default:
        luaL_error(L, "json: a %s has no JSON form", luaL_typename(L, index));
    }
}

static int json_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    encode(L, &b, 1, 0);
    luaL_pushresult(&b);
    return 1;
}

/* ---- decode ---- */

typedef struct reader {
    lua_State *L;
    const char *start, *p, *end;
} reader;

static int fail(reader *r, const char *what)
{
    return luaL_error(r->L, "json: %s at byte %d", what, (int)(r->p - r->start) + 1);
}

static void skip_space(reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r')) r->p++;
}

static unsigned hex4(reader *r)
{
    if (r->end - r->p < 4) fail(r, "a cut \\u escape");
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        char c = *r->p++;
        unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (c | 32) >= 'a' && (c | 32) <= 'f' ? (unsigned)((c | 32) - 'a' + 10) : 16;
        if (digit == 16) fail(r, "a bad \\u escape");
        value = value * 16 + digit;
    }
    return value;
}

static void add_code_point(luaL_Buffer *b, unsigned c)
{
    char utf8[4];
    size_t n;
    if (c < 0x80) { utf8[0] = (char)c; n = 1; }
    else if (c < 0x800) { utf8[0] = (char)(0xc0 | c >> 6); utf8[1] = (char)(0x80 | (c & 63)); n = 2; }
    else if (c < 0x10000) {
        utf8[0] = (char)(0xe0 | c >> 12); utf8[1] = (char)(0x80 | (c >> 6 & 63)); utf8[2] = (char)(0x80 | (c & 63)); n = 3;
    } else {
        utf8[0] = (char)(0xf0 | c >> 18); utf8[1] = (char)(0x80 | (c >> 12 & 63)); utf8[2] = (char)(0x80 | (c >> 6 & 63));
        utf8[3] = (char)(0x80 | (c & 63)); n = 4;
    }
    luaL_addlstring(b, utf8, n);
}

static void read_string(reader *r)
{
    luaL_Buffer b;
    luaL_buffinit(r->L, &b);
    r->p++;
    for (;;) {
        const char *from = r->p;
        while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= 0x20) r->p++;
        luaL_addlstring(&b, from, (size_t)(r->p - from));
        if (r->p >= r->end) fail(r, "a string without an end");
        char c = *r->p++;
        if (c == '"') break;
        if (c != '\\') { r->p--; fail(r, "a control character in a string"); }
        if (r->p >= r->end) fail(r, "a string without an end");
        switch (c = *r->p++) {
        case '"': case '\\': case '/': luaL_addchar(&b, c); break;
        case 'b': luaL_addchar(&b, '\b'); break;
        case 'f': luaL_addchar(&b, '\f'); break;
        case 'n': luaL_addchar(&b, '\n'); break;
        case 'r': luaL_addchar(&b, '\r'); break;
        case 't': luaL_addchar(&b, '\t'); break;
        case 'u': {
            unsigned code = hex4(r);
            if (code >= 0xd800 && code < 0xdc00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u') {
                r->p += 2;
                unsigned low = hex4(r);
                if (low < 0xdc00 || low > 0xdfff) fail(r, "half a surrogate pair");
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            } else if (code >= 0xd800 && code < 0xe000) {
                fail(r, "half a surrogate pair");
            }
            add_code_point(&b, code);
            break;
        }
        default:
            fail(r, "an unknown escape");
        }
    }
    luaL_pushresult(&b);
}

static void read_number(reader *r)
{
    const char *from = r->p;
    bool integer = true;
    if (*r->p == '-') r->p++;
    if (r->p >= r->end || *r->p < '0' || *r->p > '9') fail(r, "a bad number");
    if (*r->p == '0') r->p++;
    else while (r->p < r->end && *r->p >= '0' && *r->p <= '9') r->p++;
    if (r->p < r->end && *r->p == '.') {
        integer = false;
        r->p++;
        if (r->p >= r->end || *r->p < '0' || *r->p > '9') fail(r, "a bad number");
        while (r->p < r->end && *r->p >= '0' && *r->p <= '9') r->p++;
    }
    if (r->p < r->end && (*r->p | 32) == 'e') {
        integer = false;
        r->p++;
        if (r->p < r->end && (*r->p == '+' || *r->p == '-')) r->p++;
        if (r->p >= r->end || *r->p < '0' || *r->p > '9') fail(r, "a bad number");
        while (r->p < r->end && *r->p >= '0' && *r->p <= '9') r->p++;
    }
    size_t length = (size_t)(r->p - from);
    char text[64];
    if (length >= sizeof text) fail(r, "a number that is too long");
    memcpy(text, from, length);
    text[length] = 0;
    if (integer && lua_stringtonumber(r->L, text)) {
        return;     /* beyond 64 bits: a float, as Lua reads it */
    }
    double value = strtod(text, NULL);
    if (!isfinite(value)) fail(r, "a number that is too large");
    lua_pushnumber(r->L, value);
}

static void read_value(reader *r, int depth);

static void read_table(reader *r, int depth)
{
    bool object = *r->p++ == '{';
    char close = object ? '}' : ']';
    lua_newtable(r->L);
    skip_space(r);
    if (r->p < r->end && *r->p == close) { r->p++; return; }
    for (lua_Integer n = 1;; n++) {
        if (object) {
            skip_space(r);
            if (r->p >= r->end || *r->p != '"') fail(r, "a key in quotes is expected");
            read_string(r);
            skip_space(r);
            if (r->p >= r->end || *r->p != ':') fail(r, "':' is expected");
            r->p++;
        }
        read_value(r, depth + 1);
        if (object) lua_rawset(r->L, -3);
        else lua_rawseti(r->L, -2, n);
        skip_space(r);
        if (r->p >= r->end) fail(r, "the text ends too early");
        char c = *r->p++;
        if (c == close) return;
        if (c != ',') { r->p--; fail(r, object ? "',' or '}' is expected" : "',' or ']' is expected"); }
    }
}

static void read_value(reader *r, int depth)
{
    if (depth > VALUE_DEPTH) fail(r, "nested too deep");
    luaL_checkstack(r->L, 8, "json");
    hp_poll_budget(r->L);
    skip_space(r);
    size_t left = (size_t)(r->end - r->p);
    if (left == 0) fail(r, "the text ends too early");
    switch (*r->p) {
    case '{': case '[': read_table(r, depth); return;
    case '"': read_string(r); return;
    case 't':
        if (left >= 4 && memcmp(r->p, "true", 4) == 0) { r->p += 4; lua_pushboolean(r->L, true); return; }
        break;
    case 'f':
        if (left >= 5 && memcmp(r->p, "false", 5) == 0) { r->p += 5; lua_pushboolean(r->L, false); return; }
        break;
    case 'n':
        if (left >= 4 && memcmp(r->p, "null", 4) == 0) { r->p += 4; lua_pushnil(r->L); return; }
        break;
    default:
        if (*r->p == '-' || (*r->p >= '0' && *r->p <= '9')) { read_number(r); return; }
    }
    fail(r, "a value is expected");
}

/* hpush.json.decode(text): the value, null as nil; raises on bad text. */
static int json_decode(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    if (length > HP_STDLIB_MAX_STRING) return luaL_error(L, "json: the text is longer than %d MB", (int)(HP_STDLIB_MAX_STRING >> 20));
    reader r = { L, text, text, text + length };
    read_value(&r, 0);
    skip_space(&r);
    if (r.p != r.end) fail(&r, "something follows the value");
    return 1;
}

void hp_push_json_library(lua_State *L)
{
    static const luaL_Reg functions[] = { { "encode", json_encode }, { "decode", json_decode }, { NULL, NULL } };
    luaL_newlib(L, functions);
}
