/* math, utf8, os and the basic functions: Lua's own, the unbounded ones wrapped. */
#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>
#include <stdint.h>
#include <sys/random.h>
#include <time.h>

#include "bounds.h"
#include "library.h"
#include "stdlib.h"

/* Upvalue 1 is Lua's randomseed. Without arguments Lua would seed with, and return, an address. */
static int math_randomseed(lua_State *L) {
    if (lua_gettop(L) == 0) {
        lua_Integer seed[2];
        if (getrandom(seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            seed[0] = now.tv_sec;
            seed[1] = now.tv_nsec;
        }
        lua_pushinteger(L, seed[0]);
        lua_pushinteger(L, seed[1]);
    }
    int arguments = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, arguments, LUA_MULTRET);
    return lua_gettop(L);
}

void hp_stdlib_push_math(lua_State *L) {
    static const char *const names[] = {"abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod",
                                        "huge", "log", "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad",
                                        "random", "randomseed", "sin", "sqrt", "tan", "tointeger", "type", "ult", NULL};
    /* Opened anew each time: random and randomseed share a generator that belongs to this table alone. */
    hp_pick(L, luaopen_math, names);
    lua_getfield(L, -1, "randomseed");
    lua_pushcclosure(L, math_randomseed, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "randomseed");
    lua_call(L, 0, 0);
}

/* utf8.codes: upvalue 1 is Lua's; the iterator it returns walks over continuation bytes, so it is bounded too. */
static int utf8_codes(lua_State *L) {
    luaL_checkstring(L, 1);
    int results = lua_tocfunction(L, lua_upvalueindex(1))(L);
    lua_pushvalue(L, -results);
    lua_pushinteger(L, HP_STDLIB_MAX_STRING);
    lua_pushinteger(L, 3);
    lua_pushcclosure(L, hp_bounded, 3);
    lua_replace(L, -results - 1);
    return results;
}

void hp_utf8_library(lua_State *L) {
    static const char *const names[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", NULL};
    hp_pick(L, luaopen_utf8, names);
    hp_bound_field(L, "char", HP_STDLIB_MAX_STRING, HP_MAX_UTF8_CHARS);
    hp_bound_field(L, "codepoint", HP_STDLIB_MAX_STRING, 0);
    hp_bound_field(L, "len", HP_STDLIB_MAX_STRING, 0);
    hp_bound_field(L, "offset", HP_STDLIB_MAX_STRING, 0);
    lua_getfield(L, -1, "codes");
    lua_pushcclosure(L, utf8_codes, 1);
    lua_setfield(L, -2, "codes");
}

void hp_os_library(lua_State *L) {
    static const char *const names[] = {"clock", "date", "difftime", "time", NULL};
    hp_pick(L, luaopen_os, names);
    hp_bound_field(L, "date", HP_MAX_DATE_FORMAT, 0);
}

void hp_base_library(lua_State *L) {
    static const char *const names[] = {"assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall",
                                        "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber",
                                        "tostring", "type", "xpcall", NULL};
    hp_pick(L, luaopen_base, names);
    hp_bound_field(L, "tonumber", HP_MAX_NUMERAL, 0);
    hp_add_metatables(L);
}
