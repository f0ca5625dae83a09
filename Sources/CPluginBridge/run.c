/* run.c - driving executions: through their chain, into waits and out of them, to their outcome. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "handles.h"

uint64_t hp_clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- the chain ---- */

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
        x->verdict = hp_handle_verdict(bits);
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

static int first_step(lua_State *L)
{
    hp_exec *x = lua_touserdata(L, 1);
    return step(L, LUA_OK, (lua_KContext)x);
}

/* ---- driving ---- */

static void fill(const hp_exec *x, hp_outcome *out)
{
    *out = (hp_outcome){
        .verdict = x->verdict, .plugin = x->plugin, .code = x->code, .info = { x->info.data, x->info.length },
        .accepted = x->accepted, .uid = { x->accepted_uid.data, x->accepted_uid.length },
        .result = { x->result.data, x->result.length },
        .execution = (uint64_t)x->generation << 20 | x->index,
        .kind = x->kind, .session = x->session, .tag = x->tag,
    };
}

static void failed(hp_state *s, hp_exec *x, int status, hp_outcome *out)
{
    hp_failure_from(s, x->thread, status, x->plugin, &out->failure);
    out->failure.handler = hp_handler_index(s, x);
    if (HP_UNLIKELY(x->attention)) hp_step_ends(s, x, HP_FAILED, false, &out->failure);
    if (x->stats) {
        x->timing = false;
        if (out->failure.kind == HP_FAILURE_ERROR) x->stats->stats.errors++;
        else x->stats->stats.budget_kills++;
    }
    out->verdict = HP_FAILED;
    bool collect = out->failure.kind == HP_FAILURE_MEMORY || s->memory_refused ||
                   (s->memory > s->limits.memory_bytes / 2 && s->memory / 5 * 4 > s->collected);
    hp_exec_drop_thread(s, x);
    hp_exec_end(s, x);
    /* What the handler left is garbage now; the next one is not to pay for it. */
    if (collect) hp_state_collect(s);
}

static void drive(hp_state *s, hp_exec *x, int count, hp_outcome *out)
{
    s->current = x;
    x->waits = false;
    hp_enter(s, x->thread);
    int results, status = lua_resume(x->thread, s->L, count, &results);
    hp_leave(s);
    if (HP_LIKELY(status == LUA_OK && !s->expired)) {
        s->current = NULL;
        if (HP_LIKELY(x->verdict == HP_STOP && x->kind == HP_INBOUND)) {    /* most messages end so, and nothing else of them is asked */
            out->verdict = HP_STOP;
            out->plugin = x->plugin;
            lua_settop(x->thread, 0);
            hp_exec_end(s, x);
            return;
        }
        fill(x, out);
        if (HP_UNLIKELY(x->has_message && x->verdict == HP_NEXT && x->message.change_count)) {
            /* The changed frame outlives the message until the next call on the state: hand the buffer to the results. */
            hp_bytes frame = hp_message_frame(&x->message);
            if (hp_buffer_set(&s->results, frame.data, frame.length)) out->frame = (hp_bytes){ s->results.data, s->results.length };
        } else if (x->has_message && !x->message.owned) {
            out->frame = (hp_bytes){ x->message.frame, x->message.frame_length };
        } else if (x->has_message && x->verdict == HP_NEXT) {
            if (hp_buffer_set(&s->results, x->message.frame, x->message.frame_length))
                out->frame = (hp_bytes){ s->results.data, s->results.length };
        }
        lua_settop(x->thread, 0);
        hp_exec_end(s, x);
        return;
    }
    if (status == LUA_YIELD && !s->expired && x->waits) {
        x->verdict = HP_WAITING;
        fill(x, out);
        x->verdict = HP_NEXT;
        if (x->has_message && !hp_message_own(&x->message)) {
            s->current = NULL;
            failed(s, x, LUA_ERRMEM, out);
            return;
        }
        if (x->timing) x->spent_ns += hp_clock_ns() - x->started_ns;
        if (HP_UNLIKELY(x->attention)) hp_step_waits(x);
        if (x->status != EXEC_WAITING) {
            x->status = EXEC_WAITING;
            s->waiting++;
        }
        s->current = NULL;
        return;
    }
    fill(x, out);
    s->current = NULL;
    failed(s, x, status, out);
    s->expired = 0;
}

static void nothing(hp_outcome *out, hp_verdict verdict)
{
    *out = (hp_outcome){ .verdict = verdict };
}

static const hp_chain *chain_of(hp_state *s, const hp_input *in)
{
    switch (in->kind) {
    case HP_INBOUND:
    case HP_OUTBOUND:
        return &s->chains[in->kind][hp_type_slot(in->type)];
    case HP_EVENT:
        for (size_t i = 0; i < EVENT_COUNT; i++)
            if (strlen(hp_event_names[i]) == in->name.length && memcmp(hp_event_names[i], in->name.data, in->name.length) == 0)
                return &s->events[i];
        return NULL;
    default:
        return NULL;
    }
}

static const hp_entry *offload_of(hp_state *s, const hp_input *in)
{
    for (uint32_t i = 0; i < s->offload_count; i++) {
        const hp_route *o = &s->offloads[i];
        if (o->entry.plugin == in->plugin && o->length == in->name.length && memcmp(o->name, in->name.data, o->length) == 0) return &o->entry;
    }
    return NULL;
}

static const hp_entry *single_of(hp_state *s, const hp_input *in, hp_entry *timer)
{
    if (in->kind == HP_OFFLOAD) return offload_of(s, in);
    if (in->kind == HP_ROUTE) {
        for (uint32_t i = 0; i < s->route_count; i++)
            if (s->routes[i].length == in->name.length && memcmp(s->routes[i].name, in->name.data, in->name.length) == 0)
                return &s->routes[i].entry;
        return NULL;
    }
    if (in->kind != HP_TIMER || in->plugin >= s->plugin_count) return NULL;
    hp_plugin *p = &s->plugins[in->plugin];
    char name[32];
    snprintf(name, sizeof name, "timers.%u", in->index + 1);
    for (uint32_t i = 0; i < p->handler_count; i++) {
        if (strcmp(p->handlers[i].name, name) != 0) continue;
        lua_rawgeti(s->L, LUA_REGISTRYINDEX, p->timers);
        lua_rawgeti(s->L, -1, (lua_Integer)in->index + 1);
        *timer = (hp_entry){ .function = (int)lua_tointeger(s->L, -1), .plugin = in->plugin, .stats = i };
        lua_pop(s->L, 2);
        return timer;
    }
    return NULL;
}

/* hp_exec_new gave none. */
static void no_exec(hp_state *s, uint32_t plugin, hp_outcome *out)
{
    static const char busy[] = "too many handlers wait (plugins.limits.suspended)";
    static const char memory[] = "the scripts hold all the memory they may (plugins.limits.memory_mb)";
    nothing(out, HP_FAILED);
    if (s->memory_refused) hp_set_failure(s, &out->failure, HP_FAILURE_MEMORY, plugin, memory, sizeof memory - 1);
    else hp_set_failure(s, &out->failure, HP_FAILURE_BUSY, plugin, busy, sizeof busy - 1);
}

void hp_run(hp_state *s, const hp_input *in, hp_outcome *out)
{
    if (HP_UNLIKELY(s->entered)) {      /* a host's mistake; passing the message on would go round the handlers */
        static const char text[] = "a handler can't be run from inside a host function; run it after the outcome";
        nothing(out, HP_FAILED);
        out->failure = (hp_failure){ HP_FAILURE_ERROR, HP_NO_PLUGIN, HP_NO_HANDLER, { (const uint8_t *)text, sizeof text - 1 } };
        return;
    }
    const hp_chain *chain = chain_of(s, in);
    hp_entry timer;
    const hp_entry *single = chain ? NULL : single_of(s, in, &timer);
    if (HP_UNLIKELY(!single && (!chain || chain->count == 0))) {
        nothing(out, HP_NEXT);
        out->frame = in->frame;
        return;
    }
    hp_exec *x = hp_exec_new(s);
    if (HP_UNLIKELY(!x)) {
        no_exec(s, HP_NO_PLUGIN, out);
        return;
    }
    x->kind = in->kind;
    x->type = in->type;
    x->sequence = in->sequence;
    x->session = in->session;
    x->uid = in->uid;
    x->tag = in->tag;
    x->attention = in->observed ? EXEC_OBSERVED : 0;
    if (HP_LIKELY(chain != NULL)) {
        x->chain = chain;
    } else {
        x->single_entry = *single;
        x->single = (hp_chain){ &x->single_entry, 1 };
        x->chain = &x->single;
    }
    if (HP_LIKELY(in->frame.data != NULL && in->kind != HP_ROUTE)) {
        x->has_message = true;
        hp_message *m = &x->message;
        m->state = s;
        m->frame = in->frame.data;
        m->frame_length = in->frame.length;
        m->envelope = *in->envelope;
    }
    if (in->value.length && !hp_buffer_set(&x->value, in->value.data, in->value.length)) x->value.length = 0;
    else if (!in->value.length) x->value.length = 0;
    lua_pushcfunction(x->thread, first_step);
    lua_pushlightuserdata(x->thread, x);
    if (HP_LIKELY(in->kind != HP_OFFLOAD)) {
        drive(s, x, 1, out);
        return;
    }
    hp_set_budget(s, s->limits.offload_ms, true);
    drive(s, x, 1, out);
    hp_set_budget(s, s->limits.run_ms, false);
}

void hp_resume(hp_state *s, uint64_t execution, hp_bytes values, bool failed_call, hp_outcome *out)
{
    hp_exec *x = hp_exec_alive(s, execution & 0xfffff, (uint32_t)(execution >> 20));
    if (!x || x->status != EXEC_WAITING || s->entered) {
        nothing(out, HP_FAILED);
        return;
    }
    x->answer = values;
    x->answer_failed = failed_call;
    x->answered = true;
    s->waiting--;
    x->status = EXEC_RUNNING;
    if (HP_UNLIKELY(x->timing)) x->started_ns = hp_clock_ns();
    if (HP_UNLIKELY(x->attention)) hp_step_resumes(x);
    drive(s, x, 0, out);
}

bool hp_cancel(hp_state *s, uint64_t execution, hp_failure *failure)
{
    hp_exec *x = hp_exec_alive(s, execution & 0xfffff, (uint32_t)(execution >> 20));
    if (!x || x->status != EXEC_WAITING || s->entered) return false;
    if (failure) {
        hp_failure_of_wait(s, x->thread, x->plugin, failure);
        failure->handler = hp_handler_index(s, x);
        if (x->stats) x->stats->stats.budget_kills++;
    }
    if (HP_UNLIKELY(x->attention)) {
        hp_step_resumes(x);
        hp_step_ends(s, x, failure ? HP_FAILED : HP_WAITING, false, failure);
    }
    hp_exec_drop_thread(s, x);
    hp_exec_end(s, x);
    return true;
}

/* ---- hpush.spawn ---- */

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
        no_exec(s, plugin, out);
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
    lua_pushcfunction(x->thread, first_step);
    lua_pushlightuserdata(x->thread, x);
    drive(s, x, 1, out);
    return true;
}
