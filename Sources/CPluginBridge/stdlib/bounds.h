/* Bounds of the C functions a script can call, chosen so that the slowest call ends within some 50 ms (release build). */
#ifndef HPUSH_STDLIB_BOUNDS_H
#define HPUSH_STDLIB_BOUNDS_H

#include <stddef.h>
#include <lua5.4/lua.h>

/* Elementary steps of the pattern matcher in one find, match, gsub, or one turn of a gmatch loop. */
#define HP_MAX_PATTERN_STEPS 6000000
#define HP_MAX_PATTERN_LENGTH 65536
/* Elements that one table function reads or writes: raw, and where a metatable makes each access dearer. */
#define HP_MAX_ELEMENTS 1000000
#define HP_MAX_META_ELEMENTS 100000
#define HP_MAX_SORT_ELEMENTS 100000
/* table.concat: what turning a number into text costs, in elements. */
#define HP_NUMBER_COST 8
/* table.sort without a function: comparisons, plus one per 32 bytes of compared strings. */
#define HP_MAX_SORT_COST 10000000
/* string.format: conversions, and bytes that %q may quote. */
#define HP_MAX_FORMAT_ITEMS 4000
#define HP_MAX_QUOTED 262144
#define HP_MAX_PACK_FORMAT 65536
#define HP_MAX_DATE_FORMAT 4096
#define HP_MAX_UTF8_CHARS 100000
#define HP_MAX_NUMERAL 65536

/* Raises HP_STDLIB_INTERRUPTED when the watchdog has armed its hook on this thread. */
void hp_poll(lua_State *L);

/* Polls, then calls the C function in upvalue 1, which must have no upvalues of its own, unless argument 1 is a string
 * longer than upvalue 2 (bytes) or there are more arguments than upvalue 3. */
int hp_bounded(lua_State *L);

/* Wraps the field's function of the table on the top in hp_bounded and leaves the table there. */
void hp_bound_field(lua_State *L, const char *field, size_t max_length, int max_arguments);

#endif
