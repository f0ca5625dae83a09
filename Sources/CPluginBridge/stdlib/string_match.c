/* string.find, match and gmatch. */
#define _GNU_SOURCE
#include <lua5.4/lauxlib.h>
#include <string.h>

#include "bounds.h"
#include "pattern.h"
#include "string_functions.h"

/* Where a search begins, from 0: argument 3, counted from the end when negative. May be beyond the end. */
static size_t initial_position(lua_State *L, int argument, size_t length) {
    lua_Integer from = luaL_optinteger(L, argument, 1);
    if (from > 0) return (size_t)from - 1;
    if (from == 0 || from < -(lua_Integer)length) return 0;
    return length - (size_t)-from;
}

static bool has_specials(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\0' && strchr("^$*+?.([%-", text[i])) return true;
    }
    return false;
}

static int find_or_match(lua_State *L, bool find) {
    size_t length, pattern_length;
    const char *subject = luaL_checklstring(L, 1, &length);
    const char *text = luaL_checklstring(L, 2, &pattern_length);
    size_t from = initial_position(L, 3, length);
    hp_poll(L);
    if (from > length) {
        luaL_pushfail(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) || !has_specials(text, pattern_length))) {
        const char *at = memmem(subject + from, length - from, text, pattern_length);
        if (at == NULL) {
            luaL_pushfail(L);
            return 1;
        }
        lua_pushinteger(L, at - subject + 1);
        lua_pushinteger(L, (lua_Integer)(at - subject) + (lua_Integer)pattern_length);
        return 2;
    }
    bool anchored = pattern_length > 0 && *text == '^';
    struct hp_pattern pattern;
    struct hp_match match;
    hp_pattern_compile(L, &pattern, text + anchored, pattern_length - anchored);
    hp_match_begin(&match, L, &pattern, subject, length);
    uint32_t start = (uint32_t)from;
    if (!(anchored ? hp_match_at(&match, start) : hp_match_search(&match, start, &start))) {
        luaL_pushfail(L);
        return 1;
    }
    if (!find) return hp_match_push_captures(&match, start, true);
    lua_pushinteger(L, (lua_Integer)start + 1);
    lua_pushinteger(L, match.end);
    return 2 + hp_match_push_captures(&match, start, false);
}

int hp_string_find(lua_State *L) {
    return find_or_match(L, true);
}

int hp_string_match(lua_State *L) {
    return find_or_match(L, false);
}

/* The pattern's userdata has where to go on in front of it: matches may be empty, but not at the end of the one before. */
struct gmatch {
    uint32_t from;
    int64_t last_end;
};

/* Upvalues: subject, compiled pattern, struct gmatch. */
static int gmatch_next(lua_State *L) {
    size_t length;
    const char *subject = lua_tolstring(L, lua_upvalueindex(1), &length);
    const struct hp_pattern *pattern = lua_touserdata(L, lua_upvalueindex(2));
    struct gmatch *state = lua_touserdata(L, lua_upvalueindex(3));
    struct hp_match match;
    hp_match_begin(&match, L, pattern, subject, length);
    while (state->from <= length) {
        uint32_t start;
        if (!hp_match_search(&match, state->from, &start)) break;
        if (match.end == state->last_end) {
            state->from = start + 1;
            continue;
        }
        state->from = match.end;
        state->last_end = match.end;
        return hp_match_push_captures(&match, start, true);
    }
    state->from = (uint32_t)length + 1;
    return 0;
}

int hp_string_gmatch(lua_State *L) {
    size_t length, pattern_length;
    luaL_checklstring(L, 1, &length);
    const char *text = luaL_checklstring(L, 2, &pattern_length);
    size_t from = initial_position(L, 3, length);
    lua_settop(L, 2);
    lua_pushvalue(L, 1);
    hp_pattern_new(L, text, pattern_length);
    struct gmatch *state = lua_newuserdatauv(L, sizeof *state, 0);
    *state = (struct gmatch){(uint32_t)(from > length ? length + 1 : from), -1};
    lua_pushcclosure(L, gmatch_next, 3);
    return 1;
}
