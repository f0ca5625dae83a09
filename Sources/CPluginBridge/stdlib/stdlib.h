/* The standard library a plugin sees: Lua 5.4's, each function bounded in time and memory.
 *
 * A count hook cannot interrupt a C function, so each one here is bounded by itself (bounds.h) and, in its long loops,
 * looks whether the watchdog has armed its hook and then raises HP_STDLIB_INTERRUPTED.
 *
 * All functions may raise Lua errors (memory), so call them in protected mode. They use only their own state and no
 * globals: a state belongs to one thread at a time. Calls that push need 6 free stack slots.
 *
 * Absent on purpose: string.dump, load, loadstring, loadfile, dofile, collectgarbage, debug, io, package, the rest of os.
 * Also absent here because the host brings its own: print, require, coroutine.
 */
#ifndef HPUSH_STDLIB_H
#define HPUSH_STDLIB_H

#include <lua5.4/lua.h>

/* What a long C loop raises when it finds a count hook with count 1 on its thread, the sign that the time is used up.
 * A script may catch it with pcall; the hook then raises at its next instruction. */
#define HP_STDLIB_INTERRUPTED "time budget used up"

/* The longest string, in bytes, that functions which walk over it byte by byte accept or make. A host that wants VM
 * operations (comparison, concatenation) bounded too lets its allocator refuse new strings above it: the allocator is
 * called with ptr NULL and osize LUA_TSTRING for one. */
#define HP_STDLIB_MAX_STRING ((size_t)8 << 20)

/* Each pushes a new table with the library's functions. Functions are shared by all tables of a state, tables are not,
 * so that what a plugin does to its table touches no other plugin. math has a random generator of its own per table,
 * seeded by the operating system. */
void hp_stdlib_push_string(lua_State *L);
void hp_stdlib_push_table(lua_State *L);
void hp_stdlib_push_math(lua_State *L);
void hp_stdlib_push_utf8(lua_State *L);
void hp_stdlib_push_os(lua_State *L);

/* Sets assert error getmetatable ipairs next pairs pcall rawequal rawget rawlen rawset select setmetatable tonumber
 * tostring type xpcall into the table at env_index (raw). setmetatable refuses a metatable with __gc or with weak
 * keys alone (__mode = "k"), and takes the metamethods over: one added later counts from the next setmetatable on. */
void hp_stdlib_set_base(lua_State *L, int env_index);

/* Gives strings their methods and arithmetic coercions. The metatable and its __index are out of every script's reach:
 * getmetatable("") is false. Once per state, before any script runs. */
void hp_stdlib_set_string_metatable(lua_State *L);

#endif
