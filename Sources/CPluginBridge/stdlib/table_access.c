#include "table_access.h"

#include <lua5.4/lauxlib.h>

#include "bounds.h"

void hp_check_list(lua_State *L, int argument, int needs) {
    static const char *const fields[] = {"__index", "__newindex", "__len"};
    if (lua_type(L, argument) == LUA_TTABLE) return;
    for (int i = 0; i < 3; i++) {
        if (!(needs & (1 << i))) continue;
        if (luaL_getmetafield(L, argument, fields[i]) == LUA_TNIL) luaL_checktype(L, argument, LUA_TTABLE);
        lua_pop(L, 1);
    }
}

bool hp_is_meta(lua_State *L, int index) {
    if (!lua_getmetatable(L, index)) return false;
    lua_pop(L, 1);
    return true;
}

lua_Integer hp_list_length(lua_State *L, int index) {
    hp_poll(L);
    return hp_is_meta(L, index) ? luaL_len(L, index) : (lua_Integer)lua_rawlen(L, index);
}

void hp_get(lua_State *L, int index, lua_Integer i, bool meta) {
    if (meta || (i & 1023) == 0) hp_poll(L);
    if (meta) {
        lua_geti(L, index, i);
    } else {
        lua_rawgeti(L, index, i);
    }
}

void hp_set_element(lua_State *L, int index, lua_Integer i, bool meta) {
    if (meta || (i & 1023) == 0) hp_poll(L);
    if (meta) {
        lua_seti(L, index, i);
    } else {
        lua_rawseti(L, index, i);
    }
}

void hp_check_count(lua_State *L, lua_Unsigned count, bool meta) {
    lua_Unsigned most = meta ? HP_MAX_META_ELEMENTS : HP_MAX_ELEMENTS;
    if (count > most) luaL_error(L, "too many elements (at most %I)", (LUAI_UACINT)most);
}
