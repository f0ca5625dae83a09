#define _GNU_SOURCE
#include "creactor.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>

static int ends[2] = {-1, -1};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int failure;

static void open_pipe(void) {
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) failure = -errno;
}

static void caught(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    /* A full pipe means that thousands of signals wait already: one less tells nothing new. */
    ssize_t ignored = write(ends[1], &byte, 1);
    (void)ignored;
    errno = saved;
}

void creactor_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

int creactor_signal_pipe(void) {
    pthread_once(&once, open_pipe);
    return failure < 0 ? failure : ends[0];
}

int creactor_signal_catch(int number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = caught;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL) < 0 ? -errno : 0;
}

int creactor_signal_release(int number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    return sigaction(number, &action, NULL) < 0 ? -errno : 0;
}

int creactor_signal_next(int pipe) {
    unsigned char byte = 0;
    return read(pipe, &byte, 1) == 1 ? byte : 0;
}
