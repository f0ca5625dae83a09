/* The string functions of our own; the others are Lua's, wrapped in string_library.c. */
#ifndef HPUSH_STDLIB_STRING_FUNCTIONS_H
#define HPUSH_STDLIB_STRING_FUNCTIONS_H

#include <lua5.4/lua.h>

int hp_string_find(lua_State *L);
int hp_string_match(lua_State *L);
int hp_string_gmatch(lua_State *L);
int hp_string_gsub(lua_State *L);
int hp_string_rep(lua_State *L);

#endif
