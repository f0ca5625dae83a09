#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>
#include <string.h>

#include "bounds.h"
#include "library.h"
#include "stdlib.h"
#include "string_functions.h"

/* Checks what Lua's format would do before it does it: no addresses, few conversions, little to quote. */
int hp_string_format(lua_State *L) {
    size_t length, quoted = 0;
    const char *text = luaL_checklstring(L, 1, &length), *end = text + length;
    int argument = 1;
    hp_poll(L);
    if (length > HP_STDLIB_MAX_STRING) return luaL_error(L, "format string too long");
    while ((text = memchr(text, '%', (size_t)(end - text))) != NULL) {
        text++;
        while (text < end && *text != '\0' && strchr("-+ #.0123456789", *text)) text++;
        if (text >= end) break;
        char conversion = *text++;
        if (conversion == '%') continue;
        if (conversion == 'p') return luaL_error(L, "invalid conversion '%%p' to 'format'");
        if (++argument > HP_MAX_FORMAT_ITEMS) return luaL_error(L, "too many conversions to 'format'");
        if (conversion == 'q' && lua_type(L, argument) == LUA_TSTRING) {
            quoted += lua_rawlen(L, argument);
            if (quoted > HP_MAX_QUOTED) return luaL_error(L, "string too long for '%%q'");
        }
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Checks a pack format: its length, and the sizes its 'c' options ask to fill. */
int hp_string_pack(lua_State *L) {
    size_t length, total = 0;
    const char *text = luaL_checklstring(L, 1, &length);
    hp_poll(L);
    if (length > HP_MAX_PACK_FORMAT) return luaL_error(L, "format too long (at most %d bytes)", HP_MAX_PACK_FORMAT);
    for (size_t i = 0; i < length; i++) {
        if (text[i] != 'c') continue;
        size_t size = 0;
        for (; i + 1 < length && text[i + 1] >= '0' && text[i + 1] <= '9' && size <= HP_STDLIB_MAX_STRING; i++) {
            size = size * 10 + (size_t)(text[i + 1] - '0');
        }
        total += size;
        if (total > HP_STDLIB_MAX_STRING) return luaL_error(L, "format result too large");
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static void wrap(lua_State *L, const char *field, lua_CFunction wrapper) {
    lua_getfield(L, -1, field);
    lua_pushcclosure(L, wrapper, 1);
    lua_setfield(L, -2, field);
}

void hp_string_library(lua_State *L) {
    static const char *const names[] = {"byte", "char", "format", "len", "lower", "pack", "packsize", "reverse", "sub",
                                        "unpack", "upper", NULL};
    static const luaL_Reg own[] = {{"find", hp_string_find}, {"match", hp_string_match}, {"gmatch", hp_string_gmatch},
                                   {"gsub", hp_string_gsub}, {"rep", hp_string_rep}, {NULL, NULL}};
    hp_pick(L, luaopen_string, names);
    luaL_setfuncs(L, own, 0);
    hp_bound_field(L, "lower", HP_STDLIB_MAX_STRING, 0);
    hp_bound_field(L, "upper", HP_STDLIB_MAX_STRING, 0);
    hp_bound_field(L, "reverse", HP_STDLIB_MAX_STRING, 0);
    wrap(L, "format", hp_string_format);
    wrap(L, "pack", hp_string_pack);
    wrap(L, "packsize", hp_string_pack);
    wrap(L, "unpack", hp_string_pack);
}
