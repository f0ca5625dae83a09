#include "transport.h"
#include "ctls.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct room {
    unsigned char *bytes;
    size_t count;
    size_t capacity;
};

/* A handshake with a long chain may need more for a moment; it is not kept. */
static const size_t kept_capacity = 96 << 10;

static _Thread_local struct room *own_room;
static _Thread_local const unsigned char *input;
static _Thread_local size_t input_count;

static pthread_key_t room_key;
static BIO_METHOD *method;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- the thread's room for output; freed with the thread ---- */

static void free_room(void *pointer) {
    struct room *room = pointer;
    free(room->bytes);
    free(room);
}

static struct room *room_of_thread(void) {
    if (own_room != NULL) return own_room;
    struct room *room = calloc(1, sizeof *room);
    if (room == NULL) return NULL;
    if (pthread_setspecific(room_key, room) != 0) {
        free(room);
        return NULL;
    }
    own_room = room;
    return room;
}

static int append(const void *bytes, size_t count) {
    struct room *room = room_of_thread();
    if (room == NULL) return -1;
    if (room->capacity - room->count < count) {
        size_t capacity = room->capacity == 0 ? kept_capacity : room->capacity * 2;
        while (capacity - room->count < count) capacity *= 2;
        unsigned char *larger = realloc(room->bytes, capacity);
        if (larger == NULL) return -1;
        room->bytes = larger;
        room->capacity = capacity;
    }
    memcpy(room->bytes + room->count, bytes, count);
    room->count += count;
    return 0;
}

const void *ctls_output(size_t *count) {
    *count = own_room == NULL ? 0 : own_room->count;
    return own_room == NULL ? NULL : own_room->bytes;
}

void ctls_output_clear(void) {
    if (own_room == NULL) return;
    own_room->count = 0;
    if (own_room->capacity > kept_capacity) {
        free(own_room->bytes);
        own_room->bytes = NULL;
        own_room->capacity = 0;
    }
}

void transport_offer(const void *bytes, size_t count) {
    input = bytes;
    input_count = count;
}

size_t transport_rest(void) { return input_count; }

/* ---- the BIO ---- */

static int write_bytes(BIO *bio, const char *bytes, size_t count, size_t *written) {
    BIO_clear_retry_flags(bio);
    if (append(bytes, count) < 0) return -1;
    *written = count;
    return 1;
}

static int read_bytes(BIO *bio, char *bytes, size_t count, size_t *read) {
    BIO_clear_retry_flags(bio);
    if (input_count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    if (count > input_count) count = input_count;
    memcpy(bytes, input, count);
    input += count;
    input_count -= count;
    *read = count;
    return 1;
}

static long control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

static void begin(void) {
    if (pthread_key_create(&room_key, free_room) != 0) return;
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "hpush");
    if (made == NULL) return;
    BIO_meth_set_write_ex(made, write_bytes);
    BIO_meth_set_read_ex(made, read_bytes);
    BIO_meth_set_ctrl(made, control);
    BIO_meth_set_create(made, create);
    method = made;
}

BIO *transport_bio(void) {
    pthread_once(&once, begin);
    return method == NULL ? NULL : BIO_new(method);
}
