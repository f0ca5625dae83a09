/* handles.c - what scripts read from ctx, sessions and results, and what they call on them. Handles themselves: handles.h. */
#include <string.h>

#include "handles.h"

enum { KEY_CONFIG = 1, KEY_PLUGIN, KEY_TYPE, KEY_SEQUENCE, KEY_UID, KEY_SESSION, KEY_GENERATION, KEY_HOST = 1000 };

static hp_exec *exec_of(lua_State *L, hp_state *s, uint64_t bits, const char *what)
{
    hp_exec *x = hp_handle_exec(s, bits);
    if (HP_UNLIKELY(!x)) luaL_error(L, "%s is used after its handler ended; copy what you need while it runs%s", what,
                       strcmp(what, "msg") == 0 ? " (msg:copy())" : "");
    return x;
}

static int context_index(lua_State *L, hp_state *s, uint64_t bits)
{
    hp_exec *x = exec_of(L, s, bits, "ctx");
    uint32_t plugin = (uint32_t)(bits >> 52) & 0xff;
    /* The name asked for most, without a look-up. */
    if (HP_LIKELY(lua_topointer(L, 2) == s->session_name && x->session)) {
        hp_push_session(L, x->session);
        return 1;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->context_keys);
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    if (lua_isfunction(L, -1)) return 1;
    lua_Integer key = lua_tointeger(L, -1);
    switch (key) {
    case KEY_CONFIG:
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->plugins[plugin].config);
        return 1;
    case KEY_PLUGIN:
        lua_pushstring(L, s->plugins[plugin].name);
        return 1;
    case KEY_TYPE: {
        bool typed = x->has_message || x->kind == HP_ROUTE;
        const char *name = typed ? hp_type_name(x->type) : NULL;
        if (name) lua_pushstring(L, name);
        else if (typed) lua_pushinteger(L, (int32_t)x->type);
        else lua_pushnil(L);
        return 1;
    }
    case KEY_SEQUENCE:
        lua_pushinteger(L, (lua_Integer)x->sequence);
        return 1;
    case KEY_UID:
        if (x->uid.data) lua_pushlstring(L, (const char *)x->uid.data, x->uid.length);
        else if (x->accepted) lua_pushlstring(L, (const char *)x->accepted_uid.data, x->accepted_uid.length);
        else lua_pushnil(L);
        return 1;
    case KEY_SESSION:
        if (x->session) hp_push_session(L, x->session);
        else lua_pushnil(L);
        return 1;
    case KEY_GENERATION:
        lua_pushinteger(L, (lua_Integer)s->generation);
        return 1;
    default:
        if (key >= KEY_HOST) return hp_host_get(L, s, (uint32_t)(key - KEY_HOST), x);
        return luaL_error(L, "ctx has no field '%s'", luaL_tolstring(L, 2, NULL));
    }
}

static int session_index(lua_State *L, hp_state *s)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->session_keys);
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    if (lua_isfunction(L, -1)) return 1;
    lua_Integer key = lua_tointeger(L, -1);
    if (key >= KEY_HOST) return hp_host_get(L, s, (uint32_t)(key - KEY_HOST), NULL);
    return luaL_error(L, "a session has no field '%s'", luaL_tolstring(L, 2, NULL));
}

static int handle_index(lua_State *L)
{
    hp_state *s = hp_state_of(L);
    uint64_t bits = 0;
    switch (hp_handle_kind(L, 1, &bits)) {
    case HANDLE_CONTEXT:
        return context_index(L, s, bits);
    case HANDLE_MESSAGE: {
        hp_exec *x = exec_of(L, s, bits, "msg");
        return hp_message_index(L, &x->message);
    }
    case HANDLE_SESSION:
        return session_index(L, s);
    case HANDLE_REDIRECT: {
        if (lua_topointer(L, 2) == s->sessions_name) lua_pushinteger(L, (lua_Integer)(bits & 0xffffffff));
        else if (lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "nodes") == 0) lua_pushinteger(L, (lua_Integer)(bits >> 32));
        else return luaL_error(L, "the result of hpush.redirect has no field '%s', only sessions and nodes", luaL_tolstring(L, 2, NULL));
        return 1;
    }
    default:
        return luaL_error(L, "this value has no fields");
    }
}

static int handle_newindex(lua_State *L)
{
    uint64_t bits = 0;
    switch (hp_handle_kind(L, 1, &bits)) {
    case HANDLE_MESSAGE: {
        hp_exec *x = exec_of(L, hp_state_of(L), bits, "msg");
        return hp_message_newindex(L, &x->message);
    }
    case HANDLE_CONTEXT:
        return luaL_error(L, "ctx can't be changed");
    case HANDLE_SESSION:
        return luaL_error(L, "a session's fields can't be changed; session:set(key, value) keeps attributes");
    default:
        return luaL_error(L, "this value can't be changed");
    }
}

static int handle_tostring(lua_State *L)
{
    static const char *const names[] = { "value", "ctx", "msg", "session", "redirect result", "verdict" };
    uint64_t bits = 0;
    handle_kind kind = hp_handle_kind(L, 1, &bits);
    lua_pushstring(L, names[kind <= HANDLE_VERDICT ? kind : 0]);
    return 1;
}

/* ctx:accept{uid = ...} */
static int context_accept(lua_State *L)
{
    hp_state *s = hp_state_of(L);
    uint64_t bits = 0;
    if (hp_handle_kind(L, 1, &bits) != HANDLE_CONTEXT) return luaL_error(L, "call it as ctx:accept{uid = ...}");
    hp_exec *x = exec_of(L, s, bits, "ctx");
    if (x->kind != HP_INBOUND || x->type != HP_LOGIN_REQUEST) return luaL_error(L, "only a login_request can be accepted");
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_getfield(L, 2, "uid");
    size_t length;
    const char *uid = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    if (!uid || length == 0) return luaL_error(L, "ctx:accept needs uid, a string that is not empty");
    if (length > 255) return luaL_error(L, "ctx:accept: a uid has 255 bytes at most");
    if (!hp_buffer_set(&x->accepted_uid, uid, length)) return luaL_error(L, "not enough memory");
    x->accepted = true;
    return 0;
}

/* Puts the host's fields and methods with a prefix ("session.", "session:") into the table on the top. */
static void add_host_keys(lua_State *L, hp_state *s, const char *prefix)
{
    size_t length = strlen(prefix);
    for (uint32_t i = 0; i < s->function_count; i++) {
        const char *name = s->functions[i].name;
        if (strncmp(name, prefix, length) != 0) continue;
        if (name[length] == ':') {
            hp_push_host_function(L, s, i);
            lua_setfield(L, -2, name + length + 1);
        } else if (name[length] == '.') {
            lua_pushinteger(L, KEY_HOST + (lua_Integer)i);
            lua_setfield(L, -2, name + length + 1);
        }
    }
}

void hp_handles_open(lua_State *L, hp_state *s)
{
    static const struct { const char *name; int key; } keys[] = {
        { "config", KEY_CONFIG }, { "plugin", KEY_PLUGIN }, { "type", KEY_TYPE }, { "sequence", KEY_SEQUENCE },
        { "uid", KEY_UID }, { "session", KEY_SESSION }, { "generation", KEY_GENERATION },
    };
    lua_pushliteral(L, "session");      /* kept in the registry, so that their addresses stay */
    s->session_name = lua_topointer(L, -1);
    luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushliteral(L, "sessions");
    s->sessions_name = lua_topointer(L, -1);
    luaL_ref(L, LUA_REGISTRYINDEX);

    lua_newtable(L);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        lua_pushinteger(L, keys[i].key);
        lua_setfield(L, -2, keys[i].name);
    }
    lua_pushcfunction(L, context_accept);
    lua_setfield(L, -2, "accept");
    add_host_keys(L, s, "ctx");
    s->context_keys = luaL_ref(L, LUA_REGISTRYINDEX);

    lua_newtable(L);
    add_host_keys(L, s, "session");
    s->session_keys = luaL_ref(L, LUA_REGISTRYINDEX);

    /* All light userdata share one metatable. */
    lua_pushlightuserdata(L, NULL);
    lua_newtable(L);
    lua_pushcfunction(L, handle_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, handle_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, handle_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}
