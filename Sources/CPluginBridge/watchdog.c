/*
 * watchdog.c - stops a script that runs longer than its budget, at no steady cost.
 *
 * A count hook would take an eighth of a dispatch on every message. Instead one thread of the process looks at all loops a few hundred
 * times a second; a loop that has been in the same run of Lua for run_ms of its own CPU time gets a signal, and the handler, on that very
 * thread, arms a count hook on the running coroutine - lua_sethook is the one function of Lua made to be called so. CPU time, not the clock:
 * a machine that was busy elsewhere is not the script's fault.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "state.h"

enum {
    BUSY_PERIOD_MS = 4,
    IDLE_PERIOD_MS = 50,
    IDLE_AFTER = 250,
    FIRST_PAUSE_MS = 16,        /* between the first and the second signal; doubled each time up to the longest */
    LONGEST_PAUSE_MS = 1024,
};

/* Ignored by default and used by hardly anybody. No real-time signal: those queue up, one for each time it is sent, and once the queue that
 * all processes of a user share is full (RLIMIT_SIGPENDING), none arrives any more and no script would be stopped. */
enum { WATCH_SIGNAL = SIGURG };

typedef struct hp_watch {
    struct hp_watch *next;
    pthread_t thread;
    clockid_t clock;
    _Atomic(uint64_t) runs;             /* odd while Lua runs; written by its own thread only */
    _Atomic(hp_state *) state;
    _Atomic(uint64_t) overdue;          /* the run that is to be stopped: a signal may come after that one is over */
    /* the watchdog's own */
    uint64_t seen;
    uint64_t seen_cpu_ns;
    uint64_t signal_cpu_ns;             /* the next signal is due then */
    uint32_t pause_ms;                  /* after that one; 0 before the first */
} hp_watch;

/* Read twice a message: initial-exec saves the call that a thread-local of position-independent code takes. */
static _Thread_local hp_watch *own __attribute__((tls_model("initial-exec")));
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static hp_watch *list;
static bool started;
static pthread_key_t at_exit;       /* takes the thread off the list when it ends */

static uint64_t cpu_ns(clockid_t clock)
{
    struct timespec t;
    if (clock_gettime(clock, &t) != 0) return 0;
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* On the loop's thread, between any two of its instructions. */
static void on_signal(int number)
{
    (void)number;
    hp_watch *w = own;
    if (!w) return;
    uint64_t runs = atomic_load_explicit(&w->runs, memory_order_relaxed);
    if (!(runs & 1) || runs != atomic_load_explicit(&w->overdue, memory_order_relaxed)) return;
    hp_state *s = atomic_load_explicit(&w->state, memory_order_relaxed);
    if (s && s->running) hp_expire(s, (lua_State *)s->running);
}

static bool look_at(hp_watch *w)
{
    uint64_t runs = atomic_load_explicit(&w->runs, memory_order_acquire);
    bool changed = runs != w->seen;
    if (!(runs & 1)) {
        w->seen = runs;
        return changed;
    }
    uint64_t now = cpu_ns(w->clock);
    if (changed) {
        w->seen = runs;
        w->seen_cpu_ns = now;
        w->pause_ms = 0;
        return true;
    }
    hp_state *s = atomic_load_explicit(&w->state, memory_order_relaxed);
    uint32_t run_ms = s ? s->budget_ms : 0;
    if (!run_ms || now - w->seen_cpu_ns < (uint64_t)run_ms * 1000000u) return true;
    /* Signalled again while it lasts: the first may have come at a moment that could not be used. Ever more seldom, since lua_sethook walks
     * over all frames: where that takes longer than the pause, the script would come no further, not even to its hook. */
    if (w->pause_ms && now < w->signal_cpu_ns) return true;
    w->pause_ms = w->pause_ms ? w->pause_ms * 2 : FIRST_PAUSE_MS;
    if (w->pause_ms > LONGEST_PAUSE_MS) w->pause_ms = LONGEST_PAUSE_MS;
    w->signal_cpu_ns = now + (uint64_t)w->pause_ms * 1000000u;
    atomic_store_explicit(&w->overdue, runs, memory_order_relaxed);
    pthread_kill(w->thread, WATCH_SIGNAL);
    return true;
}

static void *watch(void *unused)
{
    (void)unused;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    unsigned quiet = 0;
    for (;;) {
        long period = quiet < IDLE_AFTER ? BUSY_PERIOD_MS : IDLE_PERIOD_MS;
        struct timespec pause = { 0, period * 1000000 };
        nanosleep(&pause, NULL);
        bool active = false;
        pthread_mutex_lock(&list_lock);
        for (hp_watch *w = list; w; w = w->next) active |= look_at(w);
        pthread_mutex_unlock(&list_lock);
        quiet = active ? 0 : quiet + 1;
    }
    return NULL;
}

static void thread_ends(void *unused)
{
    (void)unused;
    hp_unwatch_thread();
}

static bool start_watchdog(void)
{
    if (started) return true;
    if (pthread_key_create(&at_exit, thread_ends) != 0) return false;
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    if (sigaction(WATCH_SIGNAL, &action, NULL) != 0) return false;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    started = pthread_create(&thread, &attributes, watch, NULL) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

bool hp_watch_thread(void)
{
    if (own) return true;
    hp_watch *w = calloc(1, sizeof *w);
    if (!w) return false;
    w->thread = pthread_self();
    pthread_mutex_lock(&list_lock);
    bool good = pthread_getcpuclockid(w->thread, &w->clock) == 0 && start_watchdog();
    if (good) {
        w->next = list;
        list = w;
        own = w;
    }
    pthread_mutex_unlock(&list_lock);
    if (!good) {
        free(w);
        return false;
    }
    pthread_setspecific(at_exit, w);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, WATCH_SIGNAL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return true;
}

void hp_unwatch_thread(void)
{
    if (!own) return;
    pthread_mutex_lock(&list_lock);
    for (hp_watch **w = &list; *w; w = &(*w)->next)
        if (*w == own) {
            *w = own->next;
            break;
        }
    pthread_mutex_unlock(&list_lock);
    hp_watch *w = own;
    own = NULL;     /* first: the signal's handler looks at it */
    atomic_signal_fence(memory_order_seq_cst);
    free(w);
}

void hp_watch_enter(hp_state *s)
{
    /* No script runs unwatched, whatever the host forgot. */
    if (HP_UNLIKELY(!own) && !hp_watch_thread()) return;
    hp_watch *w = own;
    atomic_store_explicit(&w->state, s, memory_order_relaxed);
    atomic_store_explicit(&w->runs, atomic_load_explicit(&w->runs, memory_order_relaxed) + 1, memory_order_release);
}

void hp_watch_leave(void)
{
    hp_watch *w = own;
    if (HP_UNLIKELY(!w)) return;
    atomic_store_explicit(&w->runs, atomic_load_explicit(&w->runs, memory_order_relaxed) + 1, memory_order_release);
}
