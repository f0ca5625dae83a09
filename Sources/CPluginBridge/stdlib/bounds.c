#include "bounds.h"

#include <lua5.4/lauxlib.h>
#include <limits.h>

#include "stdlib.h"

void hp_poll(lua_State *L) {
    if ((lua_gethookmask(L) & LUA_MASKCOUNT) && lua_gethookcount(L) == 1) luaL_error(L, HP_STDLIB_INTERRUPTED);
}

int hp_bounded(lua_State *L) {
    hp_poll(L);
    if (lua_type(L, 1) == LUA_TSTRING) {
        lua_Integer most = lua_tointeger(L, lua_upvalueindex(2));
        size_t length = lua_rawlen(L, 1);
        if (length > (size_t)most) {
            return luaL_error(L, "string too long (%I bytes, at most %I)", (LUAI_UACINT)length, (LUAI_UACINT)most);
        }
    }
    if (lua_gettop(L) > lua_tointeger(L, lua_upvalueindex(3))) {
        return luaL_error(L, "too many arguments (%d, at most %d)", lua_gettop(L),
                          (int)lua_tointeger(L, lua_upvalueindex(3)));
    }
    /* Called in this frame, so that argument errors carry this function's name. */
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void hp_bound_field(lua_State *L, const char *field, size_t max_length, int max_arguments) {
    lua_getfield(L, -1, field);
    lua_pushinteger(L, (lua_Integer)max_length);
    lua_pushinteger(L, max_arguments ? max_arguments : INT_MAX);
    lua_pushcclosure(L, hp_bounded, 3);
    lua_setfield(L, -2, field);
}
