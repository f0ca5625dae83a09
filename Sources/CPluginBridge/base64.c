/* base64.c - hpush.base64.encode and decode (RFC 4648, section 4). */
#include <string.h>

#include "state.h"
#include "stdlib/stdlib.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int base64_encode(lua_State *L)
{
    size_t length;
    const unsigned char *in = (const unsigned char *)luaL_checklstring(L, 1, &length);
    if (length > HP_STDLIB_MAX_STRING) return luaL_error(L, "base64: the text is longer than %d MB", (int)(HP_STDLIB_MAX_STRING >> 20));
    luaL_Buffer b;
    size_t size = (length + 2) / 3 * 4;
    char *out = luaL_buffinitsize(L, &b, size), *p = out;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned bits = (unsigned)in[i] << 16 | (left > 1 ? (unsigned)in[i + 1] << 8 : 0) | (left > 2 ? in[i + 2] : 0);
        *p++ = digits[bits >> 18];
        *p++ = digits[bits >> 12 & 63];
        *p++ = left > 1 ? digits[bits >> 6 & 63] : '=';
        *p++ = left > 2 ? digits[bits & 63] : '=';
    }
    luaL_pushresultsize(&b, size);
    return 1;
}

/* Gives nil for text that is no base64, so that a handler need not pcall what a client sent. */
static int base64_decode(lua_State *L)
{
    size_t length, padding = 0;
    const char *in = luaL_checklstring(L, 1, &length);
    if (length > HP_STDLIB_MAX_STRING) return luaL_error(L, "base64: the text is longer than %d MB", (int)(HP_STDLIB_MAX_STRING >> 20));
    if (length % 4) goto bad;
    while (padding < 2 && padding < length && in[length - 1 - padding] == '=') padding++;
    luaL_Buffer b;
    size_t size = length / 4 * 3 - padding, n = 0;
    char *out = luaL_buffinitsize(L, &b, length / 4 * 3 + 1);
    unsigned bits = 0;
    for (size_t i = 0; i < length; i++) {
        const char *digit = i < length - padding ? (in[i] ? strchr(digits, in[i]) : NULL) : digits;
        if (!digit) goto bad;
        bits = bits << 6 | (unsigned)(digit - digits);
        if (i % 4 != 3) continue;
        out[n++] = (char)(bits >> 16);
        out[n++] = (char)(bits >> 8);
        out[n++] = (char)bits;
        bits = 0;
    }
    luaL_pushresultsize(&b, size);
    return 1;
bad:
    lua_pushnil(L);
    return 1;
}

void hp_push_base64_library(lua_State *L)
{
    static const luaL_Reg functions[] = { { "encode", base64_encode }, { "decode", base64_decode }, { NULL, NULL } };
    luaL_newlib(L, functions);
}
