/* Lua patterns (Lua 5.4 reference manual, 6.4.1), compiled to a list of items and matched without recursion.
 *
 * Lua patterns repeat single characters only, so one way through a pattern passes each item once: the stack of choices
 * to come back to never grows beyond the number of items. Time is bounded by a count of steps. A fault in a pattern is
 * reported when matching reaches it, as in Lua.
 */
#ifndef HPUSH_STDLIB_PATTERN_H
#define HPUSH_STDLIB_PATTERN_H

#include <lua5.4/lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HP_MAX_CAPTURES 32
/* What fits into an hp_pattern itself, without memory from Lua. */
#define HP_INLINE_ITEMS 24
#define HP_INLINE_SETS 12

enum hp_op {
    HP_CHAR, HP_ANY, HP_SET,                        /* one byte; these may repeat */
    HP_OPEN, HP_OPEN_POSITION, HP_CLOSE,
    HP_BACK_REFERENCE, HP_BALANCED, HP_FRONTIER,
    HP_AT_END, HP_ACCEPT, HP_FAULT,
};

struct hp_item {
    uint8_t op;
    uint8_t repeat;             /* 0 or one of * + - ? */
    uint8_t a, b;               /* HP_CHAR: byte; HP_BACK_REFERENCE: digit; HP_BALANCED: both delimiters; HP_FAULT: which */
    uint32_t set;               /* HP_SET, HP_FRONTIER: index */
};

struct hp_set {
    uint64_t bits[4];
};

/* A choice to come back to, or a capture to restore on the way back. */
struct hp_choice {
    uint32_t item;
    uint32_t at;
    uint32_t least;
};

#define HP_CAPTURE_OPEN (-1)
#define HP_CAPTURE_POSITION (-2)

struct hp_capture {
    uint32_t start;
    int32_t length;             /* or one of the two above */
};

struct hp_pattern {
    struct hp_item *items;
    struct hp_set *sets;
    struct hp_choice *choices;
    uint32_t item_count, set_count;
    struct hp_item inline_items[HP_INLINE_ITEMS];
    struct hp_set inline_sets[HP_INLINE_SETS];
    struct hp_choice inline_choices[HP_INLINE_ITEMS];
};

struct hp_match {
    lua_State *L;
    const struct hp_pattern *pattern;
    const char *subject;
    uint32_t length;
    uint32_t end;               /* after a match: where it ends */
    int level;                  /* number of captures */
    int64_t steps;              /* left */
    int64_t poll_at;
    struct hp_capture captures[HP_MAX_CAPTURES];
};

/* Compiles text. A long pattern takes a userdata, pushed on the stack (nil otherwise): keep it while the pattern is used. */
void hp_pattern_compile(lua_State *L, struct hp_pattern *pattern, const char *text, size_t length);

/* The same into one userdata, which it pushes and returns. */
struct hp_pattern *hp_pattern_new(lua_State *L, const char *text, size_t length);

/* Prepares for matching; raises when the subject is too long. */
void hp_match_begin(struct hp_match *match, lua_State *L, const struct hp_pattern *pattern, const char *subject,
                    size_t length);

/* Matches at this very position. Raises on faults, too many captures and used up steps. */
bool hp_match_at(struct hp_match *match, uint32_t start);

/* Finds the first match at or after start; returns false when there is none, else *found is where it begins. */
bool hp_match_search(struct hp_match *match, uint32_t start, uint32_t *found);

/* Takes steps from the budget; raises "pattern too complex" when it is used up and HP_STDLIB_INTERRUPTED on demand. */
void hp_match_charge(struct hp_match *match, int64_t steps);

/* Pushes capture number index (from 0); number 0 of a pattern without captures is the whole match from start. */
void hp_match_push_capture(struct hp_match *match, int index, uint32_t start);

/* Pushes all captures, or the whole match when there are none and whole is true. Returns how many. */
int hp_match_push_captures(struct hp_match *match, uint32_t start, bool whole);

static inline bool hp_set_has(const struct hp_set *set, unsigned char c) {
    return (set->bits[c >> 6] >> (c & 63)) & 1;
}

const char *hp_fault_text(int fault);

enum hp_fault {
    HP_FAULT_ENDS_WITH_PERCENT, HP_FAULT_MISSING_BRACKET, HP_FAULT_FRONTIER, HP_FAULT_BALANCED,
};

#endif
