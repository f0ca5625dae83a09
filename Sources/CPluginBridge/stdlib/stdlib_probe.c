#include "hpush_stdlib_probe.h"

#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stdlib.h"

enum library { BOUNDED, REFERENCE, EXPIRING };

struct memory {
    size_t used, limit;
};

/* Refuses growth beyond the limit and single strings above what the library works on. */
static void *allocate(void *data, void *block, size_t old_size, size_t new_size) {
    struct memory *memory = data;
    size_t old = block ? old_size : 0;
    if (new_size == 0) {
        free(block);
        memory->used -= old;
        return NULL;
    }
    if (new_size > old && memory->used - old + new_size > memory->limit) return NULL;
    if (block == NULL && old_size == LUA_TSTRING && new_size > HP_STDLIB_MAX_STRING + 64) return NULL;
    void *moved = realloc(block, new_size);
    if (moved != NULL) memory->used = memory->used - old + new_size;
    return moved;
}

/* Fires at every instruction from here on, as a watchdog's hook does, so that pcall cannot swallow it. */
static void out_of_budget(lua_State *L, lua_Debug *event) {
    (void)event;
    lua_sethook(L, out_of_budget, LUA_MASKCOUNT, 1);
    luaL_error(L, "instruction budget used up");
}

static void quiet_hook(lua_State *L, lua_Debug *event) {
    (void)L;
    (void)event;
}

static int expire(lua_State *L) {
    lua_sethook(L, quiet_hook, LUA_MASKCOUNT, 1);
    return 0;
}

static void push_environment(lua_State *L) {
    hp_stdlib_set_string_metatable(L);
    lua_newtable(L);
    hp_stdlib_set_base(L, -1);
    hp_stdlib_push_string(L);
    lua_setfield(L, -2, "string");
    hp_stdlib_push_table(L);
    lua_setfield(L, -2, "table");
    hp_stdlib_push_math(L);
    lua_setfield(L, -2, "math");
    hp_stdlib_push_utf8(L);
    lua_setfield(L, -2, "utf8");
    hp_stdlib_push_os(L);
    lua_setfield(L, -2, "os");
}

/* Arguments: chunk (light userdata), which library. Returns one string. */
static int run(lua_State *L) {
    const char *chunk = lua_touserdata(L, 1);
    enum library library = (enum library)lua_tointeger(L, 2);
    lua_settop(L, 0);
    if (library == REFERENCE) {
        luaL_openlibs(L);
        lua_pushglobaltable(L);
    } else {
        push_environment(L);
    }
    if (library == EXPIRING) {
        lua_newtable(L);
        lua_pushcfunction(L, expire);
        lua_setfield(L, -2, "expire");
        lua_setfield(L, -2, "host");
    }
    if (luaL_loadbufferx(L, chunk, strlen(chunk), "=probe", "t") != LUA_OK) return lua_error(L);
    lua_insert(L, 1);
    lua_setupvalue(L, 1, 1);
    lua_sethook(L, out_of_budget, LUA_MASKCOUNT, HP_STDLIB_PROBE_INSTRUCTIONS);
    lua_call(L, 0, LUA_MULTRET);
    int count = lua_gettop(L);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (int i = 1; i <= count; i++) {
        if (i > 1) luaL_addchar(&buffer, '\t');
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&buffer);
    }
    luaL_pushresult(&buffer);
    return 1;
}

static int probe(const char *chunk, size_t memory_limit, char *out, size_t out_size, enum library library) {
    struct memory memory = {0, memory_limit};
    if (out_size == 0) return LUA_ERRRUN;
    out[0] = '\0';
    lua_State *L = lua_newstate(allocate, &memory);
    if (L == NULL) return LUA_ERRMEM;
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, (void *)chunk);
    lua_pushinteger(L, library);
    int status = lua_pcall(L, 2, 1, 0);
    size_t length;
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    if (text == NULL) text = luaL_typename(L, -1), length = strlen(text);
    if (length >= out_size) length = out_size - 1;
    memcpy(out, text, length);
    out[length] = '\0';
    lua_close(L);
    return status;
}

int hp_stdlib_probe(const char *chunk, size_t memory_limit, char *out, size_t out_size) {
    return probe(chunk, memory_limit, out, out_size, BOUNDED);
}

int hp_stdlib_probe_reference(const char *chunk, size_t memory_limit, char *out, size_t out_size) {
    return probe(chunk, memory_limit, out, out_size, REFERENCE);
}

int hp_stdlib_probe_expiring(const char *chunk, size_t memory_limit, char *out, size_t out_size) {
    return probe(chunk, memory_limit, out, out_size, EXPIRING);
}
