/* describe.c - what a plugin's table says, checked for its form. */
#include <string.h>

#include "state.h"

bool hp_raw_field(lua_State *L, int table, const char *name)
{
    lua_pushstring(L, name);
    return lua_rawget(L, table) != LUA_TNIL;
}

/* Copies field `name` to the table at `out`, checked to be of `type` where it is there. */
static void copy_field(lua_State *L, int table, int out, const char *name, int type)
{
    if (hp_raw_field(L, table, name)) {
        if (lua_type(L, -1) != type) luaL_error(L, "%s is a %s, not a %s", name, lua_typename(L, type), luaL_typename(L, -1));
        lua_setfield(L, out, name);
    } else {
        lua_pop(L, 1);
    }
}

static bool known_name(const char *section, const char *name, size_t length)
{
    uint32_t type;
    if (strcmp(section, "inbound") == 0 || strcmp(section, "outbound") == 0)
        return strcmp(name, "*") == 0 || hp_type_by_name(name, length, &type);
    if (strcmp(section, "events") == 0) {
        for (int i = 0; i < EVENT_COUNT; i++)
            if (strcmp(hp_event_names[i], name) == 0) return true;
        return false;
    }
    return true;
}

/* inbound, outbound, events, routes, offload: tables of functions by name; gives the list of names. */
static void copy_names(lua_State *L, int table, int out, const char *section)
{
    lua_newtable(L);
    int list = lua_gettop(L);
    if (hp_raw_field(L, table, section)) {
        if (!lua_istable(L, -1)) luaL_error(L, "%s is a table of functions, not a %s", section, luaL_typename(L, -1));
        int from = lua_gettop(L);
        for (lua_pushnil(L); lua_next(L, from); lua_pop(L, 1)) {
            if (lua_type(L, -2) != LUA_TSTRING)
                luaL_error(L, "%s has functions by name; one has a %s as its key", section, luaL_typename(L, -2));
            size_t length;
            const char *name = lua_tolstring(L, -2, &length);
            if (!lua_isfunction(L, -1)) luaL_error(L, "%s.%s is a function, not a %s", section, name, luaL_typename(L, -1));
            if (!known_name(section, name, length)) luaL_error(L, "%s.%s: there is no such %s", section, name,
                                                               strcmp(section, "events") == 0 ? "event" : "head type");
            if (strcmp(section, "inbound") == 0 && strcmp(name, "heart_beat") == 0)
                luaL_error(L, "inbound.%s never runs: the core answers it at once, ahead of all handlers", name);
            lua_pushvalue(L, -2);
            lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
        }
    }
    lua_settop(L, list);
    lua_setfield(L, out, section);
}

static void copy_timers(lua_State *L, int table, int out)
{
    lua_newtable(L);
    int list = lua_gettop(L);
    if (hp_raw_field(L, table, "timers")) {
        if (!lua_istable(L, -1)) luaL_error(L, "timers is a list, not a %s", luaL_typename(L, -1));
        int from = lua_gettop(L);
        lua_Unsigned count = lua_rawlen(L, from);
        for (lua_Unsigned i = 1; i <= count; i++) {
            lua_rawgeti(L, from, (lua_Integer)i);
            if (!lua_istable(L, -1)) luaL_error(L, "timers[%d] is a table { every = seconds, run = function }", (int)i);
            int timer = lua_gettop(L);
            hp_raw_field(L, timer, "every");
            if (lua_type(L, -1) != LUA_TNUMBER || !(lua_tonumber(L, -1) >= 0.01) || !(lua_tonumber(L, -1) <= 1e8))
                luaL_error(L, "timers[%d].every is a number of seconds, from 0.01", (int)i);
            hp_raw_field(L, timer, "run");
            if (!lua_isfunction(L, -1)) luaL_error(L, "timers[%d].run is a function, not a %s", (int)i, luaL_typename(L, -1));
            hp_raw_field(L, timer, "each_loop");
            lua_createtable(L, 0, 2);
            lua_pushvalue(L, -4);
            lua_setfield(L, -2, "every");
            lua_pushboolean(L, lua_toboolean(L, -2));
            lua_setfield(L, -2, "each_loop");
            lua_rawseti(L, list, (lua_Integer)i);
            lua_settop(L, from);
        }
    }
    lua_settop(L, list);
    lua_setfield(L, out, "timers");
}

static void check_keys(lua_State *L, int table)
{
    static const char *const known[] = { "api", "version", "config", "needs", "inbound", "outbound", "events", "routes", "timers",
                                         "offload", "init", "save", "restore" };
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        bool found = false;
        if (lua_type(L, -2) == LUA_TSTRING)
            for (size_t i = 0; i < sizeof known / sizeof *known; i++) found |= strcmp(lua_tostring(L, -2), known[i]) == 0;
        if (!found && lua_isfunction(L, -1) && lua_type(L, -2) == LUA_TSTRING)
            luaL_error(L, "the plugin's table has a function '%s', which nothing calls; handlers stand in inbound, outbound, events, routes or timers", lua_tostring(L, -2));
    }
}

static int describe(lua_State *L)
{
    struct hp_plugin_call *call = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, call->s->plugins[call->plugin].table);
    int table = lua_gettop(L);
    lua_newtable(L);
    int out = lua_gettop(L);
    check_keys(L, table);
    if (!hp_raw_field(L, table, "api")) luaL_error(L, "api is missing: the host API the plugin is written for (api = 1)");
    if (!lua_isinteger(L, -1)) luaL_error(L, "api is an integer, not a %s", luaL_typename(L, -1));
    lua_setfield(L, out, "api");
    copy_field(L, table, out, "version", LUA_TSTRING);
    copy_field(L, table, out, "config", LUA_TTABLE);
    copy_field(L, table, out, "needs", LUA_TTABLE);
    static const char *const sections[] = { "inbound", "outbound", "events", "routes", "offload" };
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) copy_names(L, table, out, sections[i]);
    copy_timers(L, table, out);
    static const char *const functions[] = { "init", "save", "restore" };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        bool there = hp_raw_field(L, table, functions[i]);
        if (there && !lua_isfunction(L, -1)) luaL_error(L, "%s is a function, not a %s", functions[i], luaL_typename(L, -1));
        lua_pushboolean(L, there);
        lua_setfield(L, out, functions[i]);
        lua_settop(L, out);
    }
    hp_value_encode(L, out, call->out);
    return 0;
}

bool hp_describe(hp_state *s, uint32_t plugin, hp_buffer *out, hp_failure *failure)
{
    struct hp_plugin_call call = { .s = s, .plugin = plugin, .out = out };
    return hp_call_plugin(s, describe, &call, LOADING_BUDGETS, failure);
}
