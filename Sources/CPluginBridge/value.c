/* value.c - Lua values as bytes (the encoding is described in hpush_plugin.h). */
#include <string.h>

#include "handles.h"

static void append(lua_State *L, hp_buffer *out, const void *bytes, size_t length)
{
    if (length > VALUE_BYTES || out->length > VALUE_BYTES - length) luaL_error(L, "what is handed over is larger than %d MB", VALUE_BYTES >> 20);
    if (!hp_buffer_append(out, bytes, length)) luaL_error(L, "not enough memory");
}

static void append_tag(lua_State *L, hp_buffer *out, uint8_t tag) { append(L, out, &tag, 1); }
static void append_u32(lua_State *L, hp_buffer *out, uint32_t v) { append(L, out, &v, sizeof v); }
static void append_u64(lua_State *L, hp_buffer *out, uint64_t v) { append(L, out, &v, sizeof v); }

static void encode(lua_State *L, int index, hp_buffer *out, int depth);

static void encode_table(lua_State *L, int index, hp_buffer *out, int depth)
{
    if (depth >= VALUE_DEPTH) luaL_error(L, "a table is nested deeper than %d levels, or contains itself", VALUE_DEPTH);
    luaL_checkstack(L, 4, "table");
    lua_Unsigned length = lua_rawlen(L, index);
    uint32_t count = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) count++;
    if (length == count && count > 0) {
        append_tag(L, out, HP_VALUE_LIST);
        append_u32(L, out, count);
        for (uint32_t i = 1; i <= count; i++) {
            lua_rawgeti(L, index, i);
            encode(L, lua_gettop(L), out, depth + 1);
            lua_pop(L, 1);
        }
        return;
    }
    append_tag(L, out, HP_VALUE_TABLE);
    append_u32(L, out, count);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        int top = lua_gettop(L);
        encode(L, top - 1, out, depth + 1);
        encode(L, top, out, depth + 1);
    }
}

static void encode(lua_State *L, int index, hp_buffer *out, int depth)
{
    hp_poll_budget(L);
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        append_tag(L, out, HP_VALUE_NIL);
        return;
    case LUA_TBOOLEAN:
        append_tag(L, out, lua_toboolean(L, index) ? HP_VALUE_TRUE : HP_VALUE_FALSE);
        return;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            append_tag(L, out, HP_VALUE_INTEGER);
            append_u64(L, out, (uint64_t)lua_tointeger(L, index));
        } else {
            double number = lua_tonumber(L, index);
            append_tag(L, out, HP_VALUE_NUMBER);
            append(L, out, &number, sizeof number);
        }
        return;
    case LUA_TSTRING: {
        size_t length;
        const char *bytes = lua_tolstring(L, index, &length);
        if (length > UINT32_MAX) luaL_error(L, "a string is too long to be handed over");
        append_tag(L, out, HP_VALUE_STRING);
        append_u32(L, out, (uint32_t)length);
        append(L, out, bytes, length);
        return;
    }
    case LUA_TTABLE:
        encode_table(L, index, out, depth);
        return;
    case LUA_TLIGHTUSERDATA: {
        uint64_t bits;
        handle_kind kind = hp_handle_kind(L, index, &bits);
        if (kind == HANDLE_SESSION) {
            append_tag(L, out, HP_VALUE_SESSION);
            append_u64(L, out, hp_handle_session(bits));
            return;
        }
        if (kind != HANDLE_MESSAGE) luaL_error(L, "this object can't be handed over");
    } /* fall through */
    case LUA_TUSERDATA: {
        hp_message *m = hp_to_message(L, index);
        if (!m) luaL_error(L, "this object can't be handed over");
        append_tag(L, out, HP_VALUE_MESSAGE);
        append_u64(L, out, (uint64_t)(uintptr_t)m);
        return;
    }
    default:
        luaL_error(L, "a %s can't be handed over, only nil, booleans, numbers, strings and tables of them", luaL_typename(L, index));
    }
}

void hp_value_encode(lua_State *L, int index, hp_buffer *out)
{
    encode(L, lua_absindex(L, index), out, 0);
}

static const uint8_t *bad(lua_State *L)
{
    luaL_error(L, "the host handed over a damaged value");
    return NULL;
}

static const uint8_t *push(lua_State *L, const uint8_t *p, const uint8_t *end, int depth)
{
    if (p >= end || depth > VALUE_DEPTH) return bad(L);
    hp_poll_budget(L);
    luaL_checkstack(L, 4, "value");
    uint8_t tag = *p++;
    size_t left = (size_t)(end - p);
    uint32_t count;
    uint64_t wide;
    switch (tag) {
    case HP_VALUE_NIL:
        lua_pushnil(L);
        return p;
    case HP_VALUE_FALSE:
    case HP_VALUE_TRUE:
        lua_pushboolean(L, tag == HP_VALUE_TRUE);
        return p;
    case HP_VALUE_INTEGER:
    case HP_VALUE_NUMBER:
    case HP_VALUE_SESSION: {
        if (left < 8) return bad(L);
        memcpy(&wide, p, 8);
        if (tag == HP_VALUE_INTEGER) lua_pushinteger(L, (lua_Integer)wide);
        else if (tag == HP_VALUE_SESSION) hp_push_session(L, wide);
        else {
            double number;
            memcpy(&number, p, 8);
            lua_pushnumber(L, number);
        }
        return p + 8;
    }
    case HP_VALUE_STRING:
        if (left < 4) return bad(L);
        memcpy(&count, p, 4);
        if (left - 4 < count) return bad(L);
        lua_pushlstring(L, (const char *)p + 4, count);
        return p + 4 + count;
    case HP_VALUE_LIST:
    case HP_VALUE_TABLE:
        if (left < 4) return bad(L);
        memcpy(&count, p, 4);
        p += 4;
        if (count > left) return bad(L);       /* each entry has a byte at least */
        lua_createtable(L, tag == HP_VALUE_LIST ? (int)count : 0, tag == HP_VALUE_TABLE ? (int)count : 0);
        for (uint32_t i = 1; i <= count; i++) {
            p = push(L, p, end, depth + 1);
            if (tag == HP_VALUE_LIST) {
                lua_rawseti(L, -2, i);
            } else {
                if (lua_isnil(L, -1)) return bad(L);
                p = push(L, p, end, depth + 1);
                lua_rawset(L, -3);
            }
        }
        return p;
    default:
        return bad(L);
    }
}

/* Pushes the value at p; returns where the next one starts. */
const uint8_t *hp_value_push(lua_State *L, const uint8_t *p, const uint8_t *end)
{
    return push(L, p, end, 0);
}
