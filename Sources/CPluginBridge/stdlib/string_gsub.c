#include <lua5.4/lauxlib.h>
#include <string.h>

#include "bounds.h"
#include "pattern.h"
#include "string_functions.h"

/* What a replacement costs besides matching, in steps. */
#define COPY_COST 1
#define VALUE_COST 20

/* Appends the replacement string in argument 3 with its %0 to %9 filled in. */
static void add_template(struct hp_match *match, luaL_Buffer *buffer, uint32_t start) {
    lua_State *L = match->L;
    size_t length;
    const char *text = lua_tolstring(L, 3, &length), *end = text + length;
    while (text < end) {
        const char *percent = memchr(text, '%', (size_t)(end - text));
        const char *stop = percent ? percent : end;
        luaL_addlstring(buffer, text, (size_t)(stop - text));
        hp_match_charge(match, COPY_COST + (stop - text) / 64);
        if (percent == NULL) return;
        char c = percent + 1 < end ? percent[1] : '\0';
        if (c == '%') {
            luaL_addchar(buffer, '%');
        } else if (c == '0') {
            luaL_addlstring(buffer, match->subject + start, match->end - start);
        } else if (c >= '1' && c <= '9') {
            hp_match_charge(match, VALUE_COST);
            hp_match_push_capture(match, c - '1', start);
            luaL_addvalue(buffer);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
        text = percent + 2;
    }
}

/* Appends what the table or function in argument 3 gives, or the match itself for false and nil. Whether it changed. */
static bool add_value(struct hp_match *match, luaL_Buffer *buffer, uint32_t start, int kind) {
    lua_State *L = match->L;
    hp_match_charge(match, VALUE_COST);
    hp_poll(L);
    if (kind == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, hp_match_push_captures(match, start, true), 1);
    } else {
        hp_match_push_capture(match, 0, start);
        lua_gettable(L, 3);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(buffer, match->subject + start, match->end - start);
        return false;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(buffer);
    return true;
}

int hp_string_gsub(lua_State *L) {
    size_t length, pattern_length;
    const char *subject = luaL_checklstring(L, 1, &length);
    const char *text = luaL_checklstring(L, 2, &pattern_length);
    int kind = lua_type(L, 3);
    luaL_argexpected(L, kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3,
                     "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
    bool anchored = pattern_length > 0 && *text == '^', changed = false;
    struct hp_pattern pattern;
    struct hp_match match;
    luaL_Buffer buffer;
    lua_settop(L, 4);
    hp_pattern_compile(L, &pattern, text + anchored, pattern_length - anchored);
    hp_match_begin(&match, L, &pattern, subject, length);
    luaL_buffinit(L, &buffer);
    uint32_t copied = 0, from = 0;      /* bytes of the subject already in the buffer; where to look next */
    int64_t last_end = -1;
    while (count < most && from <= match.length) {
        uint32_t start = from;
        if (!(anchored ? hp_match_at(&match, start) : hp_match_search(&match, start, &start))) break;
        from = match.end;
        if (match.end == last_end) {    /* an empty match right behind the one before does not count */
            from = start + 1;
        } else {
            count++;
            last_end = match.end;
            luaL_addlstring(&buffer, subject + copied, start - copied);
            copied = match.end;
            hp_match_charge(&match, COPY_COST + (match.end - start) / 64);
            if (kind == LUA_TFUNCTION || kind == LUA_TTABLE) {
                changed |= add_value(&match, &buffer, start, kind);
            } else {
                add_template(&match, &buffer, start);
                changed = true;
            }
        }
        if (anchored) break;
    }
    if (changed) {
        luaL_addlstring(&buffer, subject + copied, length - copied);
        luaL_pushresult(&buffer);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, count);
    return 2;
}
