/* lifecycle.c - a state from its making to its end. */
#include <stdlib.h>
#include <string.h>

#include "handles.h"
#include "stdlib/stdlib.h"

static int open_state(lua_State *L)
{
    hp_state *s = lua_touserdata(L, 1);
    hp_stdlib_set_string_metatable(L);
    hp_handles_open(L, s);
    hp_message_open(L, s);
    return 0;
}

static bool copy_functions(hp_state *s, const hp_function *functions, size_t count)
{
    s->functions = calloc(count ? count : 1, sizeof *s->functions);
    if (!s->functions) return false;
    for (size_t i = 0; i < count; i++) {
        char *name = strdup(functions[i].name), *need = functions[i].need ? strdup(functions[i].need) : NULL;
        s->functions[i] = (hp_function){ name, need, functions[i].id, functions[i].flags };
        s->function_count = i + 1;
        if (!name || (functions[i].need && !need)) return false;
    }
    return true;
}

hp_state *hp_state_new(const hp_host *host, void *context, const hp_function *functions, size_t count, const hp_limits *limits,
                       uint64_t generation)
{
    if (host->abi != HP_PLUGIN_ABI || host->size != sizeof *host) return NULL;
    hp_state *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->host = host;
    s->context = context;
    s->limits = *limits;
    hp_set_budget(s, limits->run_ms, false);
    s->generation = generation;
    s->free_exec = UINT32_MAX;
    s->loading = true;
    lua_Alloc allocate = limits->flags & HP_STATE_UNMEASURED ? hp_allocate_unmeasured : hp_allocate;
    if (!copy_functions(s, functions, count) || !(s->L = lua_newstate(allocate, s))) {
        hp_state_free(s);
        return NULL;
    }
    *(hp_state **)lua_getextraspace(s->L) = s;
    lua_pushcfunction(s->L, open_state);
    lua_pushlightuserdata(s->L, s);
    if (lua_pcall(s->L, 1, 0, 0) != LUA_OK) {
        hp_state_free(s);
        return NULL;
    }
    /* Handlers leave little garbage (handles are values): a longer pause than Lua's saves more than the memory it takes. */
    lua_gc(s->L, LUA_GCINC, 300, 200, 0);
    return s;
}

static void free_chain(hp_chain *c)
{
    free(c->entries);
    *c = (hp_chain){0};
}

void hp_state_free(hp_state *s)
{
    if (!s) return;
    for (uint32_t i = 0; i < s->exec_count; i++) {
        hp_exec *x = s->execs[i];
        if (x->status != EXEC_FREE && x->has_message) hp_message_end(&x->message);
        hp_buffer_free(&x->message.encoded);
        hp_buffer_free(&x->value);
        hp_buffer_free(&x->info);
        hp_buffer_free(&x->accepted_uid);
        hp_buffer_free(&x->result);
    }
    if (s->L) lua_close(s->L);
    for (uint32_t i = 0; i < s->exec_count; i++) free(s->execs[i]);
    free(s->execs);
    for (int direction = 0; direction < 2; direction++)
        for (int slot = 0; slot < TYPE_SLOTS; slot++) free_chain(&s->chains[direction][slot]);
    for (int i = 0; i < EVENT_COUNT; i++) free_chain(&s->events[i]);
    for (uint32_t i = 0; i < s->route_count; i++) free(s->routes[i].name);
    free(s->routes);
    for (uint32_t i = 0; i < s->offload_count; i++) free(s->offloads[i].name);
    free(s->offloads);
    for (uint32_t i = 0; i < s->plugin_count; i++) {
        for (uint32_t k = 0; k < s->plugins[i].handler_count; k++) free(s->plugins[i].handlers[k].name);
        free(s->plugins[i].handlers);
        free(s->plugins[i].name);
    }
    free(s->plugins);
    for (size_t i = 0; i < s->function_count; i++) {
        free((char *)s->functions[i].name);
        free((char *)s->functions[i].need);
    }
    free(s->functions);
    free(s->spawned);
    hp_buffer_free(&s->arguments);
    hp_buffer_free(&s->results);
    hp_buffer_free(&s->text);
    free(s);
}

void hp_state_follow_clock(hp_state *s, const uint64_t *nanoseconds) { s->turn_ns = nanoseconds; }

void hp_state_set_clock(hp_state *s, double now, double monotonic)
{
    s->has_clock = true;
    s->clock_now = now;
    s->clock_monotonic = monotonic;
}

size_t hp_state_memory(const hp_state *s) { return s->memory; }
uint32_t hp_state_executions(const hp_state *s) { return s->waiting; }
uint32_t hp_state_spawned(const hp_state *s) { return s->spawned_count; }

void hp_state_collect(hp_state *s)
{
    /* Twice: what has a finaliser (copies of messages) is freed the second time. */
    lua_gc(s->L, LUA_GCCOLLECT, 0);
    lua_gc(s->L, LUA_GCCOLLECT, 0);
    s->collected = s->memory;
}
