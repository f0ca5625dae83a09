#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

client *clients;
int client_count;
static int poller;

void start_connections(void) { poller = epoll_create1(EPOLL_CLOEXEC); }

void flush_out(client *c) {
    while (c->out_used) {
        ssize_t n = send(c->fd, c->out, c->out_used, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            if (!c->blocked) {
                struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
                epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e);
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
        epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e);
        c->blocked = 0;
    }
}

void put(client *c, const uint8_t *body, size_t size) {
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
    while (c->in_used - at >= HEAD) {
        uint32_t length;
        memcpy(&length, c->in + at + 4, 4);
        length = ntohl(length);
        if (c->in_used - at < HEAD + length) break;
        heard(c, c->in + at + HEAD, length, t);
        at += HEAD + length;
    }
    memmove(c->in, c->in + at, c->in_used - at);
    c->in_used -= at;
    if (c->in_used == 0 && c->in_size > 262144) { free(c->in); c->in = NULL; c->in_size = 0; }
    acknowledge(c);
    flush_out(c);
}

void turn(double until) {
    struct epoll_event events[512];
    double left = until - now();
    struct timespec wait = {0, left > 0 ? (long)(left * 1e9) % 1000000000 : 0};
    wait.tv_sec = left > 0 ? (time_t)left : 0;
    int n = epoll_pwait2(poller, events, 512, &wait, NULL);
    for (int i = 0; i < n; i++) {
        client *c = events[i].data.ptr;
        if (events[i].events & EPOLLOUT) flush_out(c);
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(c);
    }
}

void open_client(client *c) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket");
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address)) die("connect");
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &e)) die("epoll_ctl");
}

void close_client(client *c) {
    close(c->fd);
    c->in_used = c->out_used = 0;
    c->logged_in = c->blocked = 0;
}

void make(int count) {
    client_count = count;
    clients = calloc((size_t)count, sizeof *clients);
    for (int i = 0; i < count; i++) clients[i].index = i;
}
