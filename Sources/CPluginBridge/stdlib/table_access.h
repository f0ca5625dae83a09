/* Reading and writing list elements: raw where the table has no metatable, with metamethods and polls where it has. */
#ifndef HPUSH_STDLIB_TABLE_ACCESS_H
#define HPUSH_STDLIB_TABLE_ACCESS_H

#include <lua5.4/lua.h>
#include <stdbool.h>

/* Checks that the argument is a table, or something whose metatable lets it be read (__index), written (__newindex) and
 * measured (__len) as far as the function needs. */
enum { HP_READ = 1, HP_WRITE = 2, HP_LENGTH = 4 };
void hp_check_list(lua_State *L, int argument, int needs);

/* Whether accesses go through a metatable. */
bool hp_is_meta(lua_State *L, int index);

/* #t, which __len may make any integer. */
lua_Integer hp_list_length(lua_State *L, int index);

/* Pushes t[i]; sets t[i] to the value on the top and pops it. Positive stack indices only. */
void hp_get(lua_State *L, int index, lua_Integer i, bool meta);
void hp_set_element(lua_State *L, int index, lua_Integer i, bool meta);

/* Raises when count elements are more than one call may go through. */
void hp_check_count(lua_State *L, lua_Unsigned count, bool meta);

int hp_table_sort(lua_State *L);

#endif
