#include "load.h"

#include <stdio.h>

int mode_send(void) {
    int recipients = opt.offline || opt.to ? 0 : opt.senders;
    make(opt.senders + recipients);
    for (int i = 0; i < client_count; i++) remember_times(&clients[i]);
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
    uint64_t counted = total.measured;
    /* What is under way arrives, and is acknowledged. */
    uint64_t sent = 0;
    for (int i = 0; i < opt.senders; i++) sent += clients[i].next;
    for (double deadline = now() + 30; now() < deadline;) {
        if (total.accepted + total.refused >= sent && (!recipients || total.got >= total.accepted)) break;
        turn(now() + 0.05);
    }
    sort_latencies();
    printf("{\"accepted_per_s\": %.1f, \"accepted\": %llu, \"refused\": %llu, \"first_code\": %u, \"sent\": %llu, \"delivered\": %llu, "
           "\"misordered\": %llu, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"most_ms\": %.3f}\n",
           (double)counted / (ended_at - from), (unsigned long long)total.accepted, (unsigned long long)total.refused, total.first_code,
           (unsigned long long)sent, (unsigned long long)total.got, (unsigned long long)total.misordered, quantile(0.5), quantile(0.99), quantile(1));
    return total.refused || total.accepted != sent || (recipients && total.got != total.accepted) || total.misordered;
}
