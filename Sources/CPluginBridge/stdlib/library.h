/* How the parts of the library are put together: a master table each, made once per state from Lua's functions and
 * ours, of which the environments get copies. */
#ifndef HPUSH_STDLIB_LIBRARY_H
#define HPUSH_STDLIB_LIBRARY_H

#include <lua5.4/lua.h>

/* Each pushes a new master table. */
void hp_string_library(lua_State *L);
void hp_table_library(lua_State *L);
void hp_utf8_library(lua_State *L);
void hp_os_library(lua_State *L);
void hp_base_library(lua_State *L);

/* Opens one of Lua's libraries without registering it anywhere and pushes a new table with the named fields alone
 * (names ends with NULL). The string metatable is left as it was. */
void hp_pick(lua_State *L, lua_CFunction open, const char *const names[]);

/* Replaces setmetatable and getmetatable in the table on the top by ours. Once per state. */
void hp_add_metatables(lua_State *L);

/* string.format, pack, packsize, unpack: their checks before Lua's function, which is upvalue 1. */
int hp_string_format(lua_State *L);
int hp_string_pack(lua_State *L);

#endif
