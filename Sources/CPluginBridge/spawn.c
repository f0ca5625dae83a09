/* spawn.c - hpush.spawn: functions that wait to start, and their start. */
#include <stdlib.h>
#include <string.h>

#include "state.h"

int hp_spawn(lua_State *L)
{
    hp_state *s = hp_state_of(L);
    if (s->loading) return luaL_error(L, "hpush.spawn can't be called while the plugin loads");
    if (s->limits.flags & HP_STATE_WORKER) return luaL_error(L, "hpush.spawn is not possible on a worker (hpush.offload)");
    if (s->phase && strcmp(s->phase, "save") == 0) return luaL_error(L, "hpush.spawn can't be called in save, which changes nothing");
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (s->spawned_count >= s->limits.max_executions) return luaL_error(L, "hpush.spawn: too many functions wait to start");
    if (s->spawned_first + s->spawned_count == s->spawned_capacity) {
        if (s->spawned_first > s->spawned_count) {
            memcpy(s->spawned, s->spawned + 2 * s->spawned_first, 2 * s->spawned_count * sizeof *s->spawned);
            s->spawned_first = 0;
        } else {
            uint32_t capacity = s->spawned_capacity ? s->spawned_capacity * 2 : 16;
            uint32_t *grown = realloc(s->spawned, capacity * sizeof *grown * 2);
            if (!grown) return luaL_error(L, "not enough memory");
            s->spawned = grown;
            s->spawned_capacity = capacity;
        }
    }
    lua_settop(L, 1);
    int function = luaL_ref(L, LUA_REGISTRYINDEX);
    uint32_t *pair = s->spawned + 2 * (s->spawned_first + s->spawned_count++);
    pair[0] = (uint32_t)function;
    pair[1] = (uint32_t)lua_tointeger(L, lua_upvalueindex(1));
    return 0;
}

void hp_drop_spawned(hp_state *s)
{
    for (uint32_t i = 0; i < s->spawned_count; i++)
        luaL_unref(s->L, LUA_REGISTRYINDEX, (int)s->spawned[2 * (s->spawned_first + i)]);
    s->spawned_first = s->spawned_count = 0;
    s->spawned_round_open = false;
}

static uint32_t spawn_stats(hp_state *s, uint32_t plugin)
{
    return s->plugins[plugin].handler_count - 1;    /* the last one: see hp_pipeline */
}

bool hp_run_spawned(hp_state *s, hp_outcome *out)
{
    if (HP_LIKELY(s->spawned_count == 0)) {
        s->spawned_round_open = false;
        return false;
    }
    if (s->entered) return false;
    if (!s->spawned_round_open) {
        s->spawned_round = s->spawned_count;
        s->spawned_round_open = true;
    }
    if (s->spawned_round == 0) {        /* the rest was spawned by those that ran: next time, or they could go on for ever */
        s->spawned_round_open = false;
        return false;
    }
    s->spawned_round--;
    int function = (int)s->spawned[2 * s->spawned_first];
    uint32_t plugin = s->spawned[2 * s->spawned_first + 1];
    s->spawned_first = --s->spawned_count ? s->spawned_first + 1 : 0;
    hp_exec *x = hp_exec_new(s);
    if (!x) {
        luaL_unref(s->L, LUA_REGISTRYINDEX, function);
        hp_no_exec(s, plugin, out);
        return true;
    }
    x->kind = HP_TIMER;
    x->spawned = true;
    x->type = UINT32_MAX;
    x->sequence = 0;
    x->session = 0;
    x->uid = (hp_bytes){0};
    x->tag = NULL;
    x->attention = 0;
    x->single_entry = (hp_entry){ .function = function, .plugin = plugin, .stats = spawn_stats(s, plugin) };
    x->single = (hp_chain){ &x->single_entry, 1 };
    x->chain = &x->single;
    x->value.length = 0;
    lua_pushcfunction(x->thread, hp_first_step);
    lua_pushlightuserdata(x->thread, x);
    hp_drive(s, x, 1, out);
    return true;
}
