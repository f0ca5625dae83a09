/* host_call.c - scripts calling the host. The host's callback returns a status; errors are raised here, after its frames are gone. */
#include <string.h>

#include "handles.h"

static int refuse_while_loading(lua_State *L, hp_state *s, const char *name)
{
    if (s->loading) return luaL_error(L, "hpush.%s can't be called while the plugin loads; call it from init or a handler", name);
    return 0;
}

static hp_call begin(hp_state *s, const hp_exec *x, uint32_t id, uint32_t plugin, uint32_t count)
{
    return (hp_call){
        .state = s,
        .execution = x ? (uint64_t)x->generation << 20 | x->index : 0,
        .session = x ? x->session : 0,
        .tag = x ? x->tag : NULL,
        .function = id,
        .plugin = plugin,
        .count = count,
        .arguments = { s->arguments.data, s->arguments.length },
        .results = &s->results,
    };
}

static int push_results(lua_State *L, hp_bytes values)
{
    const uint8_t *p = values.data, *end = p + values.length;
    int count = 0;
    while (p < end) {
        p = hp_value_push(L, p, end);
        count++;
    }
    return count;
}

static int raise_text(lua_State *L, const uint8_t *text, size_t length)
{
    luaL_where(L, 1);
    lua_pushlstring(L, (const char *)text, length);
    lua_concat(L, 2);
    return lua_error(L);
}

/* Goes on after hp_resume: what the host brought are the results of the call. */
static int answered(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    hp_state *s = hp_state_of(L);
    hp_exec *x = s->current;
    if (!x || !x->answered) return luaL_error(L, "this coroutine waits in a handler; another one can't go on with it");
    hp_bytes values = x->answer;
    x->answered = false;
    if (x->answer_failed) return raise_text(L, values.data, values.length);
    return push_results(L, values);
}

static void take_number(lua_State *L, hp_message *m, int table, const char *name)
{
    lua_getfield(L, table, name);
    if (lua_isinteger(L, -1) && !hp_message_set_number(m, name, (uint64_t)lua_tointeger(L, -1))) luaL_error(L, "not enough memory");
    lua_pop(L, 1);
}

/* The message that hpush.store.save was given, at index 1, carries the numbers it has got in the store: the first of `count` results. */
static int take_numbers(lua_State *L, int count)
{
    int table = lua_gettop(L) - count + 1;
    hp_message *m = count > 0 && lua_istable(L, table) ? hp_to_message(L, 1) : NULL;
    if (m && m->frame) {
        take_number(L, m, table, "server_id");
        take_number(L, m, table, "conversation_seq");
    }
    return count;
}

static int save_answered(lua_State *L, int status, lua_KContext context) { return take_numbers(L, answered(L, status, context)); }

static int redirect_answered(lua_State *L, int status, lua_KContext context)
{
    int count = answered(L, status, context);
    if (count != 2) return luaL_error(L, "redirect: the host's answer has %d values", count);
    hp_push_redirect(L, (uint32_t)lua_tointeger(L, -2), (uint32_t)lua_tointeger(L, -1));
    return 1;
}

static void check_may_wait(lua_State *L, hp_state *s, const char *name)
{
    hp_exec *x = s->current;
    if (s->phase) luaL_error(L, "hpush.%s can't be called in %s; use hpush.spawn", name, s->phase);
    if (!x || s->must_not_wait || !lua_isyieldable(L)) luaL_error(L, "hpush.%s would wait, which is not possible here", name);
    if (x->kind == HP_OFFLOAD) luaL_error(L, "hpush.%s is not possible in an offload function", name);
    if (x->kind == HP_OUTBOUND) luaL_error(L, "hpush.%s would wait, which an outbound handler must not", name);
}

/* One runs beside those that wait: it goes on as long as it does not want to wait too. */
static void check_room_to_wait(lua_State *L, hp_state *s)
{
    if (HP_LIKELY(s->waiting < s->limits.max_executions)) return;
    s->busy = true;
    luaL_error(L, "%s", hp_busy_text);
}

static int wait_for_answer(lua_State *L, hp_state *s, lua_KFunction next)
{
    check_room_to_wait(L, s);
    s->current->waits = true;
    return lua_yieldk(L, 0, 0, next);
}

static int finish(lua_State *L, hp_state *s, const hp_function *f, hp_call *call, hp_call_status status)
{
    bool saves = strcmp(f->name, "store.save") == 0;
    int count;
    switch (status) {
    case HP_CALL_OK:
        count = push_results(L, (hp_bytes){ s->results.data, s->results.length });
        return saves ? take_numbers(L, count) : count;
    case HP_CALL_WAIT:
        if (f->flags & HP_FUNCTION_WAITS) return wait_for_answer(L, s, saves ? save_answered : answered);
        return luaL_error(L, "hpush.%s wanted to wait and is not declared so", f->name);
    default:
        (void)call;
        return raise_text(L, s->results.data, s->results.length);
    }
}

/* upvalues: index of the function, plugin (-1: a method, which belongs to all) */
static int host_function(lua_State *L)
{
    hp_state *s = hp_state_of(L);
    const hp_function *f = &s->functions[lua_tointeger(L, lua_upvalueindex(1))];
    lua_Integer owner = lua_tointeger(L, lua_upvalueindex(2));
    uint32_t plugin = owner >= 0 ? (uint32_t)owner : s->current ? s->current->plugin : s->current_plugin;
    refuse_while_loading(L, s, f->name);
    if (f->flags & HP_FUNCTION_WAITS) {
        check_may_wait(L, s, f->name);
        check_room_to_wait(L, s);       /* before the host does what nobody would hear of */
    }
    int count = lua_gettop(L);
    s->arguments.length = 0;
    for (int i = 1; i <= count; i++) hp_value_encode(L, i, &s->arguments);
    hp_poll_budget(L);
    s->results.length = 0;
    hp_call call = begin(s, s->current, f->id, plugin, (uint32_t)count);
    int results = finish(L, s, f, &call, s->host->call(s->context, &call));
    hp_buffer_clear(&s->arguments);
    return results;
}

static uint32_t owner_of(hp_state *s, const char *name)
{
    return strncmp(name, "session:", 8) == 0 || strncmp(name, "ctx:", 4) == 0 ? HP_NO_PLUGIN : s->current_plugin;
}

void hp_push_host_function(lua_State *L, hp_state *s, uint32_t function)
{
    uint32_t owner = owner_of(s, s->functions[function].name);
    lua_pushinteger(L, function);
    lua_pushinteger(L, owner == HP_NO_PLUGIN ? -1 : (lua_Integer)owner);
    lua_pushcclosure(L, host_function, 2);
}

int hp_host_get(lua_State *L, hp_state *s, uint32_t function, hp_exec *x)
{
    const hp_function *f = &s->functions[function];
    if (f->flags & HP_FUNCTION_WAITS) return luaL_error(L, "%s: a field can't wait", f->name);
    s->arguments.length = 0;
    uint64_t bits = 0;
    uint32_t count = 0;
    if (hp_handle_kind(L, 1, &bits) == HANDLE_SESSION) {
        hp_value_encode(L, 1, &s->arguments);
        count = 1;
    }
    s->results.length = 0;
    hp_call call = begin(s, x ? x : s->current, f->id, s->current ? s->current->plugin : s->current_plugin, count);
    return finish(L, s, f, &call, s->host->call(s->context, &call));
}

/* hpush.redirect(msg [, uid]); upvalue: plugin */
int hp_redirect(lua_State *L)
{
    hp_state *s = hp_state_of(L);
    refuse_while_loading(L, s, "redirect");
    check_may_wait(L, s, "redirect");
    hp_message *m = hp_to_message(L, 1);
    if (!m || !m->frame) return luaL_error(L, "hpush.redirect takes a message: hpush.redirect(msg [, uid])");
    if (m->envelope.type != HP_MESSAGE_REQUEST) return luaL_error(L, "hpush.redirect takes a message_request");
    hp_bytes uid = {0};
    if (!lua_isnoneornil(L, 2)) {
        if (lua_type(L, 2) != LUA_TSTRING) return luaL_error(L, "hpush.redirect: uid is a string, not a %s", luaL_typename(L, 2));
        uid.data = (const uint8_t *)lua_tolstring(L, 2, &uid.length);
    }
    uint32_t sessions = 0, nodes = 0;
    s->results.length = 0;
    s->arguments.length = 0;
    hp_call call = begin(s, s->current, 0, (uint32_t)lua_tointeger(L, lua_upvalueindex(1)), 0);
    switch (s->host->redirect(s->context, &call, m, uid, &sessions, &nodes)) {
    case HP_CALL_OK:
        hp_push_redirect(L, sessions, nodes);
        return 1;
    case HP_CALL_WAIT:
        return wait_for_answer(L, s, redirect_answered);
    default:
        return raise_text(L, s->results.data, s->results.length);
    }
}
