/* pipeline.c - the chains of handlers, routes and timers, built from the plugins in their order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state.h"

const char *const hp_event_names[EVENT_COUNT] = { "session_open", "session_close", "node_up", "node_down", "undeliverable" };

enum { MOST_ROUTES = 1000 };     /* they are searched one by one */

struct pipeline_call {
    hp_state *s;
    const uint32_t *plugins;
    size_t count;
};

static void out_of_memory(lua_State *L) { luaL_error(L, "not enough memory"); }

static uint32_t add_stats(lua_State *L, hp_plugin *p, const char *section, const char *name)
{
    size_t length = strlen(section) + strlen(name) + 2;
    hp_named_stats *grown = realloc(p->handlers, (p->handler_count + 1) * sizeof *grown);
    if (!grown) out_of_memory(L);
    p->handlers = grown;
    char *text = malloc(length);
    if (!text) out_of_memory(L);
    snprintf(text, length, "%s%s%s", section, *name ? "." : "", name);
    p->handlers[p->handler_count] = (hp_named_stats){ .name = text };
    return p->handler_count++;
}

static void add_entry(lua_State *L, hp_chain *chain, hp_entry entry)
{
    hp_entry *grown = realloc(chain->entries, (chain->count + 1) * sizeof *grown);
    if (!grown) out_of_memory(L);
    chain->entries = grown;
    chain->entries[chain->count++] = entry;
}

/* The function on the top, as an entry of a plugin's. Pops it. */
static hp_entry make_entry(lua_State *L, hp_state *s, uint32_t plugin, const char *section, const char *name, bool skip)
{
    uint32_t stats = add_stats(L, &s->plugins[plugin], section, name);
    return (hp_entry){ .function = luaL_ref(L, LUA_REGISTRYINDEX), .plugin = plugin, .stats = stats, .skip_errors = skip };
}

static void chain_messages(lua_State *L, hp_state *s, uint32_t plugin, int table, const char *section, int direction)
{
    static const uint32_t types[TYPE_SLOTS] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, HP_CUSTOM_REQUEST, HP_CUSTOM_RESPONSE, UINT32_MAX };
    if (!hp_raw_field(L, table, section)) {
        lua_pop(L, 1);
        return;
    }
    int handlers = lua_gettop(L);
    hp_entry all = { .function = LUA_NOREF };
    if (hp_raw_field(L, handlers, "*")) all = make_entry(L, s, plugin, section, "*", s->plugins[plugin].skip_errors);
    else lua_pop(L, 1);
    for (uint32_t slot = 0; slot < TYPE_SLOTS; slot++) {
        const char *name = hp_type_name(types[slot]);
        hp_entry entry = all;
        if (name && hp_raw_field(L, handlers, name)) {
            /* never skipped at a login: an error there must not let anybody in */
            bool skip = s->plugins[plugin].skip_errors && !(direction == HP_INBOUND && slot == HP_LOGIN_REQUEST);
            entry = make_entry(L, s, plugin, section, name, skip);
        } else if (name) {
            lua_pop(L, 1);
        }
        if (entry.function == LUA_NOREF) continue;
        if (direction == HP_INBOUND && slot == HP_LOGIN_REQUEST) entry.skip_errors = false;
        add_entry(L, &s->chains[direction][slot], entry);
    }
    lua_settop(L, handlers - 1);
}

static void chain_events(lua_State *L, hp_state *s, uint32_t plugin, int table)
{
    if (hp_raw_field(L, table, "events")) {
        int handlers = lua_gettop(L);
        for (int i = 0; i < EVENT_COUNT; i++) {
            if (hp_raw_field(L, handlers, hp_event_names[i]))
                add_entry(L, &s->events[i], make_entry(L, s, plugin, "events", hp_event_names[i], true));
            else
                lua_pop(L, 1);
        }
    }
    lua_settop(L, table);
}

/* A place at the end of a list, for the entry that belongs to a name. */
static hp_route *add_named(lua_State *L, hp_route **list, uint32_t *count, const char *name, size_t length)
{
    hp_route *grown = realloc(*list, (*count + 1) * sizeof *grown);
    if (!grown) out_of_memory(L);
    *list = grown;
    char *copy = malloc(length + 1);
    if (!copy) out_of_memory(L);
    memcpy(copy, name, length);
    copy[length] = 0;
    (*list)[*count] = (hp_route){ .name = copy, .length = length, .entry = { .function = LUA_NOREF } };
    return &(*list)[(*count)++];
}

static void add_routes(lua_State *L, hp_state *s, uint32_t plugin, int table)
{
    if (hp_raw_field(L, table, "routes")) {
        int routes = lua_gettop(L);
        for (lua_pushnil(L); lua_next(L, routes);) {
            size_t length;
            const char *name = lua_tolstring(L, -2, &length);
            for (uint32_t i = 0; i < s->route_count; i++)
                if (s->routes[i].length == length && memcmp(s->routes[i].name, name, length) == 0)
                    luaL_error(L, "routes[\"%s\"] stands in plugin %s already", name, s->plugins[s->routes[i].entry.plugin].name);
            if (s->route_count >= MOST_ROUTES) luaL_error(L, "more than %d routes", MOST_ROUTES);
            hp_route *route = add_named(L, &s->routes, &s->route_count, name, length);
            route->entry = make_entry(L, s, plugin, "routes", route->name, false);
        }
    }
    lua_settop(L, table);
}

static void add_timers(lua_State *L, hp_state *s, uint32_t plugin, int table)
{
    lua_newtable(L);
    int references = lua_gettop(L);
    if (hp_raw_field(L, table, "timers")) {
        int timers = lua_gettop(L);
        lua_Unsigned count = lua_rawlen(L, timers);
        for (lua_Unsigned i = 1; i <= count; i++) {
            char name[16];
            snprintf(name, sizeof name, "%u", (unsigned)i);
            lua_rawgeti(L, timers, (lua_Integer)i);
            hp_raw_field(L, lua_gettop(L), "run");
            hp_entry entry = make_entry(L, s, plugin, "timers", name, false);
            lua_pushinteger(L, entry.function);
            lua_rawseti(L, references, (lua_Integer)i);
            lua_settop(L, timers);
        }
    }
    lua_settop(L, references);
    s->plugins[plugin].timers = luaL_ref(L, LUA_REGISTRYINDEX);
}

static void add_offloads(lua_State *L, hp_state *s, uint32_t plugin, int table)
{
    if (hp_raw_field(L, table, "offload")) {
        int functions = lua_gettop(L);
        for (lua_pushnil(L); lua_next(L, functions);) {
            size_t length;
            const char *name = lua_tolstring(L, -2, &length);
            if (s->offload_count >= MOST_ROUTES) luaL_error(L, "more than %d offload functions", MOST_ROUTES);
            hp_route *offload = add_named(L, &s->offloads, &s->offload_count, name, length);
            offload->entry = make_entry(L, s, plugin, "offload", offload->name, false);
        }
    }
    lua_settop(L, table);
}

static int build(lua_State *L)
{
    struct pipeline_call *call = lua_touserdata(L, 1);
    hp_state *s = call->s;
    for (size_t i = 0; i < call->count; i++) {
        uint32_t plugin = call->plugins[i];
        s->current_plugin = plugin;
        lua_settop(L, 1);
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->plugins[plugin].table);
        chain_messages(L, s, plugin, 2, "inbound", HP_INBOUND);
        chain_events(L, s, plugin, 2);
        add_routes(L, s, plugin, 2);
        add_timers(L, s, plugin, 2);
        add_offloads(L, s, plugin, 2);
    }
    for (size_t i = call->count; i-- > 0;) {    /* outbound: tail to head */
        lua_settop(L, 1);
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->plugins[call->plugins[i]].table);
        chain_messages(L, s, call->plugins[i], 2, "outbound", HP_OUTBOUND);
    }
    for (size_t i = 0; i < call->count; i++) add_stats(L, &s->plugins[call->plugins[i]], "spawn", "");
    return 0;
}

bool hp_pipeline(hp_state *s, const uint32_t *plugins, size_t count, hp_failure *failure)
{
    struct pipeline_call call = { s, plugins, count };
    *failure = (hp_failure){0};
    for (size_t i = 0; i < count; i++)
        if (plugins[i] >= s->plugin_count) return false;
    s->current_plugin = HP_NO_PLUGIN;
    bool good = hp_call_protected(s, build, &call, LOADING_BUDGETS, failure);
    s->loading = false;
    return good;
}

/* ---- what the host can see ---- */

uint32_t hp_chain_length(const hp_state *s, hp_kind kind, uint32_t type)
{
    return kind == HP_INBOUND || kind == HP_OUTBOUND ? s->chains[kind][hp_type_slot(type)].count : 0;
}

bool hp_has_event(const hp_state *s, hp_bytes name)
{
    for (int i = 0; i < EVENT_COUNT; i++)
        if (strlen(hp_event_names[i]) == name.length && memcmp(hp_event_names[i], name.data, name.length) == 0)
            return s->events[i].count > 0;
    return false;
}

bool hp_has_route(const hp_state *s, hp_bytes name)
{
    for (uint32_t i = 0; i < s->route_count; i++)
        if (s->routes[i].length == name.length && memcmp(s->routes[i].name, name.data, name.length) == 0) return true;
    return false;
}

bool hp_handler(const hp_state *s, uint32_t plugin, uint32_t index, hp_bytes *name, hp_handler_stats *stats)
{
    if (plugin >= s->plugin_count || index >= s->plugins[plugin].handler_count) return false;
    const hp_named_stats *h = &s->plugins[plugin].handlers[index];
    *name = (hp_bytes){ (const uint8_t *)h->name, strlen(h->name) };
    *stats = h->stats;
    return true;
}
