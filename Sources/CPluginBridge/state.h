/* state.h - what the files of the bridge share. Not seen by hosts. */
#ifndef HP_STATE_H
#define HP_STATE_H

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <signal.h>
#include <stdatomic.h>

#include "hpush_plugin.h"

#define HP_HIDDEN __attribute__((visibility("hidden")))
#define HP_LIKELY(x) __builtin_expect(!!(x), 1)
#define HP_UNLIKELY(x) __builtin_expect(!!(x), 0)

enum {
    TYPE_SLOTS = 14,        /* head types 0-10, 100, 101, and one for those unknown to us */
    EVENT_COUNT = 5,
    SAMPLE_EVERY = 64,      /* calls between two timed ones: two clock reads a call would cost a quarter of a dispatch */
    VALUE_DEPTH = 32,
    VALUE_BYTES = 16 << 20, /* one call's arguments, encoded: a small table that holds another many times over grows without bound */
    LOADING_BUDGETS = 10,   /* loading and init run off the loops and may read long lists: this many times run_ms */
    STACK_BYTES = 256 << 10, /* C stack that nested coroutines may take; Lua's own count does not follow coroutine.close */
};

enum { EXEC_OBSERVED = 1 << 0, EXEC_PROBE = 1 << 1 };      /* hp_exec.attention */

typedef enum exec_status { EXEC_FREE = 0, EXEC_RUNNING, EXEC_WAITING } exec_status;

/* A function of a plugin, where it stands in a chain. */
typedef struct hp_entry {
    int function;           /* registry reference */
    uint32_t plugin;
    uint32_t stats;         /* index into the plugin's handlers */
    bool skip_errors;
} hp_entry;

typedef struct hp_chain {
    hp_entry *entries;
    uint32_t count;
} hp_chain;

typedef struct hp_route {
    char *name;
    size_t length;
    hp_entry entry;
} hp_route;

typedef struct hp_named_stats {
    char *name;
    hp_handler_stats stats;
} hp_named_stats;

typedef struct hp_plugin {
    char *name;
    int environment;        /* registry references */
    int table;
    int config;
    int loaded;             /* parts by name */
    int timers;             /* list of functions */
    bool skip_errors;
    bool guarded;
    hp_named_stats *handlers;
    uint32_t handler_count;
} hp_plugin;

struct hp_message {
    hp_state *state;
    const uint8_t *frame;   /* head and body; NULL once the handler's time is over */
    size_t frame_length;
    uint8_t *owned;         /* the copy a waiting execution works on */
    hp_envelope envelope;
    hp_change *changes;     /* their bytes are owned */
    uint32_t change_count;
    uint32_t touched;       /* fields set since an observed handler began, a bit each */
    bool encoded_valid;
    hp_buffer encoded;      /* the frame with the changes */
};

/* One chain for one message (or an event, a timer, a spawned function), from start to end. Slots are reused; `generation` tells their
 * users apart. Each keeps its coroutine, so that starting one allocates nothing. */
typedef struct hp_exec {
    uint32_t index;
    uint32_t generation;
    exec_status status;
    uint32_t next_free;
    lua_State *thread;
    int thread_reference;
    hp_kind kind;
    bool spawned;
    bool waits;             /* a host call asked to wait */
    bool in_handler;
    bool accepted;
    bool timing;
    uint8_t attention;      /* EXEC_...: the host wants to know how its handlers end */
    uint32_t type;
    uint32_t plugin;        /* whose handler runs, or ran last */
    uint32_t position;
    const hp_chain *chain;
    hp_chain single;        /* chain of one: routes, timers, spawned functions */
    hp_entry single_entry;
    uint64_t sequence;
    uint64_t session;
    hp_bytes uid;
    void *tag;
    bool has_message;
    hp_message message;
    hp_buffer value;        /* event value, route body, arguments of an offload function */
    hp_verdict verdict;
    uint32_t code;
    uint64_t started_ns;
    uint64_t spent_ns;      /* before its last wait */
    uint64_t step_ns, step_spent_ns, step_waited_ns;    /* of an observed handler: since when it runs or waits, and what it did before */
    hp_buffer info, accepted_uid, result;
    hp_bytes answer;        /* what hp_resume brought, during that call */
    bool answered;          /* the answer is not taken yet */
    bool answer_failed;
    hp_named_stats *stats;  /* of the running handler */
} hp_exec;

struct hp_state {
    lua_State *L;
    const hp_host *host;
    void *context;
    hp_limits limits;
    uint64_t generation;
    size_t memory;
    size_t collected;               /* what was left after the last full collection */
    bool memory_refused;            /* the allocator said no since the last run began */
    bool has_clock;                 /* scripts see these times (hp_state_set_clock), not the machine's */
    double clock_now, clock_monotonic;

    volatile lua_State *running;    /* read by the watchdog's signal on this thread */
    volatile sig_atomic_t expired;  /* the budget is used up: everything unwinds */
    volatile uint32_t budget_ms;    /* of this run */
    const char *budget_text;        /* what a script that used it up is told */
    bool busy;                      /* this run was not allowed to wait: too many do */
    bool guarded;                   /* some plugin is: hp_host.admit is asked */
    bool entered;
    bool loading;                   /* host functions refuse to be called */
    const char *phase;              /* "init", "save", "restore" while one runs: nothing waits there */
    uint32_t must_not_yield;        /* unwinding has to go by errors */
    uint32_t must_not_wait;         /* a C function below can't be left and come back to */
    const char *stack;              /* where the C stack stood when the run began */
    uint32_t sample;
    const uint64_t *turn_ns;        /* see hp_state_follow_clock; NULL: none */

    hp_function *functions;
    size_t function_count;
    hp_plugin *plugins;
    uint32_t plugin_count;
    uint32_t current_plugin;        /* while loading, init, save, restore */

    hp_chain chains[2][TYPE_SLOTS];
    hp_chain events[EVENT_COUNT];
    hp_route *routes;
    uint32_t route_count;
    hp_route *offloads;
    uint32_t offload_count;

    hp_exec **execs;
    uint32_t exec_count;
    uint32_t free_exec;
    uint32_t kept_threads;          /* of free slots */
    uint32_t waiting;
    hp_exec *current;

    int fields[TYPE_SLOTS];         /* registry reference of a table: field name -> index */
    int context_keys, session_keys, message_methods;
    const void *session_name, *sessions_name;       /* short strings are one object a state: told by their addresses (lua_topointer) */

    uint32_t *spawned;              /* pairs of function reference and plugin, from spawned_first on */
    uint32_t spawned_first, spawned_count, spawned_capacity;
    uint32_t spawned_round;         /* how many of them run before hp_run_spawned says false */
    bool spawned_round_open;

    hp_buffer arguments, results, text;
};

/* ---- asked several times a message: without a call ---- */

/* Each thread's extra space, copied from the main thread's, holds the state; the lowest bit marks the coroutines that runs begin in. */
static inline hp_state *hp_state_of(lua_State *L) { return (hp_state *)(*(uintptr_t *)lua_getextraspace(L) & ~(uintptr_t)1); }
/* A run's own coroutine, out of scripts' reach. */
static inline void hp_mark_base(lua_State *thread) { *(uintptr_t *)lua_getextraspace(thread) |= 1; }
static inline bool hp_is_base(lua_State *thread) { return *(uintptr_t *)lua_getextraspace(thread) & 1; }

/* NULL when the slot has another user by now, or none. */
static inline hp_exec *hp_exec_alive(const hp_state *s, uint32_t index, uint32_t generation)
{
    if (index >= s->exec_count) return NULL;
    hp_exec *x = s->execs[index];
    return x->status != EXEC_FREE && x->generation == generation ? x : NULL;
}

static inline uint32_t hp_type_slot(uint32_t type)
{
    if (HP_LIKELY(type <= HP_SYNC_RESPONSE)) return type;
    if (type == HP_CUSTOM_REQUEST) return 11;
    if (type == HP_CUSTOM_RESPONSE) return 12;
    return 13;
}

/* allocator.c */
HP_HIDDEN void *hp_allocate(void *state, void *block, size_t old_size, size_t new_size);
HP_HIDDEN void *hp_allocate_unmeasured(void *state, void *block, size_t old_size, size_t new_size);

/* buffer.c */
HP_HIDDEN void hp_buffer_clear(hp_buffer *b);
HP_HIDDEN bool hp_buffer_set(hp_buffer *b, const void *bytes, size_t length);

/* value.c: both raise on bad input or lack of memory */
HP_HIDDEN void hp_value_encode(lua_State *L, int index, hp_buffer *out);
HP_HIDDEN const uint8_t *hp_value_push(lua_State *L, const uint8_t *p, const uint8_t *end);

/* message.c */
HP_HIDDEN hp_message *hp_to_message(lua_State *L, int index);        /* NULL if it is none; raises for a stale one */
HP_HIDDEN void hp_message_open(lua_State *L, hp_state *s);
HP_HIDDEN int hp_message_index(lua_State *L, hp_message *m);         /* key at index 2 */
/* Sets a number field, also one that is the node's own; false without memory. */
bool hp_message_set_number(hp_message *m, const char *name, uint64_t number);
HP_HIDDEN int hp_message_newindex(lua_State *L, hp_message *m);      /* key at 2, value at 3 */
HP_HIDDEN bool hp_message_own(hp_message *m);
HP_HIDDEN void hp_message_end(hp_message *m);

/* host_call.c */
HP_HIDDEN void hp_push_host_function(lua_State *L, hp_state *s, uint32_t function);
HP_HIDDEN int hp_host_get(lua_State *L, hp_state *s, uint32_t function, hp_exec *x);  /* a field: argument at index 1 */
HP_HIDDEN int hp_redirect(lua_State *L);

/* environment.c */
HP_HIDDEN void hp_push_environment(lua_State *L, hp_state *s, uint32_t plugin, const hp_bytes *needs, size_t count);

/* coroutine.c */
HP_HIDDEN void hp_push_coroutine_library(lua_State *L);
HP_HIDDEN int hp_xpcall(lua_State *L);

/* json.c, base64.c */
HP_HIDDEN void hp_push_json_library(lua_State *L);
HP_HIDDEN void hp_push_base64_library(lua_State *L);

/* budget.c */
HP_HIDDEN bool hp_stack_is_deep(const hp_state *s);
HP_HIDDEN void hp_poll_budget(lua_State *L);                         /* for long loops of C: leaves when the budget is used up */
HP_HIDDEN void hp_enter(hp_state *s, lua_State *thread);
HP_HIDDEN void hp_leave(hp_state *s);
HP_HIDDEN void hp_set_budget(hp_state *s, uint32_t ms, bool offload);    /* of the next run */
HP_HIDDEN void hp_expire(hp_state *s, lua_State *thread);            /* called by the watchdog's signal handler */
HP_HIDDEN int hp_unwind(lua_State *L, hp_state *s);                  /* return its value from a C function when s->expired */
HP_HIDDEN bool hp_call_protected(hp_state *s, lua_CFunction f, void *argument, uint32_t budgets, hp_failure *failure);
HP_HIDDEN void hp_set_failure(hp_state *s, hp_failure *f, hp_failure_kind kind, uint32_t plugin, const char *text, size_t length);
HP_HIDDEN extern const char hp_busy_text[];
HP_HIDDEN void hp_failure_from(hp_state *s, lua_State *thread, int status, uint32_t plugin, hp_failure *f);
HP_HIDDEN void hp_failure_of_wait(hp_state *s, lua_State *thread, uint32_t plugin, hp_failure *f);
/* run.c */
HP_HIDDEN uint64_t hp_clock_ns(void);
HP_HIDDEN void hp_drive(hp_state *s, hp_exec *x, int count, hp_outcome *out);      /* with `count` arguments on its coroutine */
HP_HIDDEN void hp_no_exec(hp_state *s, uint32_t plugin, hp_outcome *out);          /* hp_exec_new gave none */

/* step.c: the body of every execution's coroutine */
HP_HIDDEN int hp_first_step(lua_State *L);

/* spawn.c */
HP_HIDDEN int hp_spawn(lua_State *L);

/* attend.c: what the host asks to know or decide about handlers */
HP_HIDDEN bool hp_admits(hp_state *s, hp_exec *x, const hp_entry *entry);    /* false: x has the refusal */
HP_HIDDEN void hp_step_begins(hp_exec *x);
HP_HIDDEN void hp_step_waits(hp_exec *x);
HP_HIDDEN void hp_step_resumes(hp_exec *x);
HP_HIDDEN void hp_step_ends(hp_state *s, hp_exec *x, hp_verdict verdict, bool goes_on, const hp_failure *failure);
HP_HIDDEN uint32_t hp_handler_index(const hp_state *s, const hp_exec *x);

/* exec.c */
HP_HIDDEN hp_exec *hp_exec_new(hp_state *s);
HP_HIDDEN void hp_exec_end(hp_state *s, hp_exec *x);
HP_HIDDEN bool hp_exec_give_thread(hp_state *s, hp_exec *x);
HP_HIDDEN void hp_exec_drop_thread(hp_state *s, hp_exec *x);

/* describe.c, load.c: calls about one plugin */
struct hp_plugin_call {
    hp_state *s;
    uint32_t plugin;
    hp_buffer *out;
    hp_bytes value, extra;
    bool flag;
};

HP_HIDDEN bool hp_raw_field(lua_State *L, int table, const char *name);     /* pushes it; false if it is nil */
HP_HIDDEN bool hp_call_plugin(hp_state *s, lua_CFunction f, struct hp_plugin_call *call, uint32_t budgets, hp_failure *failure);

/* watchdog.c */
HP_HIDDEN void hp_watch_enter(hp_state *s);
HP_HIDDEN void hp_watch_leave(void);

/* names of events, in the order of hp_state.events */
extern HP_HIDDEN const char *const hp_event_names[EVENT_COUNT];

#endif
