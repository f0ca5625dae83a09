/* budget.c - what bounds a script (time, stack), how it is made to leave, and how a failure is told. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "state.h"

const char hp_busy_text[] = "too many handlers wait (plugins.limits.suspended)";
static const char run_text[] = "ran longer than its budget (plugins.limits.run_ms)";
static const char offload_text[] = "ran longer than its budget (plugins.limits.offload_ms)";

bool hp_stack_is_deep(const hp_state *s)
{
    return s->stack - (const char *)__builtin_frame_address(0) > STACK_BYTES;
}

/* ---- the budget ---- */

/* Fires before the next instruction of a script whose budget is used up. Leaves by a yield where that is possible: nothing of the script
 * runs any more, no pcall and no __close. Else by an error, and stays armed for whoever catches it. */
static void on_budget(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    hp_state *s = hp_state_of(L);
    if (!s->expired) {          /* armed in an earlier run that ended meanwhile */
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    if (s->must_not_yield == 0 && lua_isyieldable(L)) lua_yield(L, 0);
    else luaL_error(L, "%s", s->budget_text);
}

void hp_expire(hp_state *s, lua_State *thread)
{
    s->expired = 1;
    lua_sethook(thread, on_budget, LUA_MASKCOUNT, 1);
}

/* For C functions that find the budget used up after a call into Lua: leaves in the same way. */
int hp_unwind(lua_State *L, hp_state *s)
{
    lua_sethook(L, on_budget, LUA_MASKCOUNT, 1);
    if (s->must_not_yield == 0 && lua_isyieldable(L)) return lua_yield(L, 0);
    return luaL_error(L, "%s", s->budget_text);
}

void hp_poll_budget(lua_State *L)
{
    if (HP_UNLIKELY(hp_state_of(L)->expired)) hp_unwind(L, hp_state_of(L));
}

void hp_set_budget(hp_state *s, uint32_t ms, bool offload)
{
    s->budget_ms = ms;
    s->budget_text = offload ? offload_text : run_text;
}

void hp_enter(hp_state *s, lua_State *thread)
{
    s->stack = __builtin_frame_address(0);
    s->running = thread;
    s->expired = 0;
    s->memory_refused = s->busy = false;
    s->entered = true;
    if (HP_LIKELY(!(s->limits.flags & HP_STATE_UNMEASURED))) hp_watch_enter(s);
}

void hp_leave(hp_state *s)
{
    if (HP_LIKELY(!(s->limits.flags & HP_STATE_UNMEASURED))) hp_watch_leave();
    s->entered = false;
    s->running = NULL;
}

/* ---- failures ---- */

void hp_set_failure(hp_state *s, hp_failure *f, hp_failure_kind kind, uint32_t plugin, const char *text, size_t length)
{
    /* `text` may be s->text's own. */
    if ((const uint8_t *)text != s->text.data) hp_buffer_set(&s->text, text, length);
    f->kind = kind;
    f->plugin = plugin;
    f->handler = HP_NO_HANDLER;
    f->text = (hp_bytes){ s->text.data, s->text.length };
}

/* "file:line: " of the innermost function of the script: where it was when it was stopped. */
static void append_place(hp_state *s, lua_State *thread)
{
    lua_Debug ar;
    for (int level = 0; lua_getstack(thread, level, &ar); level++) {
        if (!lua_getinfo(thread, "Sl", &ar) || ar.currentline < 0) continue;
        char where[LUA_IDSIZE + 24];
        int n = snprintf(where, sizeof where, "%s:%d: ", ar.short_src, ar.currentline);
        if (n > 0) hp_buffer_append(&s->text, where, (size_t)n);
        return;
    }
}

void hp_failure_of_wait(hp_state *s, lua_State *thread, uint32_t plugin, hp_failure *f)
{
    static const char text[] = "waited longer than its budget (plugins.limits.wait_ms)";
    s->text.length = 0;
    append_place(s, thread);
    hp_buffer_append(&s->text, text, sizeof text - 1);
    hp_set_failure(s, f, HP_FAILURE_WAIT, plugin, (const char *)s->text.data, s->text.length);
}

/* What ended a thread, as one line. Never calls into the script: an error value that is no string is named by its type. */
void hp_failure_from(hp_state *s, lua_State *thread, int status, uint32_t plugin, hp_failure *f)
{
    hp_failure_kind kind = HP_FAILURE_ERROR;
    if (s->expired) {
        kind = HP_FAILURE_RUN;
    } else if (status == LUA_ERRMEM) {
        kind = HP_FAILURE_MEMORY;
    } else if (s->busy) {
        kind = HP_FAILURE_BUSY;
    }
    s->text.length = 0;
    if (kind == HP_FAILURE_RUN) {
        append_place(s, thread);
        hp_buffer_append(&s->text, s->budget_text, strlen(s->budget_text));
    } else if (kind == HP_FAILURE_MEMORY) {
        static const char text[] = "used more memory than it may (plugins.limits.memory_mb)";
        /* Only a coroutine that died of it still has its frames. */
        if (lua_status(thread) == LUA_ERRMEM) append_place(s, thread);
        hp_buffer_append(&s->text, text, sizeof text - 1);
    } else if (lua_gettop(thread) > 0 && lua_type(thread, -1) == LUA_TSTRING) {
        size_t length;
        const char *text = lua_tolstring(thread, -1, &length);
        if (length > 1000) length = 1000;
        for (size_t i = 0; i < length; i++) {     /* one line: it goes into logs and answers of commands */
            char c = text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
            hp_buffer_append(&s->text, &c, 1);
        }
    } else {
        static const char text[] = "error value is a ";
        const char *type = lua_gettop(thread) > 0 ? lua_typename(thread, lua_type(thread, -1)) : "nothing";
        hp_buffer_append(&s->text, text, sizeof text - 1);
        hp_buffer_append(&s->text, type, strlen(type));
    }
    hp_set_failure(s, f, kind, plugin, (const char *)s->text.data, s->text.length);
}

/* ---- calls that are no executions: load, describe, init, save, restore ---- */

struct protected_call { lua_State *thread; };

static int new_thread(lua_State *L)
{
    struct protected_call *call = lua_touserdata(L, 1);
    call->thread = lua_newthread(L);
    hp_mark_base(call->thread);
    lua_pushvalue(L, -1);
    return 1;
}

/* Runs `f` with `argument` as light userdata at index 1, in a coroutine of its own, under `budgets` times the budget. */
bool hp_call_protected(hp_state *s, lua_CFunction f, void *argument, uint32_t budgets, hp_failure *failure)
{
    struct protected_call call = {0};
    int top = lua_gettop(s->L);
    if (s->entered) {
        hp_set_failure(s, failure, HP_FAILURE_ERROR, s->current_plugin, "called from inside a script", 26);
        return false;
    }
    lua_pushcfunction(s->L, new_thread);
    lua_pushlightuserdata(s->L, &call);
    if (lua_pcall(s->L, 1, 1, 0) != LUA_OK) {
        hp_failure_from(s, s->L, LUA_ERRMEM, s->current_plugin, failure);
        lua_settop(s->L, top);
        return false;
    }
    lua_pushcfunction(call.thread, f);
    lua_pushlightuserdata(call.thread, argument);
    hp_set_budget(s, s->limits.run_ms * budgets, false);
    hp_enter(s, call.thread);
    int results, status = lua_resume(call.thread, s->L, 1, &results);
    hp_leave(s);
    hp_set_budget(s, s->limits.run_ms, false);
    bool good = status == LUA_OK && !s->expired;
    if (!good) hp_failure_from(s, call.thread, status, s->current_plugin, failure);
    s->expired = 0;
    lua_settop(s->L, top);
    return good;
}
