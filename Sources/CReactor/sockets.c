#define _GNU_SOURCE
#include "creactor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

static const int yes = 1;

static int resolve(const char *host, uint16_t port, struct addrinfo **list, int *resolve_error) {
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    struct addrinfo hints;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | AI_PASSIVE;
    int code = getaddrinfo(host == NULL || *host == 0 ? NULL : host, service, &hints, list);
    *resolve_error = code;
    return code == 0 ? 0 : -EADDRNOTAVAIL;
}

static int listen_at(const struct addrinfo *address, int backlog, int reuse_port) {
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    if (fd < 0) return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (reuse_port) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, backlog) == 0) return fd;
    int error = errno;
    close(fd);
    return -error;
}

int creactor_listen(const char *host, uint16_t port, int backlog, int reuse_port, int *resolve_error) {
    struct addrinfo *list = NULL;
    int result = resolve(host, port, &list, resolve_error);
    if (result < 0) return result;
    for (struct addrinfo *address = list; address != NULL; address = address->ai_next) {
        result = listen_at(address, backlog, reuse_port);
        if (result >= 0) break;
    }
    freeaddrinfo(list);
    return result;
}

int creactor_resolve(const char *host, uint16_t port, int numeric, struct creactor_address *addresses, int room, int *resolve_error) {
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    struct addrinfo hints, *list = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | (numeric ? AI_NUMERICHOST : AI_ADDRCONFIG);
    *resolve_error = getaddrinfo(host, service, &hints, &list);
    if (*resolve_error != 0) return -EADDRNOTAVAIL;
    int count = 0;
    for (const struct addrinfo *found = list; found != NULL && count < room; found = found->ai_next) {
        if (found->ai_addrlen > sizeof addresses->bytes) continue;
        addresses[count].length = found->ai_addrlen;
        addresses[count].family = found->ai_family;
        memcpy(addresses[count].bytes, found->ai_addr, found->ai_addrlen);
        count++;
    }
    freeaddrinfo(list);
    return count;
}

int creactor_connect(const struct creactor_address *address) {
    int fd = socket(address->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    int result;
    do result = connect(fd, (const struct sockaddr *)address->bytes, address->length); while (result < 0 && errno == EINTR);
    if (result == 0 || errno == EINPROGRESS) return fd;
    int error = errno;
    close(fd);
    return -error;
}

int creactor_connect_result(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
    return -error;
}

int creactor_accept(int fd) {
    int accepted;
    do accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); while (accepted < 0 && errno == EINTR);
    if (accepted < 0) return -errno;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return accepted;
}

int creactor_prepare(int fd) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return 0;
}

static int port_of(const struct sockaddr_storage *address) {
    if (address->ss_family == AF_INET) return ntohs(((const struct sockaddr_in *)address)->sin_port);
    if (address->ss_family == AF_INET6) return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    return -EAFNOSUPPORT;
}

int creactor_local_port(int fd) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) return -errno;
    return port_of(&address);
}

int creactor_remote_address(int fd, char *text, size_t room) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getpeername(fd, (struct sockaddr *)&address, &length) < 0) return -errno;
    int port = port_of(&address);
    if (port < 0) return port;
    const void *bytes = &((struct sockaddr_in *)&address)->sin_addr;
    int family = address.ss_family;
    if (family == AF_INET6) {
        const struct in6_addr *six = &((struct sockaddr_in6 *)&address)->sin6_addr;
        bytes = six;
        /* An IPv4 peer of a dual-stack listener reads as what it is. */
        if (IN6_IS_ADDR_V4MAPPED(six)) {
            bytes = six->s6_addr + 12;
            family = AF_INET;
        }
    }
    return inet_ntop(family, bytes, text, (socklen_t)room) == NULL ? -errno : port;
}

const char *creactor_resolve_message(int code) { return gai_strerror(code); }

int creactor_close(int fd) { return close(fd) < 0 ? -errno : 0; }

int creactor_shutdown_write(int fd) { return shutdown(fd, SHUT_WR) < 0 ? -errno : 0; }

ssize_t creactor_send_many(int fd, const struct creactor_chunk *head) {
    struct iovec pieces[16];
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = pieces;
    for (const struct creactor_chunk *chunk = head; chunk != NULL && message.msg_iovlen < 16; chunk = chunk->next) {
        pieces[message.msg_iovlen].iov_base = (void *)(chunk->bytes + chunk->start);
        pieces[message.msg_iovlen].iov_len = chunk->end - chunk->start;
        message.msg_iovlen++;
    }
    ssize_t count;
    do count = sendmsg(fd, &message, MSG_NOSIGNAL); while (count < 0 && errno == EINTR);
    return count < 0 ? -errno : count;
}
