/* environment.c - what a plugin's code finds around it: Lua's safe functions and hpush. One environment a plugin, shared with nobody. */
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "handles.h"
#include "stdlib/stdlib.h"

/* ---- globals ---- */

static int unknown_global(lua_State *L)
{
    return luaL_error(L, "unknown global '%s'", luaL_tolstring(L, 2, NULL));
}

static int new_global(lua_State *L)
{
    return luaL_error(L, "assignment to the global '%s'; declare it local", luaL_tolstring(L, 2, NULL));
}

static void make_strict(lua_State *L, lua_CFunction index, lua_CFunction newindex)
{
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, newindex);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}

static int missing_in_hpush(lua_State *L)
{
    hp_state *s = hp_state_of(L);
    const char *name = luaL_tolstring(L, 2, NULL);
    for (size_t i = 0; i < s->function_count; i++) {
        const hp_function *f = &s->functions[i];
        size_t length = strcspn(f->name, ".:");
        if (f->need && f->name[length] != ':' && strncmp(f->name, name, length) == 0 && name[length] == 0)
            return luaL_error(L, "hpush.%s is not there: name it in the plugin's needs = { \"%s\" }", name, f->need);
    }
    if (strcmp(name, "redirect") == 0 || strcmp(name, "nobody") == 0)
        return luaL_error(L, "hpush.%s is not there: name it in the plugin's needs = { \"redirect\" }", name);
    return luaL_error(L, "hpush has no '%s'", name);
}

static int change_hpush(lua_State *L)
{
    return luaL_error(L, "hpush can't be changed");
}

static void log_line(lua_State *L, uint32_t level, const char *text, size_t length)
{
    hp_state *s = hp_state_of(L);
    if (length > 4096) length = 4096;
    s->host->log(s->context, (uint32_t)lua_tointeger(L, lua_upvalueindex(1)), level, (hp_bytes){ (const uint8_t *)text, length });
}

static int print(lua_State *L)
{
    luaL_Buffer b;
    int count = lua_gettop(L);
    luaL_buffinit(L, &b);
    for (int i = 1; i <= count; i++) {
        if (i > 1) luaL_addchar(&b, '\t');
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    log_line(L, HP_LOG_INFO, text, length);
    return 0;
}

/* require "NAME.part"; upvalue: plugin */
static int require(lua_State *L)
{
    hp_state *s = hp_state_of(L);
    hp_plugin *p = &s->plugins[lua_tointeger(L, lua_upvalueindex(1))];
    size_t length, own = strlen(p->name);
    const char *name = luaL_checklstring(L, 1, &length);
    lua_settop(L, 1);
    if (length <= own + 1 || strncmp(name, p->name, own) != 0 || name[own] != '.')
        return luaL_error(L, "require '%s': a plugin requires its own files only, as \"%s.part\"", name, p->name);
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->loaded);
    lua_getfield(L, -1, name);
    if (lua_islightuserdata(L, -1)) return luaL_error(L, "require '%s': it is being loaded: a part requires itself, or failed before", name);
    if (!lua_isnil(L, -1)) return 1;
    lua_pop(L, 1);
    if (!s->loading) return luaL_error(L, "require '%s': files are read while the plugin loads; require it at the top", name);
    s->results.length = 0;
    if (!s->host->part(s->context, (uint32_t)(p - s->plugins), (hp_bytes){ (const uint8_t *)name + own + 1, length - own - 1 }, &s->results))
        return luaL_error(L, "require '%s': there is no such file in the plugin", name);
    lua_pushfstring(L, "@%s", name);
    if (luaL_loadbufferx(L, (const char *)s->results.data, s->results.length, lua_tostring(L, -1), "t") != LUA_OK) return lua_error(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->environment);
    if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
    /* Marked before it runs: a part that requires itself gets an error, no endless recursion. */
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, 2, name);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, true);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

/* ---- hpush ---- */

static int now(lua_State *L)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec * 1e-9);
    return 1;
}

static int monotonic(lua_State *L)
{
    const uint64_t *turn_ns = hp_state_of(L)->turn_ns;
    if (HP_LIKELY(turn_ns != NULL)) {
        lua_pushnumber(L, (lua_Number)*turn_ns * 1e-9);
        return 1;
    }
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec * 1e-9);
    return 1;
}

/* ---- the clock of hp_state_set_clock ---- */

static int set_now(lua_State *L)
{
    lua_pushnumber(L, hp_state_of(L)->clock_now);
    return 1;
}

static int set_monotonic(lua_State *L)
{
    lua_pushnumber(L, hp_state_of(L)->clock_monotonic);
    return 1;
}

/* os.time and os.date ask the machine's clock only where no time is given. Upvalue: Lua's own function. */
static int set_time(lua_State *L)
{
    if (lua_isnoneornil(L, 1)) {
        lua_pushinteger(L, (lua_Integer)hp_state_of(L)->clock_now);
        return 1;
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static int set_date(lua_State *L)
{
    if (lua_isnoneornil(L, 2)) {
        if (lua_isnone(L, 1)) lua_pushliteral(L, "%c");
        lua_settop(L, 1);
        lua_pushinteger(L, (lua_Integer)hp_state_of(L)->clock_now);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static void wrap(lua_State *L, const char *name, lua_CFunction function)
{
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, name);
}

/* A random UUID, RFC 9562 version 4. */
static int uuid(lua_State *L)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return luaL_error(L, "hpush.uuid: no random bytes");
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    char text[36], *p = text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *p++ = '-';
        *p++ = digits[bytes[i] >> 4];
        *p++ = digits[bytes[i] & 15];
    }
    lua_pushlstring(L, text, sizeof text);
    return 1;
}

/* hpush.reject{code = 7, info = "..."}: kept in the execution; the value returned only says so. */
static int decide(lua_State *L, hp_verdict verdict, const char *name)
{
    hp_exec *x = hp_state_of(L)->current;
    if (!x || x->kind == HP_OFFLOAD) return luaL_error(L, "hpush.%s belongs into a handler", name);
    uint32_t code = 7;
    const char *info = "";
    size_t length = 0;
    if (lua_istable(L, 1)) {
        if (lua_getfield(L, 1, "code") != LUA_TNIL) {
            int is_integer;
            lua_Integer number = lua_tointegerx(L, -1, &is_integer);
            if (!is_integer || number < 1 || number > UINT32_MAX)
                return luaL_error(L, "hpush.%s: code is a number from 1 (0 would tell the sender of a success)", name);
            code = (uint32_t)number;
        }
        if (lua_getfield(L, 1, "info") != LUA_TNIL) {
            if (lua_type(L, -1) != LUA_TSTRING) return luaL_error(L, "hpush.%s: info is a string", name);
            info = lua_tolstring(L, -1, &length);
        }
    } else if (!lua_isnoneornil(L, 1)) {
        return luaL_error(L, "hpush.%s takes a table: hpush.%s{code = 7, info = \"...\"}", name, name);
    }
    if (length > 1024) length = 1024;
    x->code = code;
    if (!hp_buffer_set(&x->info, info, length)) return luaL_error(L, "not enough memory");
    hp_push_verdict(L, verdict);
    return 1;
}

static int reject(lua_State *L) { return decide(L, HP_REJECT, "reject"); }
static int close_session(lua_State *L) { return decide(L, HP_CLOSE, "close"); }

static int log_at(lua_State *L)
{
    size_t length;
    const char *text = luaL_tolstring(L, 1, &length);
    log_line(L, (uint32_t)lua_tointeger(L, lua_upvalueindex(2)), text, length);
    return 0;
}

static int log_call(lua_State *L)
{
    size_t length;
    const char *text = luaL_tolstring(L, 2, &length);
    log_line(L, HP_LOG_INFO, text, length);
    return 0;
}

/* hpush.log.info(text) and its sisters; hpush.log(text) is info. */
static void push_log(lua_State *L, uint32_t plugin)
{
    static const char *const levels[] = { "debug", "info", "warning", "error" };
    lua_createtable(L, 0, 4);
    for (int i = 0; i < 4; i++) {
        lua_pushinteger(L, plugin);
        lua_pushinteger(L, i);
        lua_pushcclosure(L, log_at, 2);
        lua_setfield(L, -2, levels[i]);
    }
    lua_createtable(L, 0, 2);
    lua_pushinteger(L, plugin);
    lua_pushcclosure(L, log_call, 1);
    lua_setfield(L, -2, "__call");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}

static bool granted(const char *need, const hp_bytes *needs, size_t count)
{
    if (!need) return true;
    for (size_t i = 0; i < count; i++)
        if ((needs[i].length == 1 && needs[i].data[0] == '*') ||
            (needs[i].length == strlen(need) && memcmp(needs[i].data, need, needs[i].length) == 0))
            return true;
    return false;
}

/* Puts a host function named "a" or "a.b" into the hpush table at `index`. */
static void add_function(lua_State *L, hp_state *s, int index, uint32_t function)
{
    const char *name = s->functions[function].name, *dot = strchr(name, '.');
    if (!dot) {
        hp_push_host_function(L, s, function);
        lua_setfield(L, index, name);
        return;
    }
    lua_pushlstring(L, name, (size_t)(dot - name));
    lua_pushvalue(L, -1);
    if (lua_rawget(L, index) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, index);
    }
    hp_push_host_function(L, s, function);
    lua_setfield(L, -2, dot + 1);
    lua_pop(L, 2);
}

static void push_hpush(lua_State *L, hp_state *s, uint32_t plugin, const hp_bytes *needs, size_t count)
{
    lua_createtable(L, 0, 24);
    int index = lua_gettop(L);
    hp_push_verdict(L, HP_STOP);
    lua_setfield(L, index, "stop");
    static const luaL_Reg plain[] = { { "reject", reject }, { "close", close_session }, { "uuid", uuid }, { NULL, NULL } };
    luaL_setfuncs(L, plain, 0);
    lua_pushcfunction(L, s->has_clock ? set_now : now);
    lua_setfield(L, index, "now");
    lua_pushcfunction(L, s->has_clock ? set_monotonic : monotonic);
    lua_setfield(L, index, "monotonic");
    push_log(L, plugin);
    lua_setfield(L, index, "log");
    hp_push_json_library(L);
    lua_setfield(L, index, "json");
    hp_push_base64_library(L);
    lua_setfield(L, index, "base64");
    lua_pushinteger(L, plugin);
    lua_pushcclosure(L, hp_spawn, 1);
    lua_setfield(L, index, "spawn");
    if (granted("redirect", needs, count)) {
        lua_pushinteger(L, plugin);
        lua_pushcclosure(L, hp_redirect, 1);
        lua_setfield(L, index, "redirect");
        hp_push_redirect(L, 0, 0);
        lua_setfield(L, index, "nobody");
    }
    for (uint32_t i = 0; i < s->function_count; i++) {
        const char *name = s->functions[i].name;
        if (strncmp(name, "session.", 8) == 0 || strncmp(name, "ctx.", 4) == 0 || strchr(name, ':')) continue;
        if (granted(s->functions[i].need, needs, count)) add_function(L, s, index, i);
    }
    make_strict(L, missing_in_hpush, change_hpush);
}

/* Pushes a fresh environment for a plugin. */
void hp_push_environment(lua_State *L, hp_state *s, uint32_t plugin, const hp_bytes *needs, size_t count)
{
    lua_createtable(L, 0, 40);
    int index = lua_gettop(L);
    hp_stdlib_set_base(L, index);
    hp_stdlib_push_string(L);
    lua_setfield(L, index, "string");
    hp_stdlib_push_table(L);
    lua_setfield(L, index, "table");
    hp_stdlib_push_math(L);
    lua_setfield(L, index, "math");
    hp_stdlib_push_utf8(L);
    lua_setfield(L, index, "utf8");
    hp_stdlib_push_os(L);
    if (s->has_clock) {
        wrap(L, "time", set_time);
        wrap(L, "date", set_date);
    }
    lua_setfield(L, index, "os");
    hp_push_coroutine_library(L);
    lua_setfield(L, index, "coroutine");
    lua_pushcfunction(L, hp_xpcall);
    lua_setfield(L, index, "xpcall");
    lua_pushinteger(L, plugin);
    lua_pushcclosure(L, print, 1);
    lua_setfield(L, index, "print");
    lua_pushinteger(L, plugin);
    lua_pushcclosure(L, require, 1);
    lua_setfield(L, index, "require");
    push_hpush(L, s, plugin, needs, count);
    lua_setfield(L, index, "hpush");
    make_strict(L, unknown_global, new_global);
}
