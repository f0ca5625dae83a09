/* attend.c - what the host decides about handlers before they run, and what it is told of them when they have ended. Off the usual path. */
#include "state.h"

uint32_t hp_handler_index(const hp_state *s, const hp_exec *x)
{
    return x->stats ? (uint32_t)(x->stats - s->plugins[x->plugin].handlers) : HP_NO_HANDLER;
}

void hp_state_guard(hp_state *s, uint32_t plugin, bool guarded)
{
    if (plugin >= s->plugin_count) return;
    s->plugins[plugin].guarded = guarded;
    s->guarded = false;
    for (uint32_t i = 0; i < s->plugin_count; i++) s->guarded |= s->plugins[i].guarded;
}

bool hp_admits(hp_state *s, hp_exec *x, const hp_entry *entry)
{
    x->attention &= (uint8_t)~EXEC_PROBE;
    if (!s->plugins[entry->plugin].guarded || x->kind == HP_TIMER || x->kind == HP_OFFLOAD) return true;
    hp_admission answer = s->host->admit(s->context, entry->plugin, x->kind, x->session, x->tag);
    if (answer.runs) {
        if (answer.probe) x->attention |= EXEC_PROBE;
        return true;
    }
    x->code = answer.code;
    if (!hp_buffer_set(&x->info, answer.info.data, answer.info.length)) x->info.length = 0;
    if (x->attention) {
        hp_step_begins(x);
        hp_step_ends(s, x, HP_REFUSED, entry->skip_errors, NULL);
    }
    if (entry->skip_errors) {
        x->code = 0;
        x->info.length = 0;
    }
    return false;
}

/* ---- how long an observed handler runs and waits ---- */

void hp_step_begins(hp_exec *x)
{
    x->step_spent_ns = x->step_waited_ns = 0;
    x->message.touched = 0;
    x->step_ns = hp_clock_ns();
}

void hp_step_waits(hp_exec *x)
{
    uint64_t now = hp_clock_ns();
    x->step_spent_ns += now - x->step_ns;
    x->step_ns = now;
}

void hp_step_resumes(hp_exec *x)
{
    uint64_t now = hp_clock_ns();
    x->step_waited_ns += now - x->step_ns;
    x->step_ns = now;
}

/* Called while the message is still there. */
void hp_step_ends(hp_state *s, hp_exec *x, hp_verdict verdict, bool goes_on, const hp_failure *failure)
{
    uint8_t attention = x->attention;
    x->attention &= (uint8_t)~EXEC_PROBE;
    if (attention & EXEC_PROBE && verdict != HP_FAILED && verdict != HP_WAITING && verdict != HP_REFUSED)
        s->host->passed(s->context, x->plugin, x->session, x->tag);
    if (!(attention & EXEC_OBSERVED)) return;
    hp_step step = {
        .kind = x->kind, .type = x->type, .sequence = x->sequence, .execution = (uint64_t)x->generation << 20 | x->index,
        .session = x->session, .tag = x->tag, .plugin = x->plugin, .handler = hp_handler_index(s, x),
        .verdict = verdict, .goes_on = goes_on, .code = x->code, .info = { x->info.data, x->info.length },
        .failure = failure, .run_ns = x->step_spent_ns + hp_clock_ns() - x->step_ns, .waited_ns = x->step_waited_ns,
        .message = x->has_message ? &x->message : NULL, .changed = x->has_message ? x->message.touched : 0,
    };
    s->host->stepped(s->context, &step);
}
