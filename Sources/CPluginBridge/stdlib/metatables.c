/* setmetatable and getmetatable with a private copy of each metatable between a script's and Lua.
 *
 * Tables with weak keys alone (ephemerons) can keep the collector's atomic step, which no hook reaches, busy for seconds: a chain of
 * n of them costs n * n. Lua reads __mode whenever it collects, so a check when the metatable is set would not do. What Lua sees is
 * therefore a copy that no script can reach: it is refreshed by each setmetatable with that metatable. */
#include <lua5.4/lauxlib.h>
#include <string.h>

#include "library.h"

/* Registry key of the table from metatables to their copies. All its entries are weak on both sides, which makes it no ephemeron; a copy
 * lives as long as a table has it, and holds the metatable it was made from. */
static const char copies_key = 0;
/* In a copy, the key of the metatable it was made from. */
static const char original_key = 0;

/* All that Lua and its libraries look for in a metatable, but for __gc. Upvalues 2 and on of setmetatable. */
static const char *const fields[] = {
    "__index", "__newindex", "__call", "__eq", "__lt", "__le", "__concat", "__len", "__unm", "__add", "__sub", "__mul", "__div", "__mod",
    "__pow", "__idiv", "__band", "__bor", "__bxor", "__shl", "__shr", "__bnot", "__tostring", "__name", "__pairs", "__close",
    "__metatable", "__mode"};
enum { FIELD_COUNT = sizeof fields / sizeof *fields, FIRST_FIELD = 2 };

/* A finalizer would run with hooks off, out of reach of every budget. */
static void refuse_finalizer(lua_State *L, int metatable) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, metatable) != LUA_TNIL) luaL_error(L, "a metatable with __gc is not allowed");
    lua_pop(L, 1);
}

static void refuse_ephemeron(lua_State *L, int metatable) {
    lua_pushliteral(L, "__mode");
    if (lua_rawget(L, metatable) == LUA_TSTRING) {
        const char *mode = lua_tostring(L, -1);
        if (strchr(mode, 'k') && !strchr(mode, 'v')) {
            luaL_error(L, "a metatable with __mode = \"k\" is not allowed: use \"kv\", or \"v\", or remove entries yourself");
        }
    }
    lua_pop(L, 1);
}

/* Brings the copy up to date; touches only what differs. */
static void refresh(lua_State *L, int metatable, int copy) {
    for (int i = 0; i < FIELD_COUNT; i++) {
        int name = lua_upvalueindex(FIRST_FIELD + i);
        lua_pushvalue(L, name);
        int type = lua_rawget(L, metatable);
        lua_pushvalue(L, name);
        int before = lua_rawget(L, copy);
        if (type == before && (type == LUA_TNIL || lua_rawequal(L, -1, -2))) {
            lua_pop(L, 2);
            continue;
        }
        lua_pop(L, 1);
        lua_pushvalue(L, name);
        lua_insert(L, -2);
        lua_rawset(L, copy);
    }
}

/* Replaces the metatable at index 2 by its copy. */
static void put_copy(lua_State *L) {
    lua_settop(L, 2);
    refuse_finalizer(L, 2);
    refuse_ephemeron(L, 2);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &copies_key);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, 3) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_createtable(L, 0, 4);
        lua_pushvalue(L, 2);
        lua_rawsetp(L, 4, &original_key);
        refresh(L, 2, 4);
        lua_pushvalue(L, 2);
        lua_pushvalue(L, 4);
        lua_rawset(L, 3);
    } else {
        refresh(L, 2, 4);
    }
    lua_replace(L, 2);
    lua_settop(L, 2);
}

/* Upvalue 1 is Lua's, called in this frame, so that argument errors carry this function's name. */
static int base_setmetatable(lua_State *L) {
    if (lua_type(L, 1) == LUA_TTABLE && lua_type(L, 2) == LUA_TTABLE) put_copy(L);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int base_getmetatable(lua_State *L) {
    luaL_checkany(L, 1);
    if (!lua_getmetatable(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushliteral(L, "__metatable");
    if (lua_rawget(L, -2) != LUA_TNIL) return 1;
    lua_pop(L, 1);
    /* Not a copy: a metatable of the host's. */
    if (lua_rawgetp(L, -1, &original_key) == LUA_TNIL) lua_pop(L, 1);
    return 1;
}

void hp_add_metatables(lua_State *L) {
    luaL_checkstack(L, FIELD_COUNT + 4, "standard library");
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "kv");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &copies_key);
    lua_getfield(L, -1, "setmetatable");
    for (int i = 0; i < FIELD_COUNT; i++) lua_pushstring(L, fields[i]);
    lua_pushcclosure(L, base_setmetatable, 1 + FIELD_COUNT);
    lua_setfield(L, -2, "setmetatable");
    lua_pushcfunction(L, base_getmetatable);
    lua_setfield(L, -2, "getmetatable");
}
