#define _DEFAULT_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static double one_round(client *sender, const char *to, int is_group, uint64_t expected) {
    uint64_t before = total.got;
    double began = now();
    put_message(sender, to, is_group, began);
    flush_out(sender);
    while (total.got - before < expected) {
        if (now() - began > 20) { fprintf(stderr, "load: only %llu of %llu got it\n", (unsigned long long)(total.got - before), (unsigned long long)expected); exit(2); }
        turn(now() + 0.1);
    }
    return total.last_arrival - began;
}

static void print_rounds(const char *what) {
    sort_latencies();
    printf("{\"%s_ms\": %.3f, \"least_ms\": %.3f, \"most_ms\": %.3f, \"misordered\": %llu}\n", what, quantile(0.5), quantile(0), quantile(1),
           (unsigned long long)total.misordered);
}

static void read_counts(uint64_t *counts) {
    counts[0] = counts[1] = 0;
    FILE *file = opt.counts ? fopen(opt.counts, "rb") : NULL;
    if (!file) return;
    if (fread(counts, 8, 2, file) != 2) counts[0] = counts[1] = 0;
    fclose(file);
}

int mode_fan(void) {
    make(opt.members);
    remember_times(&clients[0]);
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
        return total.misordered != 0;
    }
    print_rounds("fan");
    return total.misordered != 0;
}

int mode_devices(void) {
    make(opt.members + 1);
    for (int i = 0; i < client_count; i++) remember_times(&clients[i]);
    for (int again = 0; again < 2; again++) {
        uint64_t before = total.logins, got = total.got;
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
        if (total.got != got && again) { fprintf(stderr, "load: %llu messages came again\n", (unsigned long long)(total.got - got)); return 1; }
        if (again) break;
        for (int r = 0; r < opt.rounds; r++) keep(one_round(&clients[0], "everywhere", 0, (uint64_t)opt.members));
        rest = now() + 1;
        while (now() < rest) turn(rest);
        for (int i = 0; i <= opt.members; i++) close_client(&clients[i]);
        usleep(500000);
    }
    print_rounds("devices");
    return total.misordered != 0;
}
