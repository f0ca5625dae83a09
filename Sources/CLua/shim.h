/* Lua 5.4 from the distribution (liblua5.4-dev). If this line fails, run scripts/setup. */
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
