#include <lua5.4/lauxlib.h>
#include <string.h>

#include "bounds.h"
#include "pattern.h"
#include "stdlib.h"

#define POLL_STEPS 65536

void hp_match_begin(struct hp_match *match, lua_State *L, const struct hp_pattern *pattern, const char *subject,
                    size_t length) {
    if (length > HP_STDLIB_MAX_STRING) {
        luaL_error(L, "string too long (%I bytes, at most %I)", (LUAI_UACINT)length, (LUAI_UACINT)HP_STDLIB_MAX_STRING);
    }
    hp_poll(L);
    match->L = L;
    match->pattern = pattern;
    match->subject = subject;
    match->length = (uint32_t)length;
    match->level = 0;
    match->steps = HP_MAX_PATTERN_STEPS;
    match->poll_at = HP_MAX_PATTERN_STEPS - POLL_STEPS;
}

static void settle(struct hp_match *match) {
    if (match->steps <= 0) luaL_error(match->L, "pattern too complex");
    hp_poll(match->L);
    match->poll_at = match->steps > POLL_STEPS ? match->steps - POLL_STEPS : 0;
}

static inline void charge(struct hp_match *match, int64_t steps) {
    match->steps -= steps;
    if (match->steps <= match->poll_at) settle(match);
}

void hp_match_charge(struct hp_match *match, int64_t steps) {
    charge(match, steps);
}

/* Whether the item's one-byte test accepts the byte at this position, which must be inside the subject. */
static inline bool accepts(const struct hp_match *match, const struct hp_item *item, uint32_t at) {
    unsigned char c = (unsigned char)match->subject[at];
    switch (item->op) {
        case HP_CHAR: return c == item->a;
        case HP_SET: return hp_set_has(&match->pattern->sets[item->set], c);
        default: return true;
    }
}

/* The end of the longest run of accepted bytes from this position. */
static uint32_t run_end(struct hp_match *match, const struct hp_item *item, uint32_t at) {
    uint32_t end = at;
    if (item->op == HP_ANY) return match->length;
    while (end < match->length && accepts(match, item, end)) end++;
    charge(match, (end - at) / 2);
    return end;
}

static bool frontier(const struct hp_match *match, const struct hp_item *item, uint32_t at) {
    const struct hp_set *set = &match->pattern->sets[item->set];
    unsigned char before = at > 0 ? (unsigned char)match->subject[at - 1] : 0;
    unsigned char after = at < match->length ? (unsigned char)match->subject[at] : 0;
    return !hp_set_has(set, before) && hp_set_has(set, after);
}

/* Moves *at behind a balanced stretch that begins there. */
static bool balanced(struct hp_match *match, const struct hp_item *item, uint32_t *at) {
    uint32_t p = *at;
    if (p >= match->length || (unsigned char)match->subject[p] != item->a) return false;
    uint32_t depth = 1;
    for (p++; p < match->length; p++) {
        unsigned char c = (unsigned char)match->subject[p];
        if (c == item->b) {
            if (--depth == 0) break;
        } else if (c == item->a) {
            depth++;
        }
    }
    charge(match, (p - *at) / 2);
    if (p >= match->length) return false;
    *at = p + 1;
    return true;
}

static bool back_reference(struct hp_match *match, const struct hp_item *item, uint32_t *at) {
    int index = item->a - 1;
    if (index < 0 || index >= match->level || match->captures[index].length == HP_CAPTURE_OPEN) {
        luaL_error(match->L, "invalid capture index %%%d", item->a);
    }
    struct hp_capture capture = match->captures[index];
    if (capture.length < 0 || (uint32_t)capture.length > match->length - *at) return false;
    charge(match, capture.length / 16);
    if (memcmp(match->subject + capture.start, match->subject + *at, (size_t)capture.length) != 0) return false;
    *at += (uint32_t)capture.length;
    return true;
}

static void open_capture(struct hp_match *match, uint32_t at, int32_t kind) {
    if (match->level >= HP_MAX_CAPTURES) luaL_error(match->L, "too many captures");
    match->captures[match->level++] = (struct hp_capture){at, kind};
}

/* Closes the innermost open capture and returns which it was. */
static int close_capture(struct hp_match *match, uint32_t at) {
    for (int i = match->level - 1; i >= 0; i--) {
        if (match->captures[i].length == HP_CAPTURE_OPEN) {
            match->captures[i].length = (int32_t)(at - match->captures[i].start);
            return i;
        }
    }
    return luaL_error(match->L, "invalid pattern capture");
}

/* Goes back to the latest choice that still has another way: returns the item to go on with and sets *at, or NULL. */
static const struct hp_item *go_back(struct hp_match *match, uint32_t *choice_count, uint32_t *at) {
    const struct hp_item *items = match->pattern->items;
    while (*choice_count > 0) {
        struct hp_choice *choice = &match->pattern->choices[*choice_count - 1];
        const struct hp_item *item = &items[choice->item];
        charge(match, 1);
        if (item->op == HP_OPEN || item->op == HP_OPEN_POSITION) {
            match->level--;
        } else if (item->op == HP_CLOSE) {
            match->captures[choice->least].length = HP_CAPTURE_OPEN;
        } else if (item->repeat == '-') {
            if (choice->at < match->length && accepts(match, item, choice->at)) {
                *at = ++choice->at;
                return item + 1;
            }
        } else if (choice->at > choice->least) {
            *at = --choice->at;
            return item + 1;
        }
        --*choice_count;
    }
    return NULL;
}

/* Takes a one-byte item with its repetition; false when it does not match. */
static inline bool take_single(struct hp_match *match, const struct hp_item *item, uint32_t *choice_count, uint32_t *at) {
    uint32_t here = *at, least = here, most;
    switch (item->repeat) {
        case 0:
            if (here >= match->length || !accepts(match, item, here)) return false;
            *at = here + 1;
            return true;
        case '-':
            most = here;
            break;
        case '?':
            most = here + (here < match->length && accepts(match, item, here));
            break;
        default:
            most = run_end(match, item, here);
            if (item->repeat == '+' && ++least > most) return false;
            break;
    }
    if (item->repeat == '-' || most > least) {
        uint32_t index = (uint32_t)(item - match->pattern->items);
        match->pattern->choices[(*choice_count)++] = (struct hp_choice){index, most, least};
    }
    *at = most;
    return true;
}

bool hp_match_at(struct hp_match *match, uint32_t start) {
    const struct hp_item *items = match->pattern->items, *item = items;
    struct hp_choice *choices = match->pattern->choices;
    uint32_t choice_count = 0, at = start;
    match->level = 0;
    for (;;) {
        bool matches = true;
        charge(match, 1);
        switch (item->op) {
            case HP_CHAR: case HP_ANY: case HP_SET:
                matches = take_single(match, item, &choice_count, &at);
                break;
            case HP_OPEN: case HP_OPEN_POSITION:
                open_capture(match, at, item->op == HP_OPEN ? HP_CAPTURE_OPEN : HP_CAPTURE_POSITION);
                choices[choice_count++] = (struct hp_choice){(uint32_t)(item - items), at, 0};
                break;
            case HP_CLOSE: {
                uint32_t which = (uint32_t)close_capture(match, at);
                choices[choice_count++] = (struct hp_choice){(uint32_t)(item - items), at, which};
                break;
            }
            case HP_BACK_REFERENCE: matches = back_reference(match, item, &at); break;
            case HP_BALANCED: matches = balanced(match, item, &at); break;
            case HP_FRONTIER: matches = frontier(match, item, at); break;
            case HP_AT_END: matches = at == match->length; break;
            case HP_ACCEPT:
                match->end = at;
                return true;
            default: luaL_error(match->L, "%s", hp_fault_text(item->a));
        }
        item = matches ? item + 1 : go_back(match, &choice_count, &at);
        if (item == NULL) return false;
    }
}

bool hp_match_search(struct hp_match *match, uint32_t start, uint32_t *found) {
    const struct hp_item *first = match->pattern->items;
    bool literal = first->op == HP_CHAR && first->repeat == 0;
    for (;; start++) {
        if (literal) {
            const char *at = memchr(match->subject + start, first->a, match->length - start);
            uint32_t next = at ? (uint32_t)(at - match->subject) : match->length;
            charge(match, (next - start) / 16);
            if (at == NULL) return false;
            start = next;
        }
        if (hp_match_at(match, start)) {
            *found = start;
            return true;
        }
        if (start >= match->length) return false;
    }
}

void hp_match_push_capture(struct hp_match *match, int index, uint32_t start) {
    if (index >= match->level) {
        if (index > 0) luaL_error(match->L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(match->L, match->subject + start, match->end - start);
        return;
    }
    struct hp_capture capture = match->captures[index];
    if (capture.length == HP_CAPTURE_OPEN) luaL_error(match->L, "unfinished capture");
    if (capture.length == HP_CAPTURE_POSITION) {
        lua_pushinteger(match->L, (lua_Integer)capture.start + 1);
    } else {
        lua_pushlstring(match->L, match->subject + capture.start, (size_t)capture.length);
    }
}

int hp_match_push_captures(struct hp_match *match, uint32_t start, bool whole) {
    int count = match->level == 0 && whole ? 1 : match->level;
    luaL_checkstack(match->L, count, "too many captures");
    for (int i = 0; i < count; i++) hp_match_push_capture(match, i, start);
    return count;
}
