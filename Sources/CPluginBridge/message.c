/*
 * message.c - a message as scripts see it: fields read from the received bytes when asked for, writes kept beside them.
 *
 * The message of an execution lives in its hp_exec and is reached by a handle; msg:copy() makes one of its own in a full userdata.
 */
#include <stdlib.h>
#include <string.h>

#include "handles.h"

static const char copy_type[] = "hpush message";

static const uint8_t *body(const hp_message *m) { return m->frame + HP_FRAME_HEAD; }

hp_message *hp_to_message(lua_State *L, int index)
{
    uint64_t bits = 0;
    if (hp_handle_kind(L, index, &bits) == HANDLE_MESSAGE) {
        hp_exec *x = hp_handle_exec(hp_state_of(L), bits);
        if (!x) luaL_error(L, "msg is used after its handler ended; copy what you need while it runs (msg:copy())");
        return &x->message;
    }
    return luaL_testudata(L, index, copy_type);
}

static hp_message *check_message(lua_State *L, int index, const char *call)
{
    hp_message *m = hp_to_message(L, index);
    if (!m) luaL_error(L, "call it as %s", call);
    return m;
}

static int no_such_field(lua_State *L, const hp_message *m)
{
    size_t count;
    const hp_field *fields = hp_fields(m->envelope.type, &count);
    luaL_Buffer b;
    const char *key = luaL_tolstring(L, 2, NULL);
    const char *type = hp_type_name(m->envelope.type);
    luaL_buffinit(L, &b);
    for (size_t i = 0; i < count; i++) {
        if (i) luaL_addstring(&b, ", ");
        luaL_addstring(&b, fields[i].name);
    }
    luaL_pushresult(&b);
    if (count == 0) return luaL_error(L, "%s has no fields, so none called '%s'", type ? type : "this message", key);
    return luaL_error(L, "%s has no field '%s'; it has %s", type, key, lua_tostring(L, -1));
}

/* The field named by the key at index 2; NULL if there is none. */
static const hp_field *find_field(lua_State *L, const hp_message *m)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->state->fields[hp_type_slot(m->envelope.type)]);
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    lua_Integer number = lua_tointeger(L, -1);
    lua_pop(L, 2);
    if (number == 0) return NULL;
    size_t count;
    return &hp_fields(m->envelope.type, &count)[number - 1];
}

static hp_change *find_change(const hp_message *m, const hp_field *field)
{
    for (uint32_t i = 0; i < m->change_count; i++)
        if (m->changes[i].field == field) return &m->changes[i];
    return NULL;
}

static void read_field(const hp_message *m, const hp_field *field, hp_field_value *value)
{
    hp_change *change = find_change(m, field);
    if (change) *value = change->value;
    else if (m->envelope.inner.offset) hp_field_read(body(m) + m->envelope.inner.offset, m->envelope.inner.length, field, value);
    else *value = (hp_field_value){0};
}

/* The numbers of MESSAGE_ACK, packed or one by one, as a list. */
static void push_repeated(lua_State *L, const hp_message *m, const hp_field *field)
{
    lua_newtable(L);
    if (!m->envelope.inner.offset) return;
    hp_repeated at;
    uint64_t value;
    hp_repeated_begin(&at, body(m) + m->envelope.inner.offset, m->envelope.inner.length, field);
    for (lua_Integer n = 1; hp_repeated_next(&at, &value); n++) {
        lua_pushinteger(L, (lua_Integer)value);
        lua_rawseti(L, -2, n);
    }
}

int hp_message_index(lua_State *L, hp_message *m)
{
    const hp_field *field = find_field(L, m);
    if (!field) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, m->state->message_methods);
        lua_pushvalue(L, 2);
        lua_rawget(L, -2);
        return lua_isfunction(L, -1) ? 1 : no_such_field(L, m);
    }
    hp_field_value value;
    switch (field->kind) {
    case HP_STRING:
    case HP_BYTES:
        read_field(m, field, &value);
        lua_pushlstring(L, value.bytes ? (const char *)value.bytes : "", value.length);
        return 1;
    case HP_BOOL:
        read_field(m, field, &value);
        lua_pushboolean(L, value.number != 0);
        return 1;
    case HP_REPEATED_UINT64:
        push_repeated(L, m, field);
        return 1;
    case HP_REPEATED_MESSAGE:
        return luaL_error(L, "field '%s' can't be read from a plugin", field->name);
    default:
        read_field(m, field, &value);
        lua_pushinteger(L, (lua_Integer)value.number);
        return 1;
    }
}

/* The change of a field, with room for a new one; NULL without memory. */
static hp_change *change_of(hp_message *m, const hp_field *field)
{
    hp_change *change = find_change(m, field);
    if (change) return change;
    hp_change *grown = hp_allocate(m->state, m->changes, m->change_count * sizeof *grown, (m->change_count + 1) * sizeof *grown);
    if (!grown) return NULL;
    m->changes = grown;
    grown[m->change_count] = (hp_change){ field, {0} };
    return &grown[m->change_count++];
}

bool hp_message_set_number(hp_message *m, const char *name, uint64_t number)
{
    size_t count;
    const hp_field *fields = hp_fields(m->envelope.type, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i].name, name) != 0 || fields[i].kind != HP_UINT64) continue;
        hp_change *change = change_of(m, &fields[i]);
        if (!change) return false;
        change->value.number = number;
        m->encoded_valid = false;
        return true;
    }
    return false;
}

int hp_message_newindex(lua_State *L, hp_message *m)
{
    const hp_field *field = find_field(L, m);
    if (!field) return no_such_field(L, m);
    if (m->envelope.type == HP_MESSAGE_REQUEST && hp_field_is_node_owned(field)) {
        return luaL_error(L, "field '%s' is the node's own: a plugin reads it, and does not change it", field->name);
    }
    hp_state *s = m->state;
    hp_field_value value = {0};
    switch (field->kind) {
    case HP_STRING:
    case HP_BYTES: {
        if (lua_isnil(L, 3)) break;
        if (lua_type(L, 3) != LUA_TSTRING)
            return luaL_error(L, "field '%s' takes a string, not a %s", field->name, luaL_typename(L, 3));
        size_t length;
        const char *text = lua_tolstring(L, 3, &length);
        if (length > (16u << 20)) return luaL_error(L, "field '%s': %d bytes are too long", field->name, (int)length);
        if (field->kind == HP_STRING && !hp_utf8_valid((const uint8_t *)text, length)) return luaL_error(L, "field '%s' takes UTF-8 text, this is not", field->name);
        if (length == 0) break;
        uint8_t *copy = hp_allocate(s, NULL, 0, length);
        if (!copy) return luaL_error(L, "not enough memory");
        memcpy(copy, text, length);
        value.bytes = copy;
        value.length = length;
        break;
    }
    case HP_BOOL:
        value.number = (uint64_t)lua_toboolean(L, 3);
        break;
    case HP_UINT32:
    case HP_UINT64: {
        int is_integer;
        lua_Integer number = lua_isnil(L, 3) ? (is_integer = 1, 0) : lua_tointegerx(L, 3, &is_integer);
        if (!is_integer || lua_type(L, 3) == LUA_TSTRING)
            return luaL_error(L, "field '%s' takes an integer, not a %s", field->name, luaL_typename(L, 3));
        if (field->kind == HP_UINT32 && (number < 0 || number > UINT32_MAX))
            return luaL_error(L, "field '%s' takes 0 to 4294967295", field->name);
        value.number = (uint64_t)number;
        break;
    }
    default:
        return luaL_error(L, "field '%s' can't be changed from a plugin", field->name);
    }
    hp_change *change = change_of(m, field);
    if (!change) {
        if (value.bytes) hp_allocate(s, (void *)value.bytes, value.length, 0);
        return luaL_error(L, "not enough memory");
    }
    if (change->value.bytes) hp_allocate(s, (void *)change->value.bytes, change->value.length, 0);
    *change = (hp_change){ field, value };
    m->encoded_valid = false;
    size_t count;
    m->touched |= 1u << ((field - hp_fields(m->envelope.type, &count)) & 31);
    return 0;
}

/* Makes the received bytes its own, so that they outlive the read buffer. */
bool hp_message_own(hp_message *m)
{
    if (!m->frame || m->owned) return true;
    uint8_t *copy = malloc(m->frame_length);
    if (!copy) return false;
    memcpy(copy, m->frame, m->frame_length);
    m->owned = copy;
    m->frame = copy;
    return true;
}

void hp_message_end(hp_message *m)
{
    if (HP_UNLIKELY(m->change_count)) {
        for (uint32_t i = 0; i < m->change_count; i++)
            if (m->changes[i].value.bytes) hp_allocate(m->state, (void *)m->changes[i].value.bytes, m->changes[i].value.length, 0);
        hp_allocate(m->state, m->changes, m->change_count * sizeof *m->changes, 0);
        m->changes = NULL;
        m->change_count = 0;
        hp_buffer_clear(&m->encoded);
        m->encoded_valid = false;
    }
    if (m->owned) {
        free(m->owned);
        m->owned = NULL;
    }
    m->frame = NULL;
}

uint32_t hp_message_type(const hp_message *m) { return m->envelope.type; }
uint64_t hp_message_sequence(const hp_message *m) { return m->envelope.sequence; }

hp_bytes hp_message_frame(hp_message *m)
{
    if (m->change_count == 0) return (hp_bytes){ m->frame, m->frame_length };
    if (!m->encoded_valid) {
        size_t length = m->frame_length - HP_FRAME_HEAD;
        size_t size = hp_rewrite(body(m), length, &m->envelope, m->changes, m->change_count, false, NULL, 0);
        if (size == 0) return (hp_bytes){0};
        m->encoded.length = 0;
        if (size > m->encoded.capacity) {
            hp_buffer_free(&m->encoded);
            m->encoded.data = malloc(size);
            if (!m->encoded.data) return (hp_bytes){0};
            m->encoded.capacity = size;
        }
        m->encoded.length = hp_rewrite(body(m), length, &m->envelope, m->changes, m->change_count, false, m->encoded.data, size);
        m->encoded_valid = true;
    }
    return (hp_bytes){ m->encoded.data, m->encoded.length };
}

hp_bytes hp_message_string(hp_message *m, const char *name)
{
    size_t count;
    const hp_field *fields = hp_fields(m->envelope.type, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i].name, name) != 0) continue;
        if (fields[i].kind != HP_STRING && fields[i].kind != HP_BYTES) break;
        hp_field_value value;
        read_field(m, &fields[i], &value);
        return (hp_bytes){ value.bytes, value.length };
    }
    return (hp_bytes){0};
}

hp_bytes hp_message_recipient(hp_message *m, bool *has_group)
{
    if (HP_UNLIKELY(m->change_count)) {
        *has_group = hp_message_string(m, "group").length > 0;
        return hp_message_string(m, "to");
    }
    *has_group = m->envelope.group.length > 0;
    return (hp_bytes){ body(m) + m->envelope.to.offset, m->envelope.to.length };
}

/* ---- methods ---- */

static int message_size(lua_State *L)
{
    hp_message *m = check_message(L, 1, "msg:size()");
    size_t length = hp_message_frame(m).length;
    lua_pushinteger(L, length > HP_FRAME_HEAD ? (lua_Integer)(length - HP_FRAME_HEAD) : 0);
    return 1;
}

static int message_copy(lua_State *L)
{
    hp_message *m = check_message(L, 1, "msg:copy()");
    hp_bytes frame = hp_message_frame(m);
    if (!frame.data) return luaL_error(L, "not enough memory");
    /* The bytes lie behind the struct, so that Lua's collector frees both and its limit counts both. */
    hp_message *copy = lua_newuserdatauv(L, sizeof *copy + frame.length, 0);
    memset(copy, 0, sizeof *copy);
    copy->state = m->state;
    copy->frame = (uint8_t *)(copy + 1);
    copy->frame_length = frame.length;
    memcpy(copy + 1, frame.data, frame.length);
    luaL_setmetatable(L, copy_type);
    if (hp_scan(body(copy), frame.length - HP_FRAME_HEAD, &copy->envelope) != HP_SCAN_OK) return luaL_error(L, "the message can't be copied");
    return 1;
}

static int copy_index(lua_State *L) { return hp_message_index(L, luaL_checkudata(L, 1, copy_type)); }
static int copy_newindex(lua_State *L) { return hp_message_newindex(L, luaL_checkudata(L, 1, copy_type)); }

static int copy_free(lua_State *L)
{
    hp_message *m = luaL_checkudata(L, 1, copy_type);
    hp_message_end(m);
    hp_buffer_free(&m->encoded);
    return 0;
}

void hp_message_open(lua_State *L, hp_state *s)
{
    static const uint32_t types[TYPE_SLOTS] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, HP_CUSTOM_REQUEST, HP_CUSTOM_RESPONSE, UINT32_MAX };
    for (uint32_t slot = 0; slot < TYPE_SLOTS; slot++) {
        size_t count;
        const hp_field *fields = hp_fields(types[slot], &count);
        lua_newtable(L);
        for (size_t i = 0; i < count; i++) {
            lua_pushinteger(L, (lua_Integer)i + 1);
            lua_setfield(L, -2, fields[i].name);
        }
        s->fields[slot] = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_newtable(L);
    lua_pushcfunction(L, message_size);
    lua_setfield(L, -2, "size");
    lua_pushcfunction(L, message_copy);
    lua_setfield(L, -2, "copy");
    s->message_methods = luaL_ref(L, LUA_REGISTRYINDEX);

    luaL_newmetatable(L, copy_type);
    lua_pushcfunction(L, copy_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, copy_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, copy_free);
    lua_setfield(L, -2, "__gc");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
