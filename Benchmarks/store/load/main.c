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
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct options opt = {.senders = 100, .window = 16, .members = 10000, .rounds = 5, .size = 64, .seconds = 5, .warmup = 1, .group = "crowd", .prefix = ""};

double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

void die(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
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
    start_connections();
    if (opt.size < 32) opt.size = 32;
    if (opt.size > 30000) opt.size = 30000;
    if (!strcmp(mode, "send")) return mode_send();
    if (!strcmp(mode, "fan")) return mode_fan();
    if (!strcmp(mode, "devices")) return mode_devices();
    fprintf(stderr, "load: send, fan or devices\n");
    return 2;
}
