#include <lua5.4/lauxlib.h>
#include <string.h>

#include "bounds.h"
#include "stdlib.h"
#include "string_functions.h"

int hp_string_rep(lua_State *L) {
    size_t length, separator_length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer count = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &separator_length);
    hp_poll(L);
    if (count <= 0 || length + separator_length == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    size_t unit = length + separator_length;
    if (unit < length || (lua_Unsigned)count > (HP_STDLIB_MAX_STRING + separator_length) / unit) {
        return luaL_error(L, "resulting string too large");
    }
    size_t total = unit * (size_t)count - separator_length;
    luaL_Buffer buffer;
    char *out = luaL_buffinitsize(L, &buffer, total);
    /* One unit, then doubled: as many copies as count has bits. The last one ends without the separator. */
    size_t filled = unit < total ? unit : total;
    memcpy(out, text, length);
    if (filled > length) memcpy(out + length, separator, filled - length);
    while (filled < total) {
        size_t more = filled < total - filled ? filled : total - filled;
        memcpy(out + filled, out, more);
        filled += more;
    }
    luaL_pushresultsize(&buffer, total);
    return 1;
}
