/* fields.c - what proto/hpush.proto says, as tables. A test compares them with the generated code. */
#include "wire_internal.h"

static const hp_field LOGIN_REQUEST[] = {
    {"uid", 1, HP_STRING}, {"deviceId", 2, HP_STRING}, {"token", 3, HP_STRING}, {"platform", 4, HP_UINT32},
    {"app_version", 5, HP_STRING}, {"capabilities", 16, HP_UINT32},
};
static const hp_field LOGIN_RESPONSE[] = {
    {"result", 1, HP_BOOL}, {"code", 2, HP_UINT32}, {"info", 3, HP_STRING}, {"expose", 4, HP_UINT32},
    {"capabilities", 16, HP_UINT32},
};
static const hp_field MESSAGE_REQUEST[] = {
    {"msg_id", HP_N_MSG_ID, HP_UINT64}, {"from", HP_N_FROM, HP_STRING}, {"to", HP_N_TO, HP_STRING}, {"time", 4, HP_UINT64},
    {"msg_type", 5, HP_UINT32}, {"content", 6, HP_STRING}, {"url", 8, HP_STRING}, {"property", 9, HP_STRING},
    {"from_nick", 10, HP_STRING}, {"json", 11, HP_STRING}, {"group", HP_N_GROUP, HP_STRING},
    {"server_id", HP_N_SERVER_ID, HP_UINT64}, {"conversation_seq", HP_N_CONVERSATION_SEQ, HP_UINT64},
};
static const hp_field MESSAGE_RESPONSE[] = {
    {"result", 1, HP_BOOL}, {"code", 2, HP_UINT32}, {"info", 3, HP_STRING}, {"expose", 4, HP_UINT32},
    {"msg_id", 16, HP_UINT64}, {"server_id", 17, HP_UINT64},
};
static const hp_field MESSAGE_NOTIFICATION[] = {
    {"no_id", 1, HP_UINT64}, {"json", 2, HP_STRING}, {"timestamp", 3, HP_STRING},
};
static const hp_field HEART_BEAT[] = {
    {"seq", 1, HP_UINT32}, {"uid", 2, HP_STRING}, {"json", 3, HP_STRING},
};
static const hp_field MESSAGE_ACK[] = {
    {"server_id", 1, HP_REPEATED_UINT64},
};
static const hp_field SYNC_REQUEST[] = {
    {"conversation", 1, HP_STRING}, {"after_seq", 2, HP_UINT64}, {"limit", 3, HP_UINT32},
};
static const hp_field SYNC_RESPONSE[] = {
    {"messages", 1, HP_REPEATED_MESSAGE}, {"more", 2, HP_BOOL}, {"next_seq", 3, HP_UINT64},
};
static const hp_field CUSTOM[] = {
    {"route", 1, HP_STRING}, {"body", 2, HP_BYTES}, {"code", 3, HP_UINT32}, {"info", 4, HP_STRING},
};

#define BIT(number) (1u << (number))
const hp_shape hp_shapes[HP_MAX_NUMBER] = {
    [4] = {.strings = BIT(1) | BIT(2) | BIT(3) | BIT(5)},
    [5] = {.strings = BIT(3)},
    [6] = {.strings = BIT(2) | BIT(3) | BIT(6) | BIT(8) | BIT(9) | BIT(10) | BIT(11) | BIT(16)},
    [7] = {.strings = BIT(3)},
    [8] = {.strings = BIT(2) | BIT(3)},
    [9] = {.strings = BIT(2) | BIT(3)},
    [16] = {.packed = BIT(1)},
    [17] = {.strings = BIT(1)},
    [18] = {.requests = BIT(1)},
    [19] = {.strings = BIT(1) | BIT(4)},
};

typedef struct type_row {
    const char *name;
    const hp_field *fields;
    uint32_t count;
    uint32_t inner;
} type_row;

#define WITH(table) table, sizeof table / sizeof table[0]
static const type_row LOW_TYPES[] = {
    [HP_LOGIN_REQUEST] = {"login_request", WITH(LOGIN_REQUEST), 4},
    [HP_LOGIN_RESPONSE] = {"login_response", WITH(LOGIN_RESPONSE), 5},
    [HP_LOGOUT_REQUEST] = {"logout_request", NULL, 0, 0},
    [HP_LOGOUT_RESPONSE] = {"logout_response", NULL, 0, 0},
    [HP_HEART_BEAT] = {"heart_beat", WITH(HEART_BEAT), 9},
    [HP_MESSAGE_REQUEST] = {"message_request", WITH(MESSAGE_REQUEST), HP_N_MESSAGE_REQUEST},
    [HP_MESSAGE_RESPONSE] = {"message_response", WITH(MESSAGE_RESPONSE), 7},
    [HP_MESSAGE_NOTIFICATION] = {"message_notification", WITH(MESSAGE_NOTIFICATION), 8},
    [HP_MESSAGE_ACK] = {"message_ack", WITH(MESSAGE_ACK), 16},
    [HP_SYNC_REQUEST] = {"sync_request", WITH(SYNC_REQUEST), 17},
    [HP_SYNC_RESPONSE] = {"sync_response", WITH(SYNC_RESPONSE), 18},
};
static const type_row CUSTOM_TYPES[] = {
    {"custom_request", WITH(CUSTOM), 19},
    {"custom_response", WITH(CUSTOM), 19},
};
enum { LOW_COUNT = sizeof LOW_TYPES / sizeof LOW_TYPES[0], CUSTOM_COUNT = sizeof CUSTOM_TYPES / sizeof CUSTOM_TYPES[0] };

static const type_row *row_of(uint32_t type)
{
    if (type < LOW_COUNT) return &LOW_TYPES[type];
    if (type - HP_CUSTOM_REQUEST < CUSTOM_COUNT) return &CUSTOM_TYPES[type - HP_CUSTOM_REQUEST];
    return NULL;
}

uint32_t hp_inner_number(uint32_t type)
{
    const type_row *row = row_of(type);
    return row ? row->inner : 0;
}

const char *hp_type_name(uint32_t type)
{
    const type_row *row = row_of(type);
    return row ? row->name : NULL;
}

bool hp_type_by_name(const char *name, size_t length, uint32_t *type)
{
    for (uint32_t candidate = 0; candidate < HP_CUSTOM_REQUEST + CUSTOM_COUNT; candidate++) {
        const type_row *row = row_of(candidate);
        if (row && strlen(row->name) == length && memcmp(row->name, name, length) == 0) {
            *type = candidate;
            return true;
        }
    }
    return false;
}

const hp_field *hp_fields(uint32_t type, size_t *count)
{
    const type_row *row = row_of(type);
    *count = row ? row->count : 0;
    return row ? row->fields : NULL;
}

bool hp_field_is_node_owned(const hp_field *field)
{
    return field->number < HP_MAX_NUMBER && HP_NODE_FIELD_BITS >> field->number & 1 && field->kind == HP_UINT64;
}
