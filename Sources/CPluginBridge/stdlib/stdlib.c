#include "stdlib.h"

#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>
#include <stdbool.h>
#include <string.h>

#include "library.h"

/* The address is the registry key of the table with the masters. */
static const char masters_key = 0;

void hp_pick(lua_State *L, lua_CFunction open, const char *const names[]) {
    luaL_checkstack(L, 6, "standard library");
    int top = lua_gettop(L);
    lua_newtable(L);
    /* luaopen_base fills the globals table, luaopen_string sets the string metatable: both are put back. */
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushliteral(L, "");
    if (!lua_getmetatable(L, -1)) lua_pushnil(L);
    if (open == luaopen_base) {
        lua_newtable(L);
        lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    }
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
    for (int i = 0; names[i] != NULL; i++) {
        lua_getfield(L, -1, names[i]);
        lua_setfield(L, top + 1, names[i]);
    }
    lua_pushvalue(L, top + 2);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    if (open != luaopen_string) {
        lua_settop(L, top + 1);
        return;
    }
    /* The arithmetic metamethods stay reachable for hp_stdlib_set_string_metatable. */
    lua_getmetatable(L, top + 3);
    lua_setfield(L, LUA_REGISTRYINDEX, "hpush.stdlib.string_metatable");
    lua_pushvalue(L, top + 4);
    lua_setmetatable(L, top + 3);
    lua_settop(L, top + 1);
}

static void push_masters(lua_State *L) {
    static const struct {
        const char *name;
        void (*make)(lua_State *L);
    } libraries[] = {{"string", hp_string_library}, {"table", hp_table_library}, {"utf8", hp_utf8_library},
                     {"os", hp_os_library}, {"base", hp_base_library}};
    luaL_checkstack(L, 6, "standard library");
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &masters_key) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_newtable(L);
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        libraries[i].make(L);
        lua_setfield(L, -2, libraries[i].name);
    }
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &masters_key);
}

/* Copies a master's fields into the table at the index. */
static void copy_master(lua_State *L, const char *name, int to) {
    push_masters(L);
    lua_getfield(L, -1, name);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, to);
    }
    lua_pop(L, 2);
}

static void push_copy(lua_State *L, const char *name, int size) {
    lua_createtable(L, 0, size);
    copy_master(L, name, lua_gettop(L));
}

void hp_stdlib_push_string(lua_State *L) {
    push_copy(L, "string", 16);
}

void hp_stdlib_push_table(lua_State *L) {
    push_copy(L, "table", 8);
}

void hp_stdlib_push_utf8(lua_State *L) {
    push_copy(L, "utf8", 8);
}

void hp_stdlib_push_os(lua_State *L) {
    push_copy(L, "os", 4);
}

void hp_stdlib_set_base(lua_State *L, int env_index) {
    copy_master(L, "base", lua_absindex(L, env_index));
}

void hp_stdlib_set_string_metatable(lua_State *L) {
    static const char *const arithmetic[] = {"__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__idiv"};
    push_masters(L);
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 10);
    lua_getfield(L, LUA_REGISTRYINDEX, "hpush.stdlib.string_metatable");
    for (size_t i = 0; i < sizeof arithmetic / sizeof *arithmetic; i++) {
        lua_getfield(L, -1, arithmetic[i]);
        lua_setfield(L, -3, arithmetic[i]);
    }
    lua_pop(L, 1);
    push_copy(L, "string", 16);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 2);
}
