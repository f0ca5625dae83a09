/*
 * hpush_plugin.h - the stable C ABI between the host (Swift) and Lua.
 *
 * lua.h stays behind it: whoever includes this file sees opaque types, status codes and bytes. Everything that can raise a Lua error runs
 * inside a protected call on this side, so no longjmp ever crosses a frame of the host; host callbacks return a status, and this side raises
 * after they have returned.
 *
 * Threads: an hp_state belongs to one thread at a time (its event loop; a loader's thread before that). Functions that take a state are
 * called only there. A thread that runs Lua calls hp_watch_thread() once first: the watchdog stops a script by a signal to that thread.
 *
 * Versions: HP_PLUGIN_ABI grows whenever a type, a value or a signature below changes in a way that an already compiled host would notice.
 * Tests/PluginHostTests/ABI holds a fingerprint of this file for the version; it fails when one changes without the other.
 */
#ifndef HPUSH_PLUGIN_H
#define HPUSH_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hpush_wire.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HP_PLUGIN_ABI 3u

/* ---- bytes ---- */

typedef struct hp_bytes {
    const uint8_t *data;
    size_t length;
} hp_bytes;

/* A growing piece of memory. Zero it before the first use; free it with hp_buffer_free. Appending returns false when memory is out. */
typedef struct hp_buffer {
    uint8_t *data;
    size_t length;
    size_t capacity;
} hp_buffer;

bool hp_buffer_append(hp_buffer *buffer, const void *bytes, size_t length);
void hp_buffer_free(hp_buffer *buffer);

/* ---- values ----
 * Lua values cross the border as bytes: a tag, then its payload, integers little-endian. No pointers but HP_VALUE_MESSAGE, which is valid
 * during the call that carries it. Functions, coroutines and foreign userdata have no encoding; tables nest 32 deep at most. */

typedef enum hp_value_tag {
    HP_VALUE_NIL = 0,
    HP_VALUE_FALSE = 1,
    HP_VALUE_TRUE = 2,
    HP_VALUE_INTEGER = 3,   /* int64 */
    HP_VALUE_NUMBER = 4,    /* IEEE 754 double */
    HP_VALUE_STRING = 5,    /* uint32 length, bytes */
    HP_VALUE_LIST = 6,      /* uint32 count, values: a table with the keys 1..count */
    HP_VALUE_TABLE = 7,     /* uint32 count, count times key and value */
    HP_VALUE_SESSION = 8,   /* uint64 session handle of the host */
    HP_VALUE_MESSAGE = 9,   /* uint64: hp_message * */
} hp_value_tag;

/* ---- state ---- */

typedef struct hp_state hp_state;       /* one Lua state: all plugins of one generation on one event loop */
typedef struct hp_message hp_message;   /* a message a handler works on: received bytes and the changes made to them */

enum {
    HP_STATE_WORKER = 1 << 0,       /* runs offload functions, no handlers: hpush.spawn refuses, init's ctx has worker = true */
    HP_STATE_UNMEASURED = 1 << 1,   /* no budgets and no numbers: for benchmarks that want to know what those cost */
};

typedef struct hp_limits {
    uint32_t run_ms;            /* CPU time a handler may run without waiting; while loading and in init ten times that */
    uint32_t max_executions;    /* that may wait at once; one more runs */
    size_t memory_bytes;        /* all that this state's scripts may hold */
    uint32_t offload_ms;        /* CPU time of an offload function */
    uint32_t flags;             /* HP_STATE_... */
} hp_limits;

enum {
    HP_FUNCTION_WAITS = 1 << 0,    /* may answer HP_CALL_WAIT: refused where a handler must not wait */
};

/* A function the host offers. Its name says where scripts find it: "notify" -> hpush.notify, "sessions.of_user" -> hpush.sessions.of_user,
 * "session:send" -> a method of session objects, "session.uid" -> a field of session objects, "ctx.remote" -> a field of ctx. */
typedef struct hp_function {
    const char *name;
    const char *need;           /* absent unless the plugin's `needs` names it; NULL: for all */
    uint32_t id;                /* the host's own, handed back in hp_call.function */
    uint32_t flags;
} hp_function;

typedef enum hp_call_status {
    HP_CALL_OK = 0,     /* `results` holds the encoded results, one value after the other */
    HP_CALL_FAILED,     /* `results` holds a message as plain text: raised as an error at the caller's line */
    HP_CALL_WAIT,       /* the execution waits until hp_resume */
} hp_call_status;

typedef struct hp_call {
    hp_state *state;
    uint64_t execution;     /* for hp_resume */
    uint64_t session;       /* that of the execution, 0 without one */
    void *tag;              /* hp_input.tag of the execution */
    uint32_t function;
    uint32_t plugin;        /* index of the calling plugin */
    uint32_t count;         /* arguments; of a method and a session field the first is the session */
    hp_bytes arguments;     /* values, one after the other */
    hp_buffer *results;
} hp_call;

enum { HP_LOG_DEBUG = 0, HP_LOG_INFO, HP_LOG_WARNING, HP_LOG_ERROR };

/* Whether a handler of a plugin that hp_state_guard named may run. */
typedef struct hp_admission {
    bool runs;
    bool probe;             /* runs: hp_host.passed is called when it ended without an error */
    uint32_t code;          /* else what the client is told (HP_REFUSED), unless the plugin's errors are skipped */
    hp_bytes info;          /* read after the callback has returned */
} hp_admission;

struct hp_failure;
struct hp_step;

/* What the host provides. `abi` and `size` tell which version it was compiled for. */
typedef struct hp_host {
    uint32_t abi;
    uint32_t size;
    hp_call_status (*call)(void *context, hp_call *call);
    /* hpush.redirect, apart since it is on every message's path: queues `message` for all sessions of `uid` (data NULL: of the message's
     * own `to` or `group`). On FAILED the text goes into `failure`. HP_CALL_WAIT as above; hp_resume then brings two integers. */
    hp_call_status (*redirect)(void *context, const hp_call *call, hp_message *message, hp_bytes uid,
                               uint32_t *sessions, uint32_t *nodes);
    void (*log)(void *context, uint32_t plugin, uint32_t level, hp_bytes text);
    /* Source text of a plugin's part for `require "NAME.part"`; false if there is none. */
    bool (*part)(void *context, uint32_t plugin, hp_bytes name, hp_buffer *source);
    /* Asked before each handler of a guarded plugin that a session causes (not for timers, spawned and offload functions). */
    hp_admission (*admit)(void *context, uint32_t plugin, uint32_t kind, uint64_t session, void *tag);
    void (*passed)(void *context, uint32_t plugin, uint64_t session, void *tag);
    /* A failure that did not end its chain: an event's handler, or on_error: skip. It is logged already. */
    void (*skipped)(void *context, const struct hp_failure *failure, uint32_t kind, uint64_t session, void *tag);
    /* A handler of an observed execution has ended (hp_input.observed). */
    void (*stepped)(void *context, const struct hp_step *step);
} hp_host;

/* Returns NULL if `host` was compiled for another ABI or memory is out. The arrays are read during the call only; `host` must outlive the
 * state. `generation` is what ctx.generation gives. */
hp_state *hp_state_new(const hp_host *host, void *context, const hp_function *functions, size_t count, const hp_limits *limits,
                       uint64_t generation);
void hp_state_free(hp_state *state);      /* also ends waiting executions, without telling them */

size_t hp_state_memory(const hp_state *state);          /* bytes the scripts hold */
uint32_t hp_state_executions(const hp_state *state);    /* waiting ones */
void hp_state_collect(hp_state *state);                 /* a full garbage collection */

/* Has hpush.monotonic read a loop's clock, the nanoseconds at which its present turn began, in place of the machine's: a call to the kernel's
 * clock costs as much as a table look-up. `nanoseconds` must outlive the state. */
void hp_state_follow_clock(hp_state *state, const uint64_t *nanoseconds);

/* For tests and replays: what is loaded from now on finds a clock that stands at these times until the next call. Both in seconds: `now`
 * since 1970, `monotonic` from wherever. Call it before loading; hpush.now, hpush.monotonic, os.time and os.date follow it. */
void hp_state_set_clock(hp_state *state, double now, double monotonic);

/* ---- why something failed ---- */

typedef enum hp_failure_kind {
    HP_FAILURE_NONE = 0,
    HP_FAILURE_ERROR,       /* the script raised an error */
    HP_FAILURE_RUN,         /* ran longer than run_ms or offload_ms */
    HP_FAILURE_MEMORY,      /* over memory_bytes */
    HP_FAILURE_WAIT,        /* ended by hp_overdue: waited too long */
    HP_FAILURE_BUSY,        /* more than max_executions wait */
} hp_failure_kind;

/* One line of text, "file:line: reason" where Lua knows it. Valid until the next call on the state. */
typedef struct hp_failure {
    hp_failure_kind kind;
    uint32_t plugin;
    uint32_t handler;           /* index for hp_handler, HP_NO_HANDLER where none ran */
    hp_bytes text;
} hp_failure;

enum { HP_NO_HANDLER = 0xffffffff };

/* ---- loading ---- */

enum { HP_NO_PLUGIN = 0xffffffff };

/* Runs a plugin's main chunk (text only) in a fresh environment that has the basics and the named needs; "*" grants all, to find out
 * what a plugin needs. Returns its index in this state or HP_NO_PLUGIN. `chunk` is the file name for messages. */
uint32_t hp_load(hp_state *state, hp_bytes name, hp_bytes chunk, hp_bytes source, const hp_bytes *needs, size_t needs_count,
                 hp_failure *failure);

/* What the plugin's table says, as one value: {api, version, needs = {..}, config = {..}, inbound = {names}, outbound = {names},
 * events = {names}, routes = {names}, timers = {{every =, each_loop =}}, offload = {names}, init =, save =, restore = (booleans)}.
 * Refuses tables of another form. */
bool hp_describe(hp_state *state, uint32_t plugin, hp_buffer *out, hp_failure *failure);

/* Gives the plugin its checked configuration (one value: a table). `skip_errors` is the setting on_error: skip. */
bool hp_configure(hp_state *state, uint32_t plugin, hp_bytes config, bool skip_errors, hp_failure *failure);

/* Builds the chains of all types from the plugins in pipeline order. */
bool hp_pipeline(hp_state *state, const uint32_t *plugins, size_t count, hp_failure *failure);

bool hp_init(hp_state *state, uint32_t plugin, hp_failure *failure);
bool hp_save(hp_state *state, uint32_t plugin, hp_buffer *out, hp_failure *failure);      /* one value; nil if it has no save */
bool hp_restore(hp_state *state, uint32_t plugin, hp_bytes value, hp_bytes old_version, hp_failure *failure);

/* ---- running ---- */

typedef enum hp_kind {
    HP_INBOUND = 0,     /* a message from a session, head to tail */
    HP_OUTBOUND,        /* a message to a session, tail to head; must not wait */
    HP_EVENT,           /* all handlers of hp_input.name, one after the other; an error ends that handler only */
    HP_ROUTE,           /* a CUSTOM_REQUEST: the handler of hp_input.name gets hp_input.value (a string), its result is hp_outcome.result */
    HP_TIMER,           /* timer hp_input.index of hp_input.plugin */
    HP_OFFLOAD,         /* offload function hp_input.name of hp_input.plugin: hp_input.value are its arguments, hp_outcome.result its results,
                         * each encoded one after the other; must not wait */
} hp_kind;

typedef struct hp_input {
    hp_kind kind;
    uint32_t type;              /* head type; for ctx.type */
    hp_bytes frame;             /* INBOUND, OUTBOUND, undeliverable: head and body, valid during the call (copied when the handler waits) */
    const hp_envelope *envelope;
    uint64_t sequence;
    uint64_t session;           /* the host's handle, 0 before login */
    hp_bytes uid;               /* of the session; must stay valid while the execution lives */
    void *tag;                  /* the host's own, handed back in calls; must stay valid while the execution lives */
    hp_bytes name;              /* EVENT, ROUTE, OFFLOAD */
    hp_bytes value;             /* EVENT: one encoded value, the handler's second argument (empty: none); ROUTE: the body; OFFLOAD */
    uint32_t plugin, index;     /* TIMER, OFFLOAD */
    bool observed;              /* each of its handlers is told to hp_host.stepped */
} hp_input;

typedef enum hp_verdict {
    HP_NEXT = 0,        /* the tail was reached */
    HP_STOP,
    HP_REJECT,
    HP_CLOSE,
    HP_WAITING,         /* goes on at hp_resume */
    HP_FAILED,          /* a handler failed: `failure` */
    HP_REFUSED,         /* hp_host.admit kept a handler from running: `code`, `info` */
} hp_verdict;

/* What a handler of an observed execution did. Valid during the callback. */
typedef struct hp_step {
    hp_kind kind;
    uint32_t type;
    uint64_t sequence;
    uint64_t execution;
    uint64_t session;
    void *tag;
    uint32_t plugin, handler;
    hp_verdict verdict;         /* NEXT: the next one's turn; FAILED, and WAITING when its session ended while it waited */
    bool goes_on;               /* FAILED, REFUSED: the chain does, since the plugin's errors are skipped */
    uint32_t code;              /* REJECT, CLOSE, REFUSED */
    hp_bytes info;
    const hp_failure *failure;  /* FAILED */
    uint64_t run_ns, waited_ns;
    hp_message *message;        /* as it stands now; NULL without one */
    uint32_t changed;           /* fields it has set: a bit for each of hp_fields, in their order */
} hp_step;

/* On STOP of an INBOUND chain only `verdict` and `plugin` are set. */
typedef struct hp_outcome {
    hp_verdict verdict;
    uint32_t plugin;            /* whose handler decided */
    uint32_t code;              /* REJECT, CLOSE, REFUSED */
    hp_bytes info;              /* REJECT, CLOSE, REFUSED; valid until the next call on the state */
    bool accepted;              /* a login was accepted by ctx:accept */
    hp_bytes uid;               /* the uid it was accepted for; valid until the next call on the state */
    hp_bytes frame;             /* the message with the changes made to it (the received bytes if there are none), on NEXT; same validity */
    hp_bytes result;            /* ROUTE, OFFLOAD */
    uint64_t execution;         /* WAITING */
    hp_kind kind;
    uint64_t session;
    void *tag;
    hp_failure failure;
} hp_outcome;

uint32_t hp_chain_length(const hp_state *state, hp_kind kind, uint32_t type);     /* INBOUND, OUTBOUND: handlers for a head type */
bool hp_has_event(const hp_state *state, hp_bytes name);
bool hp_has_route(const hp_state *state, hp_bytes name);

/* Not from inside a callback of the host: HP_FAILED. */
void hp_run(hp_state *state, const hp_input *input, hp_outcome *outcome);

/* Lets a waiting execution go on: `values` are the results of the call it waits in (failed: a message, raised there as an error).
 * An id that is not waiting (any more) gives HP_FAILED with HP_FAILURE_NONE: late answers are harmless. */
void hp_resume(hp_state *state, uint64_t execution, hp_bytes values, bool failed, hp_outcome *outcome);

/* Ends a waiting execution; nothing of the script runs any more. False if it does not wait (any more). */
bool hp_cancel(hp_state *state, uint64_t execution);

/* A waiting execution has waited too long: a budget kill of its handler. It ends with HP_FAILED and HP_FAILURE_WAIT, or goes on with the next
 * handler where the plugin's errors are skipped. As hp_resume where it does not wait (any more). */
void hp_overdue(hp_state *state, uint64_t execution, hp_outcome *outcome);

/* Runs one function given to hpush.spawn, oldest first; false if there is none. Call it after hp_run, hp_resume and hp_init until it says
 * false, or for some milliseconds. What spawned functions spawn waits for the next round, or two of them could hold the loop for ever: when
 * hp_state_spawned is not 0 after the last call, call again in the loop's next turn. */
bool hp_run_spawned(hp_state *state, hp_outcome *outcome);
uint32_t hp_state_spawned(const hp_state *state);       /* functions that wait to be started */
void hp_drop_spawned(hp_state *state);                  /* they are not started any more */

/* Has hp_host.admit asked before a plugin's handlers run, or not any more. */
void hp_state_guard(hp_state *state, uint32_t plugin, bool guarded);

/* ---- messages, in host callbacks ---- */

uint32_t hp_message_type(const hp_message *message);
/* The frame as it stands: the received bytes when nothing was changed. Valid until the callback returns or the message is changed. */
hp_bytes hp_message_frame(hp_message *message);
/* A string field by its proto name, as it stands; empty if absent. */
hp_bytes hp_message_string(hp_message *message, const char *field);
uint64_t hp_message_sequence(const hp_message *message);
/* `to` of a MESSAGE_REQUEST as it stands, for routing; `*has_group` when `group` is set, which goes before it. */
hp_bytes hp_message_recipient(hp_message *message, bool *has_group);

/* ---- what the host can see ---- */

enum { HP_TIME_BUCKETS = 36 };

typedef struct hp_handler_stats {
    uint64_t calls, errors, budget_kills;
    uint64_t allocated;                     /* bytes allocated while it ran */
    uint64_t allocations;                   /* in how many pieces */
    uint64_t timed;                         /* calls that were timed: one in 64, each one of offload functions */
    uint64_t timed_ns;                      /* without the time they waited */
    uint64_t buckets[HP_TIME_BUCKETS];      /* timed calls by floor(log2(ns)) */
} hp_handler_stats;

/* Handler `index` of a plugin: its name ("inbound.message_request") and numbers; false past the last. Names live as long as the state. */
bool hp_handler(const hp_state *state, uint32_t plugin, uint32_t index, hp_bytes *name, hp_handler_stats *stats);

/* ---- watchdog ---- */

/* Registers the calling thread with the process's watchdog (started at the first call). Returns false if that fails. */
bool hp_watch_thread(void);
void hp_unwatch_thread(void);

#ifdef __cplusplus
}
#endif
#endif
