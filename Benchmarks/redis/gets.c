/* GETs pipelined by hiredis: gets HOST PORT WINDOW SECONDS. Prints answers a second, CPU microseconds an answer and the answers' size.
 * As its documentation does it: WINDOW commands are appended, then their answers are taken, and so on; by the faster of its two ways of
 * appending, without a format. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    redisContext *context = redisConnect(arguments[1], atoi(arguments[2]));
    if (context == NULL || context->err) return 1;
    static char keys[1000][16];
    for (int index = 0; index < 1000; index++) snprintf(keys[index], sizeof keys[index], "key:%d", index);
    int window = atoi(arguments[3]);
    double begin = now(), end = begin + atof(arguments[4]), used = cpu();
    long answers = 0, bytes = 0, number = 0;
    while (now() < end) {
        for (int index = 0; index < window; index++) {
            const char *key = keys[number++ % 1000];
            const char *parts[] = {"GET", key};
            const size_t lengths[] = {3, strlen(key)};
            redisAppendCommandArgv(context, 2, parts, lengths);
        }
        for (int index = 0; index < window; index++) {
            redisReply *reply;
            if (redisGetReply(context, (void **)&reply) != REDIS_OK || reply->type != REDIS_REPLY_STRING) return 1;
            bytes += reply->len;
            answers++;
            freeReplyObject(reply);
        }
    }
    double took = now() - begin;
    printf("%.0f %.3f %ld\n", answers / took, (cpu() - used) / answers * 1e6, bytes / answers);
    redisFree(context);
    return 0;
}
