/* load.c - loading plugins into a state, and the functions of theirs that no message calls: init, save, restore. */
#include <stdlib.h>
#include <string.h>

#include "state.h"

struct load_call {
    hp_state *s;
    uint32_t plugin;
    hp_bytes chunk, source;
    const hp_bytes *needs;
    size_t needs_count;
};

static int load(lua_State *L)
{
    struct load_call *call = lua_touserdata(L, 1);
    hp_plugin *p = &call->s->plugins[call->plugin];
    lua_newtable(L);
    p->loaded = luaL_ref(L, LUA_REGISTRYINDEX);
    hp_push_environment(L, call->s, call->plugin, call->needs, call->needs_count);
    lua_pushvalue(L, -1);
    p->environment = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushfstring(L, "@%s", lua_pushlstring(L, (const char *)call->chunk.data, call->chunk.length));
    if (luaL_loadbufferx(L, (const char *)call->source.data, call->source.length, lua_tostring(L, -1), "t") != LUA_OK) return lua_error(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->environment);
    if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
    lua_call(L, 0, 1);
    if (!lua_istable(L, -1))
        return luaL_error(L, "%s: a plugin returns a table (`return M` at its end), this returned %s", p->name, luaL_typename(L, -1));
    p->table = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

uint32_t hp_load(hp_state *s, hp_bytes name, hp_bytes chunk, hp_bytes source, const hp_bytes *needs, size_t needs_count,
                 hp_failure *failure)
{
    static const char too_many[] = "not more than 255 plugins";
    *failure = (hp_failure){0};
    if (s->plugin_count >= 255) {
        hp_set_failure(s, failure, HP_FAILURE_ERROR, HP_NO_PLUGIN, too_many, sizeof too_many - 1);
        return HP_NO_PLUGIN;
    }
    hp_plugin *grown = realloc(s->plugins, (s->plugin_count + 1) * sizeof *grown);
    if (!grown) return HP_NO_PLUGIN;
    s->plugins = grown;
    uint32_t index = s->plugin_count;
    s->plugins[index] = (hp_plugin){ .name = strndup((const char *)name.data, name.length), .environment = LUA_NOREF, .table = LUA_NOREF,
                                     .config = LUA_NOREF, .loaded = LUA_NOREF, .timers = LUA_NOREF };
    if (!s->plugins[index].name) return HP_NO_PLUGIN;
    s->plugin_count++;
    s->current_plugin = index;
    s->loading = true;
    struct load_call call = { s, index, chunk, source, needs, needs_count };
    bool good = hp_call_protected(s, load, &call, LOADING_BUDGETS, failure);
    return good ? index : HP_NO_PLUGIN;
}

bool hp_call_plugin(hp_state *s, lua_CFunction f, struct hp_plugin_call *call, uint32_t budgets, hp_failure *failure)
{
    *failure = (hp_failure){0};
    if (call->plugin >= s->plugin_count) return false;
    s->current_plugin = call->plugin;
    return hp_call_protected(s, f, call, budgets, failure);
}

static int configure(lua_State *L)
{
    struct hp_plugin_call *call = lua_touserdata(L, 1);
    hp_value_push(L, call->value.data, call->value.data + call->value.length);
    luaL_checktype(L, -1, LUA_TTABLE);
    call->s->plugins[call->plugin].config = luaL_ref(L, LUA_REGISTRYINDEX);
    call->s->plugins[call->plugin].skip_errors = call->flag;
    return 0;
}

bool hp_configure(hp_state *s, uint32_t plugin, hp_bytes config, bool skip_errors, hp_failure *failure)
{
    struct hp_plugin_call call = { .s = s, .plugin = plugin, .value = config, .flag = skip_errors };
    return hp_call_plugin(s, configure, &call, LOADING_BUDGETS, failure);
}

/* ---- init, save, restore ---- */

static bool push_function(lua_State *L, struct hp_plugin_call *call, const char *name)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, call->s->plugins[call->plugin].table);
    return hp_raw_field(L, lua_gettop(L), name);
}

static int init(lua_State *L)
{
    struct hp_plugin_call *call = lua_touserdata(L, 1);
    hp_plugin *p = &call->s->plugins[call->plugin];
    if (!push_function(L, call, "init")) return 0;
    lua_createtable(L, 0, 4);
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->config);
    lua_setfield(L, -2, "config");
    lua_pushstring(L, p->name);
    lua_setfield(L, -2, "plugin");
    lua_pushinteger(L, (lua_Integer)call->s->generation);
    lua_setfield(L, -2, "generation");
    if (call->s->limits.flags & HP_STATE_WORKER) {
        lua_pushboolean(L, true);
        lua_setfield(L, -2, "worker");
    }
    lua_call(L, 1, 0);
    return 0;
}

static int save(lua_State *L)
{
    struct hp_plugin_call *call = lua_touserdata(L, 1);
    if (push_function(L, call, "save")) lua_call(L, 0, 1);
    hp_value_encode(L, -1, call->out);
    return 0;
}

static int restore(lua_State *L)
{
    struct hp_plugin_call *call = lua_touserdata(L, 1);
    if (!push_function(L, call, "restore")) return 0;
    hp_value_push(L, call->value.data, call->value.data + call->value.length);
    if (call->extra.data) lua_pushlstring(L, (const char *)call->extra.data, call->extra.length);
    else lua_pushnil(L);
    lua_call(L, 2, 0);
    return 0;
}

bool hp_init(hp_state *s, uint32_t plugin, hp_failure *failure)
{
    struct hp_plugin_call call = { .s = s, .plugin = plugin };
    return hp_call_plugin(s, init, &call, LOADING_BUDGETS, failure);
}

bool hp_save(hp_state *s, uint32_t plugin, hp_buffer *out, hp_failure *failure)
{
    struct hp_plugin_call call = { .s = s, .plugin = plugin, .out = out };
    return hp_call_plugin(s, save, &call, 1, failure);
}

bool hp_restore(hp_state *s, uint32_t plugin, hp_bytes value, hp_bytes old_version, hp_failure *failure)
{
    struct hp_plugin_call call = { .s = s, .plugin = plugin, .value = value, .extra = old_version };
    return hp_call_plugin(s, restore, &call, 1, failure);
}
