/* What the parts of the load generator share. One thread. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { RECEIPTS = 1, ACKS = 2, HEAD = 8, RING = 8192 };

/* main.c */
extern struct options {
    int port, senders, window, members, rounds, offline, size;
    double seconds, warmup, rate;
    const char *to, *group, *prefix, *counts;
} opt;

double now(void);
void die(const char *what);

/* wire.c: protocol buffers */
typedef struct {
    uint64_t values[32];
    const uint8_t *data[32];
    size_t sizes[32];
} fields;

uint8_t *varint(uint8_t *p, uint64_t v);
uint8_t *number(uint8_t *p, int field, uint64_t v);
uint8_t *bytes(uint8_t *p, int field, const void *data, size_t size);
void parse(const uint8_t *p, const uint8_t *end, fields *f);

/* connection.c: clients and their sockets */
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

extern client *clients;
extern int client_count;

void start_connections(void);
void make(int count);
void open_client(client *c);
void close_client(client *c);
void put(client *c, const uint8_t *body, size_t size);
void flush_out(client *c);
void turn(double until);

/* messages.c: what clients say and hear */
extern struct totals {
    uint64_t accepted, refused, got, measured, misordered, logins;
    uint32_t first_code;
    double last_arrival;
} total;
extern int measuring, sending;

void remember_times(client *c);
void put_message(client *c, const char *to, int is_group, double when);
void send_one(client *c, double when);
void log_in(client *c, const char *uid, const char *device, int capabilities);
void await_logins(uint64_t count);
void heard(client *c, const uint8_t *body, size_t size, double t);
void acknowledge(client *c);

/* latencies.c: seconds, kept and told in milliseconds */
void keep(double latency);
void sort_latencies(void);
double quantile(double q);

/* send.c, rounds.c: the exit status */
int mode_send(void);
int mode_fan(void);
int mode_devices(void);
