/* Pipelined reads of one node with ZooKeeper's C client (libzookeeper-mt): keeps WINDOW reads in flight for SECONDS.
 *
 *   reads HOST:PORT PATH WINDOW SECONDS
 *
 * Prints one line of JSON: reads, seconds, cpu (user and system seconds of this process). */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <zookeeper/zookeeper.h>

static zhandle_t *handle;
static const char *path;
static atomic_long reads;
static atomic_int stopping, failed, in_flight;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void got(int result, const char *value, int length, const struct Stat *stat, const void *data) {
    (void)value, (void)length, (void)stat, (void)data;
    if (result != ZOK) {
        atomic_store(&failed, 1);
    } else {
        atomic_fetch_add_explicit(&reads, 1, memory_order_relaxed);
    }
    if (atomic_load(&stopping) || atomic_load(&failed) || zoo_aget(handle, path, 0, got, NULL) != ZOK)
        atomic_fetch_sub(&in_flight, 1);
}

int main(int count, char **arguments) {
    if (count != 5) {
        fprintf(stderr, "usage: reads HOST:PORT PATH WINDOW SECONDS\n");
        return 2;
    }
    path = arguments[2];
    int window = atoi(arguments[3]);
    double seconds = atof(arguments[4]);
    zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
    handle = zookeeper_init(arguments[1], NULL, 10000, NULL, NULL, 0);
    if (!handle) return 1;
    for (int tries = 0; zoo_state(handle) != ZOO_CONNECTED_STATE; tries++) {
        if (tries > 1000) return 1;
        usleep(10000);
    }
    double used = cpu(), started = now();
    atomic_store(&in_flight, window);
    for (int index = 0; index < window; index++)
        if (zoo_aget(handle, path, 0, got, NULL) != ZOK) return 1;
    while (now() - started < seconds && !atomic_load(&failed)) usleep(10000);
    long total = atomic_load(&reads);
    double passed = now() - started;
    used = cpu() - used;
    atomic_store(&stopping, 1);
    while (atomic_load(&in_flight) > 0) usleep(1000);
    if (atomic_load(&failed)) return 1;
    printf("{\"reads\": %ld, \"seconds\": %.3f, \"cpu\": %.3f}\n", total, passed, used);
    zookeeper_close(handle);
    return 0;
}
