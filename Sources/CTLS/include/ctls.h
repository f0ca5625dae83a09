/*
 * TLS by OpenSSL 3, as far as HPush needs it: contexts made of PEM bytes, and streams that turn bytes of the wire into
 * plain ones and back. Streams do no input and output of their own: what came is handed in, and what is to go out is
 * gathered in one buffer of the calling thread (`ctls_output`). So a turn of an event loop costs one receive and one
 * send whatever the number of records, and an idle connection has no buffers.
 *
 * Threads: a context is made by one thread and then shared; a stream belongs to one thread at a time. No function
 * leaves anything in OpenSSL's error queue.
 */
#ifndef CTLS_H
#define CTLS_H

#include <stddef.h>
#include <stdint.h>

typedef struct ssl_ctx_st ctls_context;
typedef struct ssl_st ctls_stream;

/* ---- files ---- */

/* What is wrong with PEM bytes; 0: nothing. */
enum ctls_problem {
    CTLS_FINE = 0,
    CTLS_NOT_PEM,      /* no certificate or key in it */
    CTLS_DAMAGED,      /* PEM, but not a certificate or a key inside */
    CTLS_ENCRYPTED,    /* a key behind a pass phrase */
    CTLS_MISMATCH,     /* a key of another certificate */
    CTLS_REFUSED,      /* OpenSSL does not take it: too short a key, a weak digest */
    CTLS_NO_MEMORY
};

/* The validity of the first certificate, in seconds since 1970. */
enum ctls_problem ctls_certificate_times(const void *pem, size_t count, int64_t *not_before, int64_t *not_after);

/* ---- contexts ---- */

/*
 * For servers (`server` != 0) or clients. TLS 1.2 or, with `only_13` != 0, 1.3 at least; forward-secret ciphers with
 * authentication only; no renegotiation, no compression. NULL without memory. A client's verifies nothing before
 * `ctls_context_trust`.
 */
ctls_context *ctls_context_new(int server, int only_13);
void ctls_context_free(ctls_context *context);

/* The certificate with its chain, and its key. On CTLS_REFUSED `reason` says why, for people. */
enum ctls_problem ctls_context_use(
    ctls_context *context, const void *chain, size_t chain_count, const void *key, size_t key_count, char *reason, size_t room);

/* The other side must have a certificate signed by one of these. */
enum ctls_problem ctls_context_trust(ctls_context *context, const void *pem, size_t count);

/* The same with the authorities that the system trusts. 0 or -1. */
int ctls_context_trust_system(ctls_context *context);

/* ---- streams ---- */

enum ctls_status {
    CTLS_GOING = 0,
    CTLS_ENDED, /* the other side has said that it sends no more */
    CTLS_FAILED /* over; an alert for the other side may wait in the output */
};

/* Why a stream failed, by kinds few enough for a metric. */
enum ctls_failure {
    CTLS_FAILURE_OTHER = 0,
    CTLS_FAILURE_NOT_TLS,     /* the bytes are no TLS */
    CTLS_FAILURE_VERSION,     /* no version in common */
    CTLS_FAILURE_CIPHER,      /* no cipher, group or signature in common */
    CTLS_FAILURE_CERTIFICATE, /* the other side's certificate is missing or not trusted */
    CTLS_FAILURE_ALERT        /* the other side refused */
};

/* NULL without memory. `host` (clients; may be NULL): the name or address that the certificate must be of. */
ctls_stream *ctls_stream_new(ctls_context *context, int server, const char *host);
void ctls_stream_free(ctls_stream *stream);

/* A client's first message. */
enum ctls_status ctls_begin(ctls_stream *stream);

/*
 * Takes all `count` bytes of the wire; *plain_count bytes of what they meant are put into `plain`, also when the status is
 * not CTLS_GOING. `room` must have CTLS_SLACK more bytes than `count`: a record that was begun earlier may end now.
 */
enum ctls_status ctls_receive(
    ctls_stream *stream, const void *bytes, size_t count, void *plain, size_t room, size_t *plain_count);

static const size_t CTLS_SLACK = 17 << 10;

/* Makes records of plain bytes, all of them. 0 or -1. */
int ctls_send(ctls_stream *stream, const void *plain, size_t count);

/* Says that no more is sent. */
void ctls_end(ctls_stream *stream);

/* Whether the handshake is over. */
int ctls_is_open(const ctls_stream *stream);

/* Of the call that gave CTLS_FAILED, until the next call on this thread: its kind, and why for people. */
enum ctls_failure ctls_failure_kind(void);
const char *ctls_failure_text(void);

/* "TLSv1.3"; static storage. */
const char *ctls_version(const ctls_stream *stream);

/* ---- output ---- */

/* What streams of this thread want sent since `ctls_output_clear`. Valid until the next call on this thread. */
const void *ctls_output(size_t *count);
void ctls_output_clear(void);

#endif
