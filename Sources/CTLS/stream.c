#include "ctls.h"
#include "transport.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static _Thread_local enum ctls_failure failure_kind;
static _Thread_local char failure_text[160];

/* ---- life ---- */

static int is_address(const char *host) {
    unsigned char bytes[16];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static int expect_host(SSL *stream, const char *host) {
    if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(stream), host);
    return SSL_set1_host(stream, host) && SSL_set_tlsext_host_name(stream, host);
}

ctls_stream *ctls_stream_new(ctls_context *context, int server, const char *host) {
    SSL *stream = SSL_new(context);
    BIO *bio = stream == NULL ? NULL : transport_bio();
    if (bio == NULL) {
        SSL_free(stream);
        ERR_clear_error();
        return NULL;
    }
    SSL_set_bio(stream, bio, bio);
    if (server) {
        SSL_set_accept_state(stream);
    } else {
        SSL_set_connect_state(stream);
    }
    if (host != NULL && !expect_host(stream, host)) {
        SSL_free(stream);
        stream = NULL;
    }
    ERR_clear_error();
    return stream;
}

void ctls_stream_free(ctls_stream *stream) { SSL_free(stream); }

int ctls_is_open(const ctls_stream *stream) { return SSL_is_init_finished(stream); }

const char *ctls_version(const ctls_stream *stream) { return SSL_get_version(stream); }

/* ---- failures ---- */

enum ctls_failure ctls_failure_kind(void) { return failure_kind; }
const char *ctls_failure_text(void) { return failure_text; }

static enum ctls_failure kind_of(int reason) {
    switch (reason) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_UNEXPECTED_MESSAGE:
    case SSL_R_UNEXPECTED_RECORD:
    case SSL_R_LENGTH_MISMATCH:
    case SSL_R_LENGTH_TOO_SHORT:
    case SSL_R_BAD_LENGTH:
    case SSL_R_BAD_PACKET:
    case SSL_R_RECORD_LENGTH_MISMATCH:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_ENCRYPTED_LENGTH_TOO_LONG:
    case SSL_R_EXCESSIVE_MESSAGE_SIZE: return CTLS_FAILURE_NOT_TLS;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_INAPPROPRIATE_FALLBACK: return CTLS_FAILURE_VERSION;
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_CIPHERS_AVAILABLE:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_GROUPS:
    case SSL_R_BAD_KEY_SHARE: return CTLS_FAILURE_CIPHER;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    case SSL_R_CERTIFICATE_VERIFY_FAILED: return CTLS_FAILURE_CERTIFICATE;
    default: return reason >= SSL_AD_REASON_OFFSET ? CTLS_FAILURE_ALERT : CTLS_FAILURE_OTHER;
    }
}

static enum ctls_status fail(const SSL *stream) {
    unsigned long error = ERR_peek_error();
    int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
    failure_kind = kind_of(reason);
    const char *text = error == 0 ? NULL : ERR_reason_error_string(error);
    long verified = SSL_get_verify_result(stream);
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && verified != X509_V_OK) text = X509_verify_cert_error_string(verified);
    snprintf(failure_text, sizeof failure_text, "%s", text == NULL ? "TLS failed" : text);
    ERR_clear_error();
    return CTLS_FAILED;
}

/* ---- bytes ---- */

enum ctls_status ctls_begin(ctls_stream *stream) {
    ERR_clear_error();
    transport_offer(NULL, 0);
    int result = SSL_do_handshake(stream);
    if (result == 1 || SSL_get_error(stream, result) == SSL_ERROR_WANT_READ) return CTLS_GOING;
    return fail(stream);
}

enum ctls_status ctls_receive(
    ctls_stream *stream, const void *bytes, size_t count, void *plain, size_t room, size_t *plain_count) {
    enum ctls_status status = CTLS_GOING;
    size_t total = 0;
    ERR_clear_error();
    transport_offer(bytes, count);
    for (;;) {
        size_t got = 0;
        int result = SSL_read_ex(stream, (unsigned char *)plain + total, room - total, &got);
        total += got;
        if (result == 1) {
            if (total < room) continue;
            /* More than was sent cannot come out: the caller's room is too small. */
            failure_kind = CTLS_FAILURE_OTHER;
            snprintf(failure_text, sizeof failure_text, "no room");
            status = CTLS_FAILED;
            break;
        }
        int error = SSL_get_error(stream, result);
        if (error == SSL_ERROR_WANT_READ) break;
        status = error == SSL_ERROR_ZERO_RETURN ? CTLS_ENDED : fail(stream);
        break;
    }
    transport_offer(NULL, 0);
    *plain_count = total;
    return status;
}

int ctls_send(ctls_stream *stream, const void *plain, size_t count) {
    size_t written = 0;
    ERR_clear_error();
    transport_offer(NULL, 0);
    if (SSL_write_ex(stream, plain, count, &written) == 1 && written == count) return 0;
    fail(stream);
    return -1;
}

void ctls_end(ctls_stream *stream) {
    ERR_clear_error();
    transport_offer(NULL, 0);
    if (SSL_is_init_finished(stream)) SSL_shutdown(stream);
    ERR_clear_error();
}
