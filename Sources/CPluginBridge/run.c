/* run.c - driving executions: into their chain, into waits and out of them, to their outcome. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "handles.h"

uint64_t hp_clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

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

/* Whether the chain goes on without the handler that runs or waits: its settings say on_error: skip. */
static bool is_skipped(const hp_exec *x)
{
    return x->in_handler && !x->spawned && (x->kind == HP_INBOUND || x->kind == HP_OUTBOUND) &&
           x->chain->entries[x->position - 1].skip_errors;
}

/* The handler is over, by a failure that its coroutine does not survive. */
static void drop_handler(hp_state *s, hp_exec *x, bool goes_on, const hp_failure *failure)
{
    if (HP_UNLIKELY(x->attention)) hp_step_ends(s, x, HP_FAILED, goes_on, failure);
    if (x->stats) {
        x->timing = false;
        if (failure->kind == HP_FAILURE_ERROR) x->stats->stats.errors++;
        else x->stats->stats.budget_kills++;
    }
    bool collect = failure->kind == HP_FAILURE_MEMORY || s->memory_refused ||
                   (s->memory > s->limits.memory_bytes / 2 && s->memory / 5 * 4 > s->collected);
    hp_exec_drop_thread(s, x);
    if (!goes_on) hp_exec_end(s, x);
    /* What the handler left is garbage now; the next one is not to pay for it. */
    if (collect) hp_state_collect(s);
}

/* What errors caught in `step` do for those that end a coroutine: the next handler's turn, in a new one and with a budget of its own. */
static void go_on_without(hp_state *s, hp_exec *x, const hp_failure *failure, hp_outcome *out)
{
    s->host->log(s->context, x->plugin, HP_LOG_ERROR, failure->text);
    s->host->skipped(s->context, failure, x->kind, x->session, x->tag);
    drop_handler(s, x, true, failure);
    x->in_handler = x->answered = false;
    x->verdict = HP_NEXT;
    x->code = 0;
    x->info.length = 0;
    s->expired = 0;
    if (!hp_exec_give_thread(s, x)) {
        s->memory_refused = true;
        uint32_t plugin = x->plugin;
        hp_exec_end(s, x);
        hp_no_exec(s, plugin, out);
        return;
    }
    lua_pushcfunction(x->thread, hp_first_step);
    lua_pushlightuserdata(x->thread, x);
    hp_drive(s, x, 1, out);
}

static void failed(hp_state *s, hp_exec *x, int status, hp_outcome *out)
{
    hp_failure_from(s, x->thread, status, x->plugin, &out->failure);
    out->failure.handler = hp_handler_index(s, x);
    if (HP_UNLIKELY(is_skipped(x))) {
        hp_failure failure = out->failure;
        go_on_without(s, x, &failure, out);
        return;
    }
    drop_handler(s, x, false, &out->failure);
    out->verdict = HP_FAILED;
}

void hp_drive(hp_state *s, hp_exec *x, int count, hp_outcome *out)
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

void hp_no_exec(hp_state *s, uint32_t plugin, hp_outcome *out)
{
    static const char memory[] = "the scripts hold all the memory they may (plugins.limits.memory_mb)";
    nothing(out, HP_FAILED);
    if (s->memory_refused) hp_set_failure(s, &out->failure, HP_FAILURE_MEMORY, plugin, memory, sizeof memory - 1);
    else hp_set_failure(s, &out->failure, HP_FAILURE_BUSY, plugin, hp_busy_text, strlen(hp_busy_text));
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
        hp_no_exec(s, HP_NO_PLUGIN, out);
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
    lua_pushcfunction(x->thread, hp_first_step);
    lua_pushlightuserdata(x->thread, x);
    if (HP_LIKELY(in->kind != HP_OFFLOAD)) {
        hp_drive(s, x, 1, out);
        return;
    }
    hp_set_budget(s, s->limits.offload_ms, true);
    hp_drive(s, x, 1, out);
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
    hp_drive(s, x, 0, out);
}

static hp_exec *waiting(hp_state *s, uint64_t execution)
{
    hp_exec *x = hp_exec_alive(s, execution & 0xfffff, (uint32_t)(execution >> 20));
    return x && x->status == EXEC_WAITING && !s->entered ? x : NULL;
}

bool hp_cancel(hp_state *s, uint64_t execution)
{
    hp_exec *x = waiting(s, execution);
    if (!x) return false;
    if (HP_UNLIKELY(x->attention)) {
        hp_step_resumes(x);
        hp_step_ends(s, x, HP_WAITING, false, NULL);
    }
    hp_exec_drop_thread(s, x);
    hp_exec_end(s, x);
    return true;
}

void hp_overdue(hp_state *s, uint64_t execution, hp_outcome *out)
{
    hp_exec *x = waiting(s, execution);
    nothing(out, HP_FAILED);
    if (!x) return;
    s->waiting--;
    x->status = EXEC_RUNNING;
    if (HP_UNLIKELY(x->attention)) hp_step_resumes(x);
    fill(x, out);
    hp_failure failure;
    hp_failure_of_wait(s, x->thread, x->plugin, &failure);
    failure.handler = hp_handler_index(s, x);
    if (is_skipped(x)) {
        go_on_without(s, x, &failure, out);
        return;
    }
    drop_handler(s, x, false, &failure);
    out->verdict = HP_FAILED;
    out->failure = failure;
}
