#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct totals total;
int measuring, sending;

void remember_times(client *c) { if (!c->sent) c->sent = calloc(RING, sizeof(double)); }

void put_message(client *c, const char *to, int is_group, double when) {
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

void log_in(client *c, const char *uid, const char *device, int capabilities) {
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

void await_logins(uint64_t count) {
    double deadline = now() + 60;
    while (total.logins < count) {
        if (now() > deadline) { fprintf(stderr, "load: only %llu logins\n", (unsigned long long)total.logins); exit(2); }
        turn(now() + 0.1);
    }
}

static void recipient_of(client *c, char *name) {
    if (opt.to) snprintf(name, 64, "%s", opt.to); else snprintf(name, 64, "%sr%d", opt.prefix, c->index);
}

void send_one(client *c, double when) {
    char to[64];
    recipient_of(c, to);
    put_message(c, to, 0, when);
}

/* The acknowledgements of one read go together. */
static uint8_t ack_ids[1 << 20];
static size_t ack_size;

void heard(client *c, const uint8_t *body, size_t size, double t) {
    fields f, g;
    parse(body, body + size, &f);
    switch (f.values[1]) {
    case 1:
        parse(f.data[5], f.data[5] + f.sizes[5], &g);
        if (!g.values[1]) { fprintf(stderr, "load: a login was refused: %.*s\n", (int)g.sizes[3], g.data[3]); exit(2); }
        c->logged_in = 1;
        total.logins++;
        break;
    case 5:
        parse(f.data[6], f.data[6] + f.sizes[6], &g);
        c->got++;
        total.got++;
        total.last_arrival = t;
        if (g.values[18] && g.values[18] <= c->last_got) total.misordered++;
        c->last_got = g.values[18];
        if (c->is_recipient && g.values[17] && ack_size < sizeof ack_ids - 16)
            ack_size = (size_t)(varint(ack_ids + ack_size, g.values[17]) - ack_ids);
        break;
    case 6: {
        parse(f.data[7], f.data[7] + f.sizes[7], &g);
        uint64_t id = f.values[2];
        c->in_flight--;
        if (g.values[1]) { c->accepted++; total.accepted++; } else { c->refused++; total.refused++; if (!total.first_code) total.first_code = (uint32_t)g.values[2]; }
        if (measuring) {
            total.measured++;
            keep(t - c->sent[id % RING]);
        }
        if (sending && opt.rate == 0) send_one(c, t);
        break;
    }
    default: break;
    }
}

void acknowledge(client *c) {
    static uint8_t inner[(1 << 20) + 16], body[(1 << 20) + 32];
    if (!ack_size) return;
    uint8_t *p = bytes(inner, 1, ack_ids, ack_size);
    uint8_t *q = bytes(number(body, 1, 8), 16, inner, (size_t)(p - inner));
    put(c, body, (size_t)(q - body));
    ack_size = 0;
}
