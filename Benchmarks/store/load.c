/* Load for a node that stores messages. One thread, epoll; prints a line of JSON.
 *
 *   load --port N send   [--senders N] [--window W] [--seconds S] [--warmup S] [--rate R] [--size B] [--to USER] [--offline] [--prefix P]
 *        senders with receipts, each to a recipient of its own that acknowledges (--offline: nobody is there; --to: all to one user).
 *        W messages a sender in flight, or R messages a second by a fixed schedule: latencies then count from when each was due.
 *   load --port N fan    [--members N] [--group NAME] [--rounds R] [--size B] [--counts FILE]
 *        members m0, m1 ... log in; m0 sends to the group; how long until the last member has it. With the file of allocations.c: how many
 *        the node made meanwhile, a message.
 *   load --port N devices [--members N] [--rounds R]
 *        one user with so many devices that acknowledge; a message to it, until all have it; then all come again, and none gets anything.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RECEIPTS = 1, ACKS = 2, HEAD = 8 };

typedef struct {
    int fd, index, is_recipient, logged_in, blocked;
    char name[64];
    uint8_t *in;
    size_t in_size, in_used;
    uint8_t *out;
    size_t out_size, out_used;
    uint64_t next, accepted, refused, in_flight, got, last_got;
    double *sent;   /* when, by number, in a ring */
} client;

static struct {
    int port, senders, window, members, rounds, offline, size;
    double seconds, warmup, rate;
    const char *to, *group, *prefix, *counts;
} opt = {.senders = 100, .window = 16, .members = 10000, .rounds = 5, .size = 64, .seconds = 5, .warmup = 1, .group = "crowd", .prefix = ""};

enum { RING = 8192 };
static int epoll, measuring, sending;
static client *clients;
static int client_count;
static double *latencies;
static size_t latency_count, latency_size;
static uint64_t total_accepted, total_refused, total_got, total_acked, measured, misordered, logins;
static uint32_t first_code;
static double last_arrival;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void die(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
}

static uint8_t *varint(uint8_t *p, uint64_t v) {
    for (; v > 0x7f; v >>= 7) *p++ = (uint8_t)v | 0x80;
    *p++ = (uint8_t)v;
    return p;
}

static uint8_t *number(uint8_t *p, int field, uint64_t v) { return varint(varint(p, (uint64_t)field << 3), v); }

static uint8_t *bytes(uint8_t *p, int field, const void *data, size_t size) {
    p = varint(varint(p, (uint64_t)field << 3 | 2), size);
    memcpy(p, data, size);
    return p + size;
}

static const uint8_t *read_varint(const uint8_t *p, const uint8_t *end, uint64_t *v) {
    *v = 0;
    for (int shift = 0; p < end && shift < 64; shift += 7) {
        *v |= (uint64_t)(*p & 0x7f) << shift;
        if (!(*p++ & 0x80)) return p;
    }
    return NULL;
}

typedef struct {
    uint64_t values[32];
    const uint8_t *data[32];
    size_t sizes[32];
} fields;

/* Fields below 32: numbers and where bytes lie. */
static void parse(const uint8_t *p, const uint8_t *end, fields *f) {
    memset(f, 0, sizeof *f);
    while (p && p < end) {
        uint64_t key, v;
        if (!(p = read_varint(p, end, &key))) return;
        unsigned field = (unsigned)(key >> 3) & 31;
        if (!(p = read_varint(p, end, &v))) return;
        if ((key & 7) == 2) {
            if (v > (uint64_t)(end - p)) return;
            f->data[field] = p;
            f->sizes[field] = v;
            p += v;
        } else {
            f->values[field] = v;
        }
    }
}

static void flush_out(client *c) {
    while (c->out_used) {
        ssize_t n = send(c->fd, c->out, c->out_used, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            if (!c->blocked) {
                struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
                epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
                c->blocked = 1;
            }
            return;
        }
        if (n <= 0) die("send");
        memmove(c->out, c->out + n, c->out_used - n);
        c->out_used -= n;
    }
    if (c->blocked) {
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
        c->blocked = 0;
    }
}

static void put(client *c, const uint8_t *body, size_t size) {
    if (c->out_used + size + HEAD > c->out_size) {
        c->out_size = (c->out_used + size + HEAD) * 2;
        c->out = realloc(c->out, c->out_size);
    }
    uint8_t *p = c->out + c->out_used;
    uint32_t length = htonl((uint32_t)size);
    memcpy(p, "\x00\x86\x00\x01", 4);
    memcpy(p + 4, &length, 4);
    memcpy(p + HEAD, body, size);
    c->out_used += size + HEAD;
}

static void put_message(client *c, const char *to, int is_group, double when) {
    static uint8_t inner[1 << 16], body[1 << 16];
    static char content[1 << 15];
    uint64_t id = ++c->next;
    memset(content, '.', (size_t)opt.size);
    snprintf(content, 32, "%llu ", (unsigned long long)id);
    content[strlen(content)] = '.';
    uint8_t *p = number(inner, 1, id);
    p = bytes(p, 2, c->name, strlen(c->name));
    if (!is_group) p = bytes(p, 3, to, strlen(to));
    p = bytes(p, 6, content, (size_t)opt.size);
    if (is_group) p = bytes(p, 16, to, strlen(to));
    uint8_t *q = number(number(body, 1, 5), 2, id);
    q = bytes(q, 6, inner, (size_t)(p - inner));
    put(c, body, (size_t)(q - body));
    c->sent[id % RING] = when;
    c->in_flight++;
}

static void log_in(client *c, const char *uid, const char *device, int capabilities) {
    uint8_t inner[256], body[300];
    uint8_t *p = bytes(inner, 1, uid, strlen(uid));
    p = bytes(p, 2, device, strlen(device));
    p = bytes(p, 3, "t", 1);
    p = number(p, 16, (uint64_t)capabilities);
    uint8_t *q = number(body, 2, 1);
    q = bytes(q, 4, inner, (size_t)(p - inner));
    put(c, body, (size_t)(q - body));
    flush_out(c);
}

static void recipient_of(client *c, char *name) {
    if (opt.to) snprintf(name, 64, "%s", opt.to); else snprintf(name, 64, "%sr%d", opt.prefix, c->index);
}

static void send_one(client *c, double when) {
    char to[64];
    recipient_of(c, to);
    put_message(c, to, 0, when);
}

/* The acknowledgements of one read go together. */
static uint8_t ack_ids[1 << 20];
static size_t ack_size;

static void frame(client *c, const uint8_t *body, size_t size, double t) {
    fields f, g;
    parse(body, body + size, &f);
    switch (f.values[1]) {
    case 1:
        parse(f.data[5], f.data[5] + f.sizes[5], &g);
        if (!g.values[1]) { fprintf(stderr, "load: a login was refused: %.*s\n", (int)g.sizes[3], g.data[3]); exit(2); }
        c->logged_in = 1;
        logins++;
        break;
    case 5:
        parse(f.data[6], f.data[6] + f.sizes[6], &g);
        c->got++;
        total_got++;
        last_arrival = t;
        if (g.values[18] && g.values[18] <= c->last_got) misordered++;
        c->last_got = g.values[18];
        if (c->is_recipient && g.values[17] && ack_size < sizeof ack_ids - 16)
            ack_size = (size_t)(varint(ack_ids + ack_size, g.values[17]) - ack_ids);
        break;
    case 6: {
        parse(f.data[7], f.data[7] + f.sizes[7], &g);
        uint64_t id = f.values[2];
        c->in_flight--;
        if (g.values[1]) { c->accepted++; total_accepted++; } else { c->refused++; total_refused++; if (!first_code) first_code = (uint32_t)g.values[2]; }
        if (measuring) {
            measured++;
            if (latency_count == latency_size) latencies = realloc(latencies, (latency_size = latency_size * 2 + 65536) * sizeof *latencies);
            latencies[latency_count++] = t - c->sent[id % RING];
        }
        if (sending && opt.rate == 0) send_one(c, t);
        break;
    }
    default: break;
    }
}

static void readable(client *c) {
    for (;;) {
        if (c->in_size - c->in_used < 65536) c->in = realloc(c->in, c->in_size = c->in_used + 262144);
        ssize_t n = recv(c->fd, c->in + c->in_used, c->in_size - c->in_used, 0);
        if (n < 0 && errno == EAGAIN) break;
        if (n <= 0) { fprintf(stderr, "load: the node closed the connection of %s\n", c->name); exit(2); }
        c->in_used += (size_t)n;
        if (c->in_used < c->in_size) break;
    }
    double t = now();
    size_t at = 0;
    ack_size = 0;
    while (c->in_used - at >= HEAD) {
        uint32_t length;
        memcpy(&length, c->in + at + 4, 4);
        length = ntohl(length);
        if (c->in_used - at < HEAD + length) break;
        frame(c, c->in + at + HEAD, length, t);
        at += HEAD + length;
    }
    memmove(c->in, c->in + at, c->in_used - at);
    c->in_used -= at;
    if (c->in_used == 0 && c->in_size > 262144) { free(c->in); c->in = NULL; c->in_size = 0; }
    if (ack_size) {
        static uint8_t inner[(1 << 20) + 16], body[(1 << 20) + 32];
        uint8_t *p = bytes(inner, 1, ack_ids, ack_size);
        uint8_t *q = bytes(number(body, 1, 8), 16, inner, (size_t)(p - inner));
        put(c, body, (size_t)(q - body));
        total_acked++;
    }
    flush_out(c);
}

static void turn(double until) {
    struct epoll_event events[512];
    double left = until - now();
    struct timespec wait = {0, left > 0 ? (long)(left * 1e9) % 1000000000 : 0};
    wait.tv_sec = left > 0 ? (time_t)left : 0;
    int n = epoll_pwait2(epoll, events, 512, &wait, NULL);
    for (int i = 0; i < n; i++) {
        client *c = events[i].data.ptr;
        if (events[i].events & EPOLLOUT) flush_out(c);
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(c);
    }
}

static void open_client(client *c) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket");
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address)) die("connect");
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e)) die("epoll_ctl");
}

static void close_client(client *c) {
    close(c->fd);
    c->in_used = c->out_used = 0;
    c->logged_in = c->blocked = 0;
}

static void make(int count) {
    client_count = count;
    clients = calloc((size_t)count, sizeof *clients);
    for (int i = 0; i < count; i++) clients[i].index = i;
}

static void await_logins(uint64_t count) {
    double deadline = now() + 60;
    while (logins < count) {
        if (now() > deadline) { fprintf(stderr, "load: only %llu logins\n", (unsigned long long)logins); exit(2); }
        turn(now() + 0.1);
    }
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(double q) {
    if (!latency_count) return -1;
    size_t at = (size_t)(q * (double)latency_count);
    return latencies[at < latency_count ? at : latency_count - 1] * 1e3;
}

static void sent_message(void) {
    for (int i = 0; i < client_count; i++) if (!clients[i].sent) clients[i].sent = calloc(RING, sizeof(double));
}

static int mode_send(void) {
    int recipients = opt.offline || opt.to ? 0 : opt.senders;
    make(opt.senders + recipients);
    sent_message();
    for (int i = 0; i < client_count; i++) {
        client *c = &clients[i];
        c->is_recipient = i >= opt.senders;
        if (c->is_recipient) c->index = i - opt.senders;
        snprintf(c->name, sizeof c->name, "%s%s%d", opt.prefix, c->is_recipient ? "r" : "s", c->index);
        open_client(c);
        log_in(c, c->name, "d", c->is_recipient ? ACKS : RECEIPTS);
        if (i % 256 == 255) await_logins((uint64_t)i - 200);
    }
    await_logins((uint64_t)client_count);
    sending = 1;
    double begin = now(), from = begin + opt.warmup, to = from + opt.seconds, due = begin;
    uint64_t turn_number = 0;
    if (opt.rate == 0)
        for (int i = 0; i < opt.senders; i++) {
            for (int w = 0; w < opt.window; w++) send_one(&clients[i], now());
            flush_out(&clients[i]);
        }
    double t, ended_at = 0;
    while ((t = now()) < to) {
        if (!measuring && t >= from) measuring = 1;
        if (opt.rate > 0) {
            while (due <= t) {
                client *c = &clients[turn_number++ % (uint64_t)opt.senders];
                if (c->in_flight < RING) { send_one(c, due); flush_out(c); }
                due += 1 / opt.rate;
            }
        }
        turn(opt.rate > 0 ? due : to);
    }
    measuring = 0;
    sending = 0;
    ended_at = t;
    uint64_t counted = measured;
    /* What is under way arrives, and is acknowledged. */
    uint64_t sent = 0;
    for (int i = 0; i < opt.senders; i++) sent += clients[i].next;
    for (double deadline = now() + 30; now() < deadline;) {
        if (total_accepted + total_refused >= sent && (!recipients || total_got >= total_accepted)) break;
        turn(now() + 0.05);
    }
    qsort(latencies, latency_count, sizeof *latencies, by_size);
    printf("{\"accepted_per_s\": %.1f, \"accepted\": %llu, \"refused\": %llu, \"first_code\": %u, \"sent\": %llu, \"delivered\": %llu, "
           "\"misordered\": %llu, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"most_ms\": %.3f}\n",
           (double)counted / (ended_at - from), (unsigned long long)total_accepted, (unsigned long long)total_refused, first_code,
           (unsigned long long)sent, (unsigned long long)total_got, (unsigned long long)misordered, quantile(0.5), quantile(0.99), quantile(1));
    return total_refused || total_accepted != sent || (recipients && total_got != total_accepted) || misordered;
}

static double one_round(client *sender, const char *to, int is_group, uint64_t expected) {
    uint64_t before = total_got;
    double began = now();
    put_message(sender, to, is_group, began);
    flush_out(sender);
    while (total_got - before < expected) {
        if (now() - began > 20) { fprintf(stderr, "load: only %llu of %llu got it\n", (unsigned long long)(total_got - before), (unsigned long long)expected); exit(2); }
        turn(now() + 0.1);
    }
    return last_arrival - began;
}

static void print_rounds(const char *what) {
    qsort(latencies, latency_count, sizeof *latencies, by_size);
    printf("{\"%s_ms\": %.3f, \"least_ms\": %.3f, \"most_ms\": %.3f, \"misordered\": %llu}\n", what, quantile(0.5), quantile(0), quantile(1),
           (unsigned long long)misordered);
}

static void keep(double latency) {
    if (latency_count == latency_size) latencies = realloc(latencies, (latency_size = latency_size * 2 + 1024) * sizeof *latencies);
    latencies[latency_count++] = latency;
}

static void read_counts(uint64_t *counts) {
    counts[0] = counts[1] = 0;
    FILE *file = opt.counts ? fopen(opt.counts, "rb") : NULL;
    if (!file) return;
    if (fread(counts, 8, 2, file) != 2) counts[0] = counts[1] = 0;
    fclose(file);
}

static int mode_fan(void) {
    make(opt.members);
    clients[0].sent = calloc(RING, sizeof(double));
    for (int i = 0; i < opt.members; i++) {
        client *c = &clients[i];
        snprintf(c->name, sizeof c->name, "m%d", i);
        open_client(c);
        log_in(c, c->name, "d", i ? 0 : RECEIPTS);
        if (i % 256 == 255) await_logins((uint64_t)i - 200);
    }
    await_logins((uint64_t)opt.members);
    one_round(&clients[0], opt.group, 1, (uint64_t)opt.members - 1);
    uint64_t before[2], after[2], all[2] = {0, 0};
    for (int r = 0; r < opt.rounds; r++) {
        double rest = now() + 1;
        while (now() < rest) turn(rest);
        read_counts(before);
        keep(one_round(&clients[0], opt.group, 1, (uint64_t)opt.members - 1));
        read_counts(after);
        for (int i = 0; i < 2; i++) all[i] += after[i] - before[i];
    }
    if (opt.counts) {
        printf("{\"allocations\": %.1f, \"bytes\": %.1f}\n", (double)all[0] / opt.rounds, (double)all[1] / opt.rounds);
        return misordered != 0;
    }
    print_rounds("fan");
    return misordered != 0;
}

static int mode_devices(void) {
    make(opt.members + 1);
    sent_message();
    for (int again = 0; again < 2; again++) {
        uint64_t before = logins, got = total_got;
        for (int i = 0; i <= opt.members; i++) {
            client *c = &clients[i];
            char device[32];
            snprintf(device, sizeof device, "d%d", i);
            snprintf(c->name, sizeof c->name, "%s", i ? "everywhere" : "writer");
            c->is_recipient = i > 0;
            open_client(c);
            log_in(c, c->name, device, i ? ACKS : RECEIPTS);
        }
        await_logins(before + (uint64_t)opt.members + 1);
        double rest = now() + 1;
        while (now() < rest) turn(rest);
        if (total_got != got && again) { fprintf(stderr, "load: %llu messages came again\n", (unsigned long long)(total_got - got)); return 1; }
        if (again) break;
        for (int r = 0; r < opt.rounds; r++) keep(one_round(&clients[0], "everywhere", 0, (uint64_t)opt.members));
        rest = now() + 1;
        while (now() < rest) turn(rest);
        for (int i = 0; i <= opt.members; i++) close_client(&clients[i]);
        usleep(500000);
    }
    print_rounds("devices");
    return misordered != 0;
}

int main(int count, char **words) {
    const char *mode = "";
    for (int i = 1; i < count; i++) {
        const char *w = words[i], *v = i + 1 < count ? words[i + 1] : "";
        int used = 1;
        if (!strcmp(w, "--port")) opt.port = atoi(v);
        else if (!strcmp(w, "--senders")) opt.senders = atoi(v);
        else if (!strcmp(w, "--window")) opt.window = atoi(v);
        else if (!strcmp(w, "--seconds")) opt.seconds = atof(v);
        else if (!strcmp(w, "--warmup")) opt.warmup = atof(v);
        else if (!strcmp(w, "--rate")) opt.rate = atof(v);
        else if (!strcmp(w, "--size")) opt.size = atoi(v);
        else if (!strcmp(w, "--members")) opt.members = atoi(v);
        else if (!strcmp(w, "--rounds")) opt.rounds = atoi(v);
        else if (!strcmp(w, "--to")) opt.to = v;
        else if (!strcmp(w, "--group")) opt.group = v;
        else if (!strcmp(w, "--prefix")) opt.prefix = v;
        else if (!strcmp(w, "--counts")) opt.counts = v;
        else {
            used = 0;
            if (!strcmp(w, "--offline")) opt.offline = 1; else mode = w;
        }
        i += used;
    }
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (opt.size < 32) opt.size = 32;
    if (opt.size > 30000) opt.size = 30000;
    if (!strcmp(mode, "send")) return mode_send();
    if (!strcmp(mode, "fan")) return mode_fan();
    if (!strcmp(mode, "devices")) return mode_devices();
    fprintf(stderr, "load: send, fan or devices\n");
    return 2;
}
