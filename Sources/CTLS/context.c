#define _GNU_SOURCE
#include "ctls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>

/* Forward-secret key exchange, authenticated encryption. TLS 1.3 has no others. */
static const char ciphers_12[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
static const char ciphers_13[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
static const unsigned char session_context[] = "hpush";

ctls_context *ctls_context_new(int server, int only_13) {
    SSL_CTX *context = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    if (context == NULL) goto failed;
    SSL_CTX_set_options(
        context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    /* Tickets only: they cost no memory here. One is enough for one connection at a time. */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    /* An idle connection is to have no buffers. */
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    if (!SSL_CTX_set_min_proto_version(context, only_13 ? TLS1_3_VERSION : TLS1_2_VERSION)) goto failed;
    if (!SSL_CTX_set_cipher_list(context, ciphers_12) || !SSL_CTX_set_ciphersuites(context, ciphers_13)) goto failed;
    if (server && !SSL_CTX_set_session_id_context(context, session_context, sizeof session_context - 1)) goto failed;
    ERR_clear_error();
    return context;
failed:
    SSL_CTX_free(context);
    ERR_clear_error();
    return NULL;
}

void ctls_context_free(ctls_context *context) { SSL_CTX_free(context); }

/* ---- PEM ---- */

static int no_pass_phrase(char *text, int room, int writes, void *asked) {
    (void)text, (void)room, (void)writes;
    *(int *)asked = 1;
    return -1;
}

/* Whether reading ended since there is no further object, not since one is damaged. */
static int is_end_of_pem(void) {
    unsigned long error = ERR_peek_last_error();
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static enum ctls_problem read_certificates(const void *pem, size_t count, STACK_OF(X509) * into) {
    BIO *bio = BIO_new_mem_buf(pem, (int)count);
    if (bio == NULL) return CTLS_NO_MEMORY;
    enum ctls_problem problem = CTLS_FINE;
    int unused = 0;
    for (;;) {
        ERR_clear_error();
        X509 *found = PEM_read_bio_X509(bio, NULL, no_pass_phrase, &unused);
        if (found == NULL) {
            if (!is_end_of_pem()) problem = CTLS_DAMAGED;
            break;
        }
        if (!sk_X509_push(into, found)) {
            X509_free(found);
            problem = CTLS_NO_MEMORY;
            break;
        }
    }
    BIO_free(bio);
    if (problem == CTLS_FINE && sk_X509_num(into) == 0) problem = CTLS_NOT_PEM;
    ERR_clear_error();
    return problem;
}

static int64_t seconds(const ASN1_TIME *time) {
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    return ASN1_TIME_to_tm(time, &parts) ? (int64_t)timegm(&parts) : 0;
}

enum ctls_problem ctls_certificate_times(const void *pem, size_t count, int64_t *not_before, int64_t *not_after) {
    STACK_OF(X509) *found = sk_X509_new_null();
    if (found == NULL) return CTLS_NO_MEMORY;
    enum ctls_problem problem = read_certificates(pem, count, found);
    if (problem == CTLS_FINE) {
        *not_before = seconds(X509_get0_notBefore(sk_X509_value(found, 0)));
        *not_after = seconds(X509_get0_notAfter(sk_X509_value(found, 0)));
    }
    sk_X509_pop_free(found, X509_free);
    return problem;
}

static void explain(char *reason, size_t room) {
    const char *text = ERR_reason_error_string(ERR_peek_last_error());
    if (room == 0) return;
    reason[0] = 0;
    if (text != NULL) strncat(reason, text, room - 1);
}

static enum ctls_problem read_key(const void *pem, size_t count, EVP_PKEY **key) {
    BIO *bio = BIO_new_mem_buf(pem, (int)count);
    if (bio == NULL) return CTLS_NO_MEMORY;
    int asked = 0;
    ERR_clear_error();
    *key = PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, &asked);
    enum ctls_problem problem = CTLS_FINE;
    /* OpenSSL's errors do not tell the last two apart. */
    if (*key == NULL) problem = asked ? CTLS_ENCRYPTED : memmem(pem, count, " KEY-----", 9) == NULL ? CTLS_NOT_PEM : CTLS_DAMAGED;
    BIO_free(bio);
    return problem;
}

enum ctls_problem ctls_context_use(
    ctls_context *context, const void *chain, size_t chain_count, const void *key, size_t key_count, char *reason, size_t room) {
    EVP_PKEY *private = NULL;
    enum ctls_problem problem = read_key(key, key_count, &private);
    if (problem != CTLS_FINE) {
        ERR_clear_error();
        return problem;
    }
    STACK_OF(X509) *found = sk_X509_new_null();
    problem = found == NULL ? CTLS_NO_MEMORY : read_certificates(chain, chain_count, found);
    if (problem == CTLS_FINE && !X509_check_private_key(sk_X509_value(found, 0), private)) problem = CTLS_MISMATCH;
    if (problem == CTLS_FINE) {
        X509 *own = sk_X509_shift(found);
        if (!SSL_CTX_use_cert_and_key(context, own, private, found, 1)) {
            explain(reason, room);
            problem = CTLS_REFUSED;
        }
        X509_free(own);
    }
    sk_X509_pop_free(found, X509_free);
    EVP_PKEY_free(private);
    ERR_clear_error();
    return problem;
}

/* ---- trust ---- */

static void verify(ctls_context *context) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    /* A certificate that is trusted itself needs no root above it. */
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
}

enum ctls_problem ctls_context_trust(ctls_context *context, const void *pem, size_t count) {
    STACK_OF(X509) *found = sk_X509_new_null();
    if (found == NULL) return CTLS_NO_MEMORY;
    enum ctls_problem problem = read_certificates(pem, count, found);
    for (int index = 0; problem == CTLS_FINE && index < sk_X509_num(found); index++) {
        X509 *one = sk_X509_value(found, index);
        if (!X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one)) problem = CTLS_NO_MEMORY;
        /* Says to clients which certificates are asked for. */
        if (problem == CTLS_FINE && !SSL_CTX_add_client_CA(context, one)) problem = CTLS_NO_MEMORY;
    }
    sk_X509_pop_free(found, X509_free);
    ERR_clear_error();
    if (problem == CTLS_FINE) verify(context);
    return problem;
}

int ctls_context_trust_system(ctls_context *context) {
    int result = SSL_CTX_set_default_verify_paths(context) ? 0 : -1;
    ERR_clear_error();
    if (result == 0) verify(context);
    return result;
}
