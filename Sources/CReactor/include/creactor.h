/*
 * What the reactor needs from Linux and Swift cannot call well or at all.
 *
 * Conventions: a function that can fail returns -errno (never sets errno for the caller to read); descriptors are
 * created close-on-exec and, where it matters, non-blocking. Calls that stand on the data path are inline.
 * Everything is thread-safe unless it says otherwise.
 */
#ifndef CREACTOR_H
#define CREACTOR_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* ---- epoll ---- */

static const uint32_t CREACTOR_READABLE = EPOLLIN;
static const uint32_t CREACTOR_WRITABLE = EPOLLOUT;
static const uint32_t CREACTOR_FAILED = (uint32_t)EPOLLERR | (uint32_t)EPOLLHUP; /* always reported by the kernel */
static const uint32_t CREACTOR_ENDED = EPOLLRDHUP; /* the peer sends no more */
static const uint32_t CREACTOR_EDGE = (uint32_t)EPOLLET;

static inline int creactor_epoll_create(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* `cookie` comes back with every event of `fd`. */
static inline int creactor_epoll_add(int epoll, int fd, uint32_t events, uint64_t cookie) {
    struct epoll_event event = {.events = events, .data = {.u64 = cookie}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static inline int creactor_epoll_change(int epoll, int fd, uint32_t events, uint64_t cookie) {
    struct epoll_event event = {.events = events, .data = {.u64 = cookie}};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) < 0 ? -errno : 0;
}

static inline int creactor_epoll_remove(int epoll, int fd) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL) < 0 ? -errno : 0;
}

/* Has the processor fetch the first three lines of an object that is needed soon. Any address will do. */
static inline void creactor_prefetch(uint64_t address) {
    const char *bytes = (const char *)(uintptr_t)address;
    __builtin_prefetch(bytes);
    __builtin_prefetch(bytes + 64);
    __builtin_prefetch(bytes + 128);
}

/* Number of events, 0 after `timeout` ms (-1: wait for ever) or an interrupting signal. */
static inline int creactor_epoll_wait(int epoll, struct epoll_event *events, int room, int timeout) {
    int count = epoll_wait(epoll, events, room, timeout);
    if (count >= 0) return count;
    return errno == EINTR ? 0 : -errno;
}

/* The struct is packed on x86-64: read it here, not in Swift. */
static inline uint64_t creactor_event_cookie(const struct epoll_event *events, int index) {
    return events[index].data.u64;
}
static inline uint32_t creactor_event_flags(const struct epoll_event *events, int index) {
    return events[index].events;
}

/* ---- wake-ups, clock, threads, memory ---- */

int creactor_eventfd(void);

/* Adds 1 to the counter; registered edge-triggered it need never be read. */
static inline void creactor_eventfd_signal(int fd) {
    uint64_t one = 1;
    ssize_t ignored = write(fd, &one, sizeof one);
    (void)ignored;
}

/* CLOCK_MONOTONIC in nanoseconds. */
static inline uint64_t creactor_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* A number that only the calling thread has; never 0. */
static inline uint64_t creactor_thread_self(void) { return (uint64_t)(uintptr_t)pthread_self(); }

/* Starts a joinable thread called `name` (15 bytes count) with a stack of `stack` bytes (0: the default). */
int creactor_thread_start(pthread_t *thread, const char *name, size_t stack, void (*body)(void *), void *argument);

/* Gives free heap pages of every arena back to the kernel. Takes milliseconds on a large heap. */
void creactor_release_memory(void);

/* Bytes usable in a block of malloc; 0 for NULL. Saves a field where the size is seldom asked. */
size_t creactor_block_size(void *block);

/* Raises the soft limit of descriptors to the hard one; the limit then in force. */
uint64_t creactor_raise_descriptor_limit(void);

/* ---- sockets ---- */

/*
 * A bound, listening, non-blocking socket with SO_REUSEADDR. `host`: an IPv4 or IPv6 address, a name, or NULL or ""
 * for every address. `port` 0: any free one. `reuse_port` != 0: SO_REUSEPORT. When the name cannot be resolved,
 * *resolve_error is the EAI_* code and the result -EADDRNOTAVAIL. May block on name resolution.
 */
int creactor_listen(const char *host, uint16_t port, int backlog, int reuse_port, int *resolve_error);

/* Where a stream socket can connect to. */
struct creactor_address {
    uint32_t length;
    int32_t family;
    unsigned char bytes[128];
};

/*
 * Addresses of HOST:PORT, the first `room` of them; how many. `numeric` != 0: addresses only, which never blocks; names block until
 * they are resolved. When it cannot be resolved, *resolve_error is the EAI_* code and the result -EADDRNOTAVAIL.
 */
int creactor_resolve(const char *host, uint16_t port, int numeric, struct creactor_address *addresses, int room, int *resolve_error);

/* A non-blocking socket (TCP_NODELAY) that connects or is connected; writable when that is decided. */
int creactor_connect(const struct creactor_address *address);

/* What became of it: 0 when connected, else -errno. */
int creactor_connect_result(int fd);

/* Accepts one connection, non-blocking, TCP_NODELAY. -EAGAIN when none waits. */
int creactor_accept(int fd);

/* Makes a foreign descriptor non-blocking; TCP_NODELAY where the socket knows it. 0 or -errno. */
int creactor_prepare(int fd);

/* Port of the local end, or -errno. */
int creactor_local_port(int fd);

/* Text of the remote address without its port into `text` (INET6_ADDRSTRLEN is enough); its port, or -errno. */
int creactor_remote_address(int fd, char *text, size_t room);

/* Message for an EAI_* code; static storage. */
const char *creactor_resolve_message(int code);

int creactor_close(int fd);
int creactor_shutdown_write(int fd);

/*
 * glibc's recv and send are cancellation points: with several threads each call costs two atomic operations. Nobody
 * cancels a loop's thread, so the kernel is asked without them, here and in creactor_send_bytes.
 */

/* Bytes read, 0 at the peer's end of stream, -errno (-EAGAIN: nothing there). */
static inline ssize_t creactor_receive(int fd, void *bytes, size_t room) {
    ssize_t count;
    do count = syscall(SYS_recvfrom, fd, bytes, room, 0, NULL, NULL); while (count < 0 && errno == EINTR);
    return count < 0 ? -errno : count;
}

/* Sends bytes that are in no piece. Bytes taken by the kernel or -errno. */
static inline ssize_t creactor_send_bytes(int fd, const void *bytes, size_t count) {
    ssize_t sent;
    do sent = syscall(SYS_sendto, fd, bytes, count, MSG_NOSIGNAL, NULL, 0); while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

/* A piece of output waiting for a socket. Bytes [start, end) of `bytes` wait; pieces of one socket form a list. */
struct creactor_chunk {
    struct creactor_chunk *next;
    uint32_t start;
    uint32_t end;
    uint32_t capacity;
    uint32_t size_class;
    unsigned char bytes[];
};

static inline unsigned char *creactor_chunk_bytes(struct creactor_chunk *chunk) { return chunk->bytes; }

/* Sends from the list's head, at most 16 pieces in one call. Bytes taken by the kernel or -errno; the list is unchanged. */
ssize_t creactor_send_many(int fd, const struct creactor_chunk *head);

static inline ssize_t creactor_send(int fd, const struct creactor_chunk *head) {
    if (head->next != NULL) return creactor_send_many(fd, head);
    return creactor_send_bytes(fd, head->bytes + head->start, head->end - head->start);
}

/* ---- signals ---- */

/* A peer that went away is an error of the write, not the end of the process. */
void creactor_ignore_sigpipe(void);

/*
 * The reading end of the process's one signal pipe (non-blocking; created at the first call), or -errno. Each caught
 * signal is one byte, its number. A pipe, not signalfd: threads started before us need not have the signals blocked.
 */
int creactor_signal_pipe(void);
int creactor_signal_catch(int number);
/* Back to the default action. */
int creactor_signal_release(int number);
/* The next caught signal's number, 0 when none waits. */
int creactor_signal_next(int pipe);

#endif
