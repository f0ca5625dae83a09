/* What streams read from and write to: bytes of the calling thread. */
#ifndef CTLS_TRANSPORT_H
#define CTLS_TRANSPORT_H

#include <openssl/bio.h>
#include <stddef.h>

/* Has the thread's streams read these bytes; NULL, 0: nothing. */
void transport_offer(const void *bytes, size_t count);
/* How many of them are left. */
size_t transport_rest(void);

/* A BIO over the thread's bytes; it holds nothing itself. NULL without memory. */
BIO *transport_bio(void);

#endif
