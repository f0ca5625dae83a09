#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>

#include "bounds.h"
#include "library.h"
#include "table_access.h"

static int table_insert(lua_State *L) {
    hp_check_list(L, 1, HP_READ | HP_WRITE | HP_LENGTH);
    /* Wraps around where __len says the largest integer, as addition does in Lua. */
    lua_Unsigned end = (lua_Unsigned)hp_list_length(L, 1) + 1;
    bool meta = hp_is_meta(L, 1);
    switch (lua_gettop(L)) {
        case 2:
            break;
        case 3: {
            lua_Unsigned position = (lua_Unsigned)luaL_checkinteger(L, 2);
            luaL_argcheck(L, position - 1u < end, 2, "position out of bounds");
            hp_check_count(L, end - position, meta);
            for (lua_Unsigned i = end; i > position; i--) {
                hp_get(L, 1, (lua_Integer)(i - 1), meta);
                hp_set_element(L, 1, (lua_Integer)i, meta);
            }
            end = position;
            break;
        }
        default:
            return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    hp_set_element(L, 1, (lua_Integer)end, meta);
    return 0;
}

static int table_remove(lua_State *L) {
    hp_check_list(L, 1, HP_READ | HP_WRITE | HP_LENGTH);
    lua_Integer size = hp_list_length(L, 1), position = luaL_optinteger(L, 2, size);
    bool meta = hp_is_meta(L, 1);
    if (lua_gettop(L) > 1) {
        /* From 1 to size + 1; 0 too when the list is empty. */
        luaL_argcheck(L, (size == 0 && position == 0) || (lua_Unsigned)position - 1u <= (lua_Unsigned)size, 2,
                      "position out of bounds");
    }
    if (position < size) hp_check_count(L, (lua_Unsigned)size - (lua_Unsigned)position, meta);
    lua_settop(L, 1);
    hp_get(L, 1, position, meta);
    for (; position < size; position++) {
        hp_get(L, 1, position + 1, meta);
        hp_set_element(L, 1, position, meta);
    }
    lua_pushnil(L);
    hp_set_element(L, 1, position, meta);
    return 1;
}

static int table_move(lua_State *L) {
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    hp_check_list(L, 1, HP_READ);
    hp_check_list(L, target, HP_WRITE);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
        lua_Integer count = last - first + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
        bool meta_from = hp_is_meta(L, 1), meta_to = hp_is_meta(L, target);
        hp_check_count(L, (lua_Unsigned)count, meta_from || meta_to);
        /* Where the ranges overlap upwards, from the back. */
        bool backwards = to > first && to <= last && (target == 1 || lua_compare(L, 1, target, LUA_OPEQ));
        for (lua_Integer i = 0; i < count; i++) {
            lua_Integer offset = backwards ? count - 1 - i : i;
            hp_get(L, 1, first + offset, meta_from);
            hp_set_element(L, target, to + offset, meta_to);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static int table_concat(lua_State *L) {
    hp_check_list(L, 1, HP_READ | HP_LENGTH);
    size_t separator_length;
    const char *separator = luaL_optlstring(L, 2, "", &separator_length);
    lua_Integer first = luaL_optinteger(L, 3, 1);
    lua_Integer last = lua_isnoneornil(L, 4) ? hp_list_length(L, 1) : luaL_checkinteger(L, 4);
    bool meta = hp_is_meta(L, 1);
    lua_Integer cost = meta ? HP_MAX_META_ELEMENTS : HP_MAX_ELEMENTS;
    luaL_Buffer buffer;
    hp_poll(L);
    luaL_buffinit(L, &buffer);
    /* The range itself may be longer than the list: the first hole ends it with an error. */
    for (lua_Unsigned i = 0; first <= last && i <= (lua_Unsigned)last - (lua_Unsigned)first; i++) {
        lua_Integer index = (lua_Integer)((lua_Unsigned)first + i);
        if (i > 0) luaL_addlstring(&buffer, separator, separator_length);
        hp_get(L, 1, index, meta);
        int type = lua_type(L, -1);
        if (type != LUA_TSTRING && type != LUA_TNUMBER) {
            return luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1),
                              (LUAI_UACINT)index);
        }
        cost -= type == LUA_TNUMBER ? HP_NUMBER_COST : 1;
        if (cost < 0) return luaL_error(L, "too many elements for 'concat'");
        luaL_addvalue(&buffer);
    }
    luaL_pushresult(&buffer);
    return 1;
}

static int table_unpack(lua_State *L) {
    lua_Integer first = luaL_optinteger(L, 2, 1);
    lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    bool meta = lua_type(L, 1) != LUA_TTABLE || hp_is_meta(L, 1);
    hp_poll(L);
    if (first > last) return 0;
    lua_Unsigned more = (lua_Unsigned)last - (lua_Unsigned)first;
    if (more >= (meta ? HP_MAX_META_ELEMENTS : HP_MAX_ELEMENTS) || !lua_checkstack(L, (int)more + 1)) {
        return luaL_error(L, "too many results to unpack");
    }
    for (lua_Unsigned i = 0; i <= more; i++) hp_get(L, 1, (lua_Integer)((lua_Unsigned)first + i), meta);
    return (int)more + 1;
}

void hp_table_library(lua_State *L) {
    static const char *const names[] = {"pack", NULL};
    static const luaL_Reg own[] = {{"concat", table_concat}, {"insert", table_insert}, {"move", table_move},
                                   {"remove", table_remove}, {"sort", hp_table_sort}, {"unpack", table_unpack},
                                   {NULL, NULL}};
    hp_pick(L, luaopen_table, names);
    luaL_setfuncs(L, own, 0);
}
