/* exec.c - execution slots: each is one chain for one message, from start to end, and keeps its coroutine for the next. */
#include <stdlib.h>

#include "state.h"

enum {
    NO_EXEC = 0xffffffff,
    MOST_EXECS = 1 << 20,
    KEPT_THREADS = 1024,    /* coroutines of free slots, a good kilobyte each: what a crowd of waiting handlers left is given back */
};

static int new_kept_thread(lua_State *L)
{
    hp_exec *x = lua_touserdata(L, 1);
    lua_State *thread = lua_newthread(L);
    hp_mark_base(thread);
    x->thread_reference = luaL_ref(L, LUA_REGISTRYINDEX);
    x->thread = thread;
    return 0;
}

bool hp_exec_give_thread(hp_state *s, hp_exec *x)
{
    lua_pushcfunction(s->L, new_kept_thread);
    lua_pushlightuserdata(s->L, x);
    if (lua_pcall(s->L, 1, 0, 0) == LUA_OK) return true;
    lua_pop(s->L, 1);
    return false;
}

hp_exec *hp_exec_new(hp_state *s)
{
    hp_exec *x;
    s->memory_refused = false;
    if (s->free_exec != NO_EXEC) {
        x = s->execs[s->free_exec];
        s->free_exec = x->next_free;
        if (HP_LIKELY(x->thread != NULL)) s->kept_threads--;
    } else {
        if (s->exec_count >= s->limits.max_executions + 1 || s->exec_count >= MOST_EXECS) return NULL;
        hp_exec **grown = realloc(s->execs, (s->exec_count + 1) * sizeof *grown);
        if (!grown) return NULL;
        s->execs = grown;
        x = calloc(1, sizeof *x);
        if (!x) return NULL;
        x->index = s->exec_count;
        s->execs[s->exec_count++] = x;
    }
    if (HP_UNLIKELY(!x->thread) && !hp_exec_give_thread(s, x)) {     /* it stays a free slot without a coroutine */
        x->next_free = s->free_exec;
        s->free_exec = x->index;
        return NULL;
    }
    x->generation++;
    x->status = EXEC_RUNNING;
    x->spawned = x->waits = x->in_handler = x->accepted = x->answered = x->timing = false;
    x->position = 0;
    x->has_message = false;
    x->stats = NULL;
    x->verdict = HP_NEXT;
    x->code = 0;
    x->info.length = x->accepted_uid.length = 0;
    if (HP_UNLIKELY(x->result.length)) hp_buffer_clear(&x->result);
    return x;
}

void hp_exec_drop_thread(hp_state *s, hp_exec *x)
{
    if (!x->thread) return;
    luaL_unref(s->L, LUA_REGISTRYINDEX, x->thread_reference);
    x->thread = NULL;
}

void hp_exec_end(hp_state *s, hp_exec *x)
{
    if (x->status == EXEC_WAITING) s->waiting--;
    x->status = EXEC_FREE;
    if (x->has_message) hp_message_end(&x->message);
    if (x->value.data) hp_buffer_clear(&x->value);
    if (x->spawned) luaL_unref(s->L, LUA_REGISTRYINDEX, x->single_entry.function);
    if (HP_LIKELY(x->thread != NULL)) {
        if (HP_UNLIKELY(s->kept_threads >= KEPT_THREADS)) hp_exec_drop_thread(s, x);
        else s->kept_threads++;
    }
    x->next_free = s->free_exec;
    s->free_exec = x->index;
}
