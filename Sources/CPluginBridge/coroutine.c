/*
 * coroutine.c - the coroutine library of the sandbox.
 *
 * It knows which coroutine runs, so that the watchdog arms the right one, and it passes two things on through any depth of coroutines: a
 * budget that is used up, and a call of the host that waits. Neither can be caught.
 */
#include "state.h"

static lua_State *check_coroutine(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

static const char *status_of(lua_State *L, lua_State *co)
{
    if (L == co) return "running";
    if (hp_is_base(co)) return "normal";
    switch (lua_status(co)) {
    case LUA_YIELD:
        return "suspended";
    case LUA_OK: {
        lua_Debug ar;
        if (lua_getstack(co, 0, &ar)) return "normal";
        return lua_gettop(co) == 0 ? "dead" : "suspended";
    }
    default:
        return "dead";
    }
}

static int create(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_sethook(co, NULL, 0, 0);    /* a new thread inherits an armed hook */
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

/* Runs `co` with `count` values on its stack. Returns the number of results there, -1 with an error value on L's top,
 * -2 if the host waits, -3 if the budget is used up. */
static int resume(lua_State *L, lua_State *co, int count)
{
    hp_state *s = hp_state_of(L);
    int results;
    if (hp_stack_is_deep(s)) {
        lua_pop(co, count);
        lua_pushliteral(L, "C stack overflow");
        return -1;
    }
    if (lua_gethookmask(co) && !s->expired) lua_sethook(co, NULL, 0, 0);   /* armed in a run that is over */
    /* What waits must be able to leave all coroutines down to the first. */
    bool fixed = !lua_isyieldable(L);
    s->must_not_wait += fixed;
    s->running = co;
    int status = lua_resume(co, L, count, &results);
    s->running = L;
    s->must_not_wait -= fixed;
    if (s->expired) return -3;
    if (status == LUA_YIELD && s->current && s->current->waits) return -2;
    if (status == LUA_OK || status == LUA_YIELD) {
        if (!lua_checkstack(L, results + 1)) {
            lua_pop(co, results);
            lua_pushliteral(L, "too many results to resume");
            return -1;
        }
        lua_xmove(co, L, results);
        return results;
    }
    lua_xmove(co, L, 1);
    return -1;
}

static int start(lua_State *L, lua_State *co, int count)
{
    if (lua_status(co) == LUA_OK && lua_gettop(co) == count) {
        lua_pop(co, count);
        lua_pushliteral(L, "cannot resume dead coroutine");
        return -1;
    }
    if (lua_status(co) != LUA_OK && lua_status(co) != LUA_YIELD) {
        lua_pop(co, count);
        lua_pushliteral(L, "cannot resume dead coroutine");
        return -1;
    }
    lua_Debug ar;
    if (lua_status(co) == LUA_OK && lua_getstack(co, 0, &ar)) {
        lua_pop(co, count);
        lua_pushliteral(L, "cannot resume non-suspended coroutine");
        return -1;
    }
    return resume(L, co, count);
}

static int resume_answered(lua_State *L, int status, lua_KContext context);
static int wrap_answered(lua_State *L, int status, lua_KContext context);

static int give_resume(lua_State *L, int results)
{
    switch (results) {
    case -3:
        return hp_unwind(L, hp_state_of(L));
    case -2:
        return lua_yieldk(L, 0, 0, resume_answered);
    case -1:
        lua_pushboolean(L, false);
        lua_insert(L, -2);
        return 2;
    default:
        lua_pushboolean(L, true);
        lua_insert(L, -(results + 1));
        return results + 1;
    }
}

static int resume_answered(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return give_resume(L, resume(L, lua_tothread(L, 1), 0));
}

static int co_resume(lua_State *L)
{
    lua_State *co = check_coroutine(L);
    int count = lua_gettop(L) - 1;
    if (co == L || hp_is_base(co)) {
        lua_pushliteral(L, "cannot resume non-suspended coroutine");
        return give_resume(L, -1);
    }
    if (!lua_checkstack(co, count + 1)) return luaL_error(L, "too many arguments to resume");
    lua_xmove(L, co, count);
    return give_resume(L, start(L, co, count));
}

static int give_wrap(lua_State *L, int results)
{
    switch (results) {
    case -3:
        return hp_unwind(L, hp_state_of(L));
    case -2:
        return lua_yieldk(L, 0, 0, wrap_answered);
    case -1:
        if (lua_type(L, -1) == LUA_TSTRING) {
            luaL_where(L, 1);
            lua_insert(L, -2);
            lua_concat(L, 2);
        }
        return lua_error(L);
    default:
        return results;
    }
}

static int wrap_answered(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return give_wrap(L, resume(L, lua_tothread(L, lua_upvalueindex(1)), 0));
}

static int wrapped(lua_State *L)
{
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int count = lua_gettop(L);
    if (co == L) return luaL_error(L, "cannot resume non-suspended coroutine");
    if (!lua_checkstack(co, count + 1)) return luaL_error(L, "too many arguments to resume");
    lua_xmove(L, co, count);
    return give_wrap(L, start(L, co, count));
}

static int wrap(lua_State *L)
{
    create(L);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

static int yield(lua_State *L)
{
    if (hp_is_base(L) || !lua_isyieldable(L))
        return luaL_error(L, "attempt to yield from outside a coroutine");
    return lua_yield(L, lua_gettop(L));
}

static int status(lua_State *L)
{
    lua_pushstring(L, status_of(L, check_coroutine(L)));
    return 1;
}

static int isyieldable(lua_State *L)
{
    lua_pushboolean(L, lua_isyieldable(L) && !hp_is_base(L));
    return 1;
}

static int running(lua_State *L)
{
    lua_pushthread(L);
    lua_pushboolean(L, hp_is_base(L));
    return 2;
}

/* Runs the pending __close functions of a suspended coroutine. One that died of an error is left to the collector, which runs none:
 * Lua would run them with hooks off if a hook's error ended it. */
static int co_close(lua_State *L)
{
    lua_State *co = check_coroutine(L);
    hp_state *s = hp_state_of(L);
    int before = lua_status(co);
    lua_Debug ar;
    if (co == L || hp_is_base(co) || (before == LUA_OK && lua_getstack(co, 0, &ar)))
        return luaL_error(L, "cannot close a %s coroutine", status_of(L, co));
    if (before != LUA_OK && before != LUA_YIELD) {
        lua_pushboolean(L, false);
        if (lua_gettop(co) > 0) lua_xmove(co, L, 1);
        else lua_pushnil(L);
        return 2;
    }
    if (hp_stack_is_deep(s)) return luaL_error(L, "C stack overflow");
    if (lua_gethookmask(co) && !s->expired) lua_sethook(co, NULL, 0, 0);
    s->running = co;
    s->must_not_yield++;
    s->must_not_wait++;
#if LUA_VERSION_RELEASE_NUM >= 50406
    int after = lua_closethread(co, L);
#else
    int after = lua_resetthread(co);
#endif
    s->must_not_yield--;
    s->must_not_wait--;
    s->running = L;
    if (s->expired) return hp_unwind(L, s);
    if (after == LUA_OK) {
        lua_pushboolean(L, true);
        return 1;
    }
    lua_pushboolean(L, false);
    lua_xmove(co, L, 1);
    return 2;
}

void hp_push_coroutine_library(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "create", create }, { "resume", co_resume }, { "wrap", wrap }, { "yield", yield }, { "status", status },
        { "isyieldable", isyieldable }, { "running", running }, { "close", co_close }, { NULL, NULL },
    };
    luaL_newlib(L, functions);
}

/* xpcall without a message handler of Lua's: that one would run inside the hook that raised, where hooks are off. The handler is called
 * after the stack is unwound instead. */
static int xpcall_done(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    if (status == LUA_OK || status == LUA_YIELD) {
        lua_pushboolean(L, true);
        lua_replace(L, 2);
        return lua_gettop(L) - 1;
    }
    if (hp_state_of(L)->expired) return hp_unwind(L, hp_state_of(L));
    lua_pushvalue(L, 1);
    lua_insert(L, -2);
    lua_call(L, 1, 1);
    lua_pushboolean(L, false);
    lua_insert(L, -2);
    return 2;
}

int hp_xpcall(lua_State *L)
{
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    /* handler, a place for the result, f, arguments */
    lua_pushvalue(L, 2);
    lua_insert(L, 1);
    lua_pushvalue(L, 2);
    lua_replace(L, 3);
    return xpcall_done(L, lua_pcallk(L, count - 2, LUA_MULTRET, 0, 0, xpcall_done), 0);
}
