/* step.c - an execution on its way through its chain: handler after handler, and what each of them returned. */
#include "handles.h"

static void start_timing(hp_state *s, hp_exec *x)
{
    if (HP_UNLIKELY(s->limits.flags & HP_STATE_UNMEASURED)) return;
    x->stats->stats.calls++;
    if (HP_LIKELY(++s->sample % SAMPLE_EVERY && x->kind != HP_OFFLOAD)) return;
    x->timing = true;
    x->spent_ns = 0;
    x->started_ns = hp_clock_ns();
}

static void stop_timing(hp_exec *x)
{
    if (HP_LIKELY(!x->timing)) return;
    x->timing = false;
    uint64_t ns = x->spent_ns + hp_clock_ns() - x->started_ns;
    unsigned bucket = ns ? 63 - (unsigned)__builtin_clzll(ns) : 0;
    if (bucket >= HP_TIME_BUCKETS) bucket = HP_TIME_BUCKETS - 1;
    x->stats->stats.timed++;
    x->stats->stats.timed_ns += ns;
    x->stats->stats.buckets[bucket]++;
}

/* The handler's return value, on the top. True: the chain ends here. */
static bool take_verdict(lua_State *L, hp_exec *x)
{
    if (HP_LIKELY(lua_isnil(L, -1))) return false;
    uint64_t bits;
    if (hp_handle_kind(L, -1, &bits) == HANDLE_VERDICT) {
        hp_verdict verdict = hp_handle_verdict(bits);
        if (HP_UNLIKELY(x->kind == HP_OUTBOUND && verdict != HP_STOP))
            luaL_error(L, "%s returned hpush.%s; an outbound handler may change a message or stop it, and refuses nothing: its sender may "
                       "have others it goes to", x->stats->name, verdict == HP_CLOSE ? "close" : "reject");
        x->verdict = verdict;
        return true;
    }
    luaL_error(L, "%s returned a %s; a handler returns nothing, hpush.stop, hpush.reject{...} or hpush.close{...}",
               x->stats->name, luaL_typename(L, -1));
    return true;
}

static void take_result(lua_State *L, hp_exec *x)
{
    uint64_t bits;
    if (hp_handle_kind(L, -1, &bits) == HANDLE_VERDICT) {
        x->verdict = hp_handle_verdict(bits);
        return;
    }
    x->verdict = HP_STOP;
    if (lua_isnil(L, -1)) return;
    size_t length;
    const char *bytes = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    if (!bytes) luaL_error(L, "%s returned a %s; a route returns a string, nothing or a verdict", x->stats->name, luaL_typename(L, -1));
    if (!hp_buffer_set(&x->result, bytes, length)) luaL_error(L, "not enough memory");
}

/* All that an offload function returned. */
static void take_values(lua_State *L, hp_exec *x)
{
    x->verdict = HP_STOP;
    int count = lua_gettop(L);
    x->result.length = 0;
    for (int i = 1; i <= count; i++) hp_value_encode(L, i, &x->result);
}

/* The arguments of an offload function: their number. */
static int push_values(lua_State *L, const hp_exec *x)
{
    const uint8_t *p = x->value.data, *end = p + x->value.length;
    int count = 0;
    for (; p < end; count++) {
        luaL_checkstack(L, 4, "arguments");
        p = hp_value_push(L, p, end);
    }
    return count;
}

/* An error that does not end the chain: an event's handler, or one whose settings say on_error: skip. */
static void skipped_error(lua_State *L, hp_state *s, hp_exec *x, int status)
{
    hp_failure failure;
    hp_failure_from(s, L, status, x->plugin, &failure);
    failure.handler = hp_handler_index(s, x);
    x->stats->stats.errors++;
    s->host->log(s->context, x->plugin, HP_LOG_ERROR, failure.text);
    s->host->skipped(s->context, &failure, x->kind, x->session, x->tag);
    if (HP_UNLIKELY(x->attention)) hp_step_ends(s, x, HP_FAILED, true, &failure);
}

/* The body of every execution's coroutine, and what goes on after a handler that waited. */
static int step(lua_State *L, int status, lua_KContext context)
{
    hp_exec *x = (hp_exec *)context;
    hp_state *s = hp_state_of(L);
    for (;;) {
        if (x->in_handler) {
            x->in_handler = false;
            stop_timing(x);
            if (HP_UNLIKELY(status != LUA_OK && status != LUA_YIELD)) {
                if (s->expired) return hp_unwind(L, s);
                skipped_error(L, s, x, status);
            } else if (x->kind == HP_INBOUND || x->kind == HP_OUTBOUND) {
                bool decided = !x->spawned && take_verdict(L, x);
                if (HP_UNLIKELY(x->attention)) hp_step_ends(s, x, x->verdict, !decided, NULL);
                if (decided) return 0;
            } else if (x->kind == HP_ROUTE && !x->spawned) {
                take_result(L, x);
                if (HP_UNLIKELY(x->attention)) hp_step_ends(s, x, x->verdict, false, NULL);
                return 0;
            } else if (x->kind == HP_OFFLOAD) {
                take_values(L, x);
                return 0;
            } else if (HP_UNLIKELY(x->attention)) {
                hp_step_ends(s, x, HP_NEXT, true, NULL);
            }
        }
        if (x->position == x->chain->count) return 0;
        const hp_entry *entry = &x->chain->entries[x->position++];
        x->plugin = entry->plugin;
        x->stats = &s->plugins[entry->plugin].handlers[entry->stats];
        if (HP_UNLIKELY(s->guarded) && !hp_admits(s, x, entry)) {
            if (entry->skip_errors) continue;
            x->verdict = HP_REFUSED;
            return 0;
        }
        lua_settop(L, 0);
        lua_rawgeti(L, LUA_REGISTRYINDEX, entry->function);
        int count = 0, results = 1;
        if (HP_UNLIKELY(x->kind == HP_OFFLOAD)) {
            count = push_values(L, x);
            results = LUA_MULTRET;
        } else if (!x->spawned) {
            hp_push_context(L, x, entry->plugin);
            count = 1;
            if (x->has_message) {
                hp_push_message(L, x, entry->plugin);
                count = 2;
            } else if (x->value.length) {
                if (x->kind == HP_ROUTE) lua_pushlstring(L, (const char *)x->value.data, x->value.length);
                else hp_value_push(L, x->value.data, x->value.data + x->value.length);
                count = 2;
            } else if (x->kind == HP_ROUTE) {
                lua_pushliteral(L, "");
                count = 2;
            }
        }
        start_timing(s, x);
        if (HP_UNLIKELY(x->attention)) hp_step_begins(x);
        x->in_handler = true;
        if (HP_LIKELY(!entry->skip_errors)) {
            lua_callk(L, count, results, context, step);
            status = LUA_OK;
        } else {
            status = lua_pcallk(L, count, results, 0, context, step);
        }
    }
}

int hp_first_step(lua_State *L)
{
    hp_exec *x = lua_touserdata(L, 1);
    return step(L, LUA_OK, (lua_KContext)x);
}
