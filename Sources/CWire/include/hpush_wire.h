/*
 * hpush_wire.h - HPush frames and `Message` bodies, read in place.
 *
 * A message is scanned once, when its frame is complete; routing and Lua then work with the offsets found.
 * Nothing here allocates, blocks or keeps state: every function may be called from any thread.
 *
 * Formats: docs/protocol.md (frame, message) and the protobuf encoding (protobuf.dev/programming-guides/encoding).
 */
#ifndef HPUSH_WIRE_H
#define HPUSH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- frame: int16 BE magic, int16 BE version, int32 BE body length, body ---- */

enum { HP_FRAME_HEAD = 8, HP_FRAME_MAGIC = 0x0086, HP_FRAME_VERSION = 0x0001 };

typedef enum hp_frame_status {
    HP_FRAME_COMPLETE = 0,
    HP_FRAME_PARTIAL,      /* more bytes are needed; what is there is right so far */
    HP_FRAME_BAD_MAGIC,    /* told from the first byte that differs */
    HP_FRAME_BAD_VERSION,
    HP_FRAME_BAD_LENGTH,   /* negative or over the limit */
} hp_frame_status;

/* Looks at the frame that starts at `bytes`. On COMPLETE, `*body_length` is that of its body (the frame is 8 bytes more);
 * on PARTIAL it is the body length if the head is complete, else 0. */
hp_frame_status hp_frame_read(const uint8_t *bytes, size_t available, uint32_t max_body, uint32_t *body_length);

/* Writes the 8 bytes of head. */
void hp_frame_write_head(uint8_t *out, uint32_t body_length);

/* ---- head types ---- */

typedef enum hp_head_type {
    HP_LOGIN_REQUEST = 0, HP_LOGIN_RESPONSE = 1, HP_LOGOUT_REQUEST = 2, HP_LOGOUT_RESPONSE = 3, HP_HEART_BEAT = 4,
    HP_MESSAGE_REQUEST = 5, HP_MESSAGE_RESPONSE = 6, HP_MESSAGE_NOTIFICATION = 7, HP_MESSAGE_ACK = 8,
    HP_SYNC_REQUEST = 9, HP_SYNC_RESPONSE = 10, HP_CUSTOM_REQUEST = 100, HP_CUSTOM_RESPONSE = 101,
} hp_head_type;

/* ---- fields ---- */

/* A part of a body, as offset from its first byte. offset 0 means absent: a payload never starts there, a tag stands before it. */
typedef struct hp_span {
    uint32_t offset;
    uint32_t length;
} hp_span;

typedef enum hp_field_kind {
    HP_UINT32 = 0, HP_UINT64, HP_BOOL, HP_STRING, HP_BYTES, HP_REPEATED_UINT64, HP_REPEATED_MESSAGE,
} hp_field_kind;

/* One field of an inner message, by its proto name. */
typedef struct hp_field {
    const char *name;
    uint32_t number;
    hp_field_kind kind;
} hp_field;

/* The number in `Message` of the inner message that goes with a head type (MESSAGE_REQUEST -> 6);
 * 0 if the type has none (LOGOUT_REQUEST, LOGOUT_RESPONSE) or is unknown. */
uint32_t hp_inner_number(uint32_t type);

/* The name of a head type in lower case ("message_request"), NULL if unknown; and back: false if there is no such name. */
const char *hp_type_name(uint32_t type);
bool hp_type_by_name(const char *name, size_t length, uint32_t *type);

/* All fields of the inner message of a head type, in the order of their numbers; NULL with count 0 if it has none. */
const hp_field *hp_fields(uint32_t type, size_t *count);

/* Whether a field of MESSAGE_REQUEST is set by the node alone: server_id, conversation_seq. */
bool hp_field_is_node_owned(const hp_field *field);

/* ---- envelope ---- */

enum {
    HP_HAS_NODE_FIELDS = 1 << 0,   /* MessageRequest carries server_id (17) or conversation_seq (18), of any wire type:
                                      to be removed from what a client sent */
    HP_INNER_TWICE = 1 << 1,       /* the inner message stands in several parts; spans below point into them, `inner` is the last one;
                                      a reader of protobuf merges them, so the message must be rewritten (hp_rewrite joins them) */
};

typedef struct hp_envelope {
    uint64_t sequence;
    uint64_t msg_id;        /* MessageRequest.msg_id, else 0 */
    uint32_t type;          /* the enum's value as it came: unknown ones pass */
    uint32_t flags;
    hp_span session_id;
    hp_span inner;          /* the payload of the inner message that goes with `type` */
    hp_span from, to, group;/* MessageRequest only; absent and empty are both length 0 */
} hp_envelope;

typedef enum hp_scan_status {
    HP_SCAN_OK = 0,
    HP_SCAN_TRUNCATED,      /* a varint, a length or a fixed field runs over the end */
    HP_SCAN_BAD_TAG,        /* field number 0 or over 2^29-1, wire type 6 or 7, end of a group that did not start */
    HP_SCAN_BAD_VARINT,     /* more than 10 bytes */
    HP_SCAN_BAD_UTF8,       /* a string field that is not UTF-8: Java and Swift refuse it, so would a recipient */
    HP_SCAN_TOO_DEEP,       /* messages and groups nested over 100 */
} hp_scan_status;

/* Reads the envelope of a body in one pass over the outer message and the inner one that goes with its type. Accepts what a proto3
 * parser accepts (any order, unknown fields, groups, last one wins; a known field with another wire type counts as unknown) and
 * refuses what it refuses, for the outer message and for every known inner message in it (also those that do not go with `type`).
 * `length` may be 0. */
hp_scan_status hp_scan(const uint8_t *body, size_t length, hp_envelope *out);

const char *hp_scan_status_name(hp_scan_status status);   /* "truncated", "bad_tag" ...: for metrics and logs */

typedef struct hp_field_value {
    uint64_t number;        /* HP_UINT32 (its low 32 bits), HP_UINT64, HP_BOOL (0 or 1) */
    const uint8_t *bytes;   /* HP_STRING, HP_BYTES: points into the message */
    size_t length;
} hp_field_value;

/* Reads one field (not a repeated one) of an inner message, the last occurrence; the proto3 default (0, empty) if it is absent.
 * When the envelope has HP_INNER_TWICE, `inner` must be the joined inner message. */
void hp_field_read(const uint8_t *inner, size_t length, const hp_field *field, hp_field_value *out);

/* Goes over the numbers of a HP_REPEATED_UINT64 field, packed or one by one; `inner` as for hp_field_read. */
typedef struct hp_repeated {
    const uint8_t *p, *end;
    const uint8_t *packed_end;  /* of the packed numbers it is in; NULL outside */
    uint32_t number;
} hp_repeated;

void hp_repeated_begin(hp_repeated *at, const uint8_t *inner, size_t length, const hp_field *field);
bool hp_repeated_next(hp_repeated *at, uint64_t *value);    /* false at the end */

/* Strict UTF-8 (nothing overlong, no surrogates, at most U+10FFFF), as hp_scan checks it: for what is to be written into a string field. */
bool hp_utf8_valid(const uint8_t *bytes, size_t length);

/* ---- writing ---- */

/* A new value for a field (one of hp_fields of the message's type). A default value (0, empty) removes the field. Of several changes to
 * one field the last counts. Repeated kinds are not allowed here: they are ignored. Strings are not checked: see hp_utf8_valid. */
typedef struct hp_change {
    const hp_field *field;
    hp_field_value value;
} hp_change;

/* Builds the frame (head and body) of `body` with changes to its inner message: unchanged fields, unknown ones included, keep their bytes
 * and order; changed ones follow; parts are joined (HP_INNER_TWICE), where the first stood; if `strip_node_fields`, 17 and 18 of a
 * MessageRequest are left out unless a change sets them. What has a changed or stripped number goes whatever its wire type is. A message
 * without an inner one gets it if changes need it. Returns the frame's size; writes it only if that is <= capacity, so a first call with
 * capacity 0 measures. Returns 0 if the frame would be over INT32_MAX. Bytes of a body that hp_scan refused are kept as they are. */
size_t hp_rewrite(const uint8_t *body, size_t length, const hp_envelope *envelope, const hp_change *changes, size_t count,
                  bool strip_node_fields, uint8_t *out, size_t capacity);

/* Builds a frame from nothing: type, sequence, session id (may be NULL) and inner fields. The inner message is there if `count` is not 0,
 * even if all its values are defaults. Same return as hp_rewrite. */
size_t hp_build(uint32_t type, uint64_t sequence, const uint8_t *session_id, size_t session_id_length,
                const hp_change *fields, size_t count, uint8_t *out, size_t capacity);

/* ---- names ---- */

/* 128 bits of SipHash-2-4: what nodes with the same key call the same bytes. Two inputs meet by chance only, whoever chooses them, as long as
 * the key is not known. */
void hp_siphash(const uint64_t key[2], const uint8_t *bytes, size_t length, uint64_t result[2]);

#ifdef __cplusplus
}
#endif
#endif
