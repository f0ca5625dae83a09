#include <lua5.4/lauxlib.h>
#include <string.h>

#include "bounds.h"
#include "pattern.h"

const char *hp_fault_text(int fault) {
    switch (fault) {
        case HP_FAULT_ENDS_WITH_PERCENT: return "malformed pattern (ends with '%')";
        case HP_FAULT_MISSING_BRACKET: return "malformed pattern (missing ']')";
        case HP_FAULT_FRONTIER: return "missing '[' after '%f' in pattern";
        default: return "malformed pattern (missing arguments to '%b')";
    }
}

static void set_add(struct hp_set *set, unsigned first, unsigned last) {
    for (unsigned c = first; c <= last; c++) set->bits[c >> 6] |= (uint64_t)1 << (c & 63);
}

static void set_invert(struct hp_set *set) {
    for (int i = 0; i < 4; i++) set->bits[i] = ~set->bits[i];
}

/* Adds the class of a lower case letter, by ASCII as Lua does in the C locale. False when the letter names none.
 * letter | 32 is a lower case letter for letters alone. */
static bool add_class(struct hp_set *set, unsigned char letter) {
    switch (letter) {
        case 'a': set_add(set, 'A', 'Z'); set_add(set, 'a', 'z'); return true;
        case 'c': set_add(set, 0, 31); set_add(set, 127, 127); return true;
        case 'd': set_add(set, '0', '9'); return true;
        case 'g': set_add(set, '!', '~'); return true;
        case 'l': set_add(set, 'a', 'z'); return true;
        case 'p': set_add(set, '!', '/'); set_add(set, ':', '@'); set_add(set, '[', '`'); set_add(set, '{', '~'); return true;
        case 's': set_add(set, '\t', '\r'); set_add(set, ' ', ' '); return true;
        case 'u': set_add(set, 'A', 'Z'); return true;
        case 'w': set_add(set, '0', '9'); set_add(set, 'A', 'Z'); set_add(set, 'a', 'z'); return true;
        case 'x': set_add(set, '0', '9'); set_add(set, 'A', 'F'); set_add(set, 'a', 'f'); return true;
        case 'z': set_add(set, 0, 0); return true;   /* of Lua 5.1, still understood by 5.4 */
        default: return false;
    }
}

/* Adds what %letter stands for: a class, its complement for a capital, or else the character itself. */
static void add_escaped(struct hp_set *set, unsigned char letter) {
    struct hp_set class = {{0}};
    if (!add_class(&class, letter | 32)) {
        set_add(set, letter, letter);
        return;
    }
    if (letter <= 'Z') set_invert(&class);
    for (int i = 0; i < 4; i++) set->bits[i] |= class.bits[i];
}

/* The ']' that closes a set whose contents begin at p, or NULL. The first character and escaped ones never close. */
static const char *set_end(const char *p, const char *end) {
    do {
        if (p >= end) return NULL;
        if (*p++ == '%' && p < end) p++;
    } while (p >= end || *p != ']');
    return p;
}

/* Reads a set whose '[' is at p. Returns what follows its ']', or NULL when that is missing. */
static const char *read_set(struct hp_set *set, const char *p, const char *end) {
    bool inverted = ++p < end && *p == '^';
    if (inverted) p++;
    const char *close = set_end(p, end);
    if (close == NULL) return NULL;
    memset(set, 0, sizeof *set);
    while (p < close) {
        if (*p == '%') {
            /* After a range that ends in '%' this may name the closing bracket itself, as in Lua. */
            add_escaped(set, (unsigned char)p[1]);
            p += 2;
        } else if (p + 2 < close && p[1] == '-') {
            set_add(set, (unsigned char)p[0], (unsigned char)p[2]);
            p += 3;
        } else {
            set_add(set, (unsigned char)*p, (unsigned char)*p);
            p++;
        }
    }
    if (inverted) set_invert(set);
    return close + 1;
}

static bool fault(struct hp_item *item, enum hp_fault which) {
    item->op = HP_FAULT;
    item->a = (uint8_t)which;
    return false;
}

/* Compiles one item from *p and moves *p behind it. False after a fault: nothing behind it can be read. */
static bool read_item(struct hp_pattern *pattern, struct hp_item *item, const char **p, const char *end) {
    const char *q = *p;
    struct hp_set *set = &pattern->sets[pattern->set_count];
    *item = (struct hp_item){.op = HP_CHAR, .a = (uint8_t)*q, .set = pattern->set_count};
    switch (*q++) {
        case '(':
            item->op = HP_OPEN;
            if (q < end && *q == ')') item->op = HP_OPEN_POSITION, q++;
            *p = q;
            return true;
        case ')':
            item->op = HP_CLOSE;
            *p = q;
            return true;
        case '$':
            if (q < end) break;
            item->op = HP_AT_END;
            *p = q;
            return true;
        case '.':
            item->op = HP_ANY;
            break;
        case '[':
            item->op = HP_SET;
            q = read_set(set, q - 1, end);
            if (q == NULL) return fault(item, HP_FAULT_MISSING_BRACKET);
            pattern->set_count++;
            break;
        case '%': {
            if (q >= end) return fault(item, HP_FAULT_ENDS_WITH_PERCENT);
            unsigned char c = (unsigned char)*q++;
            if (c >= '0' && c <= '9') {
                item->op = HP_BACK_REFERENCE;
                item->a = (uint8_t)(c - '0');
                *p = q;
                return true;
            }
            if (c == 'b') {
                if (end - q < 2) return fault(item, HP_FAULT_BALANCED);
                item->op = HP_BALANCED;
                item->a = (uint8_t)q[0];
                item->b = (uint8_t)q[1];
                *p = q + 2;
                return true;
            }
            if (c == 'f') {
                if (q >= end || *q != '[') return fault(item, HP_FAULT_FRONTIER);
                q = read_set(set, q, end);
                if (q == NULL) return fault(item, HP_FAULT_MISSING_BRACKET);
                item->op = HP_FRONTIER;
                pattern->set_count++;
                *p = q;
                return true;
            }
            struct hp_set class = {{0}};
            if (add_class(&class, c | 32)) {
                if (c <= 'Z') set_invert(&class);
                *set = class;
                item->op = HP_SET;
                pattern->set_count++;
            } else {
                item->a = c;
            }
            break;
        }
        default: break;
    }
    if (q < end && (*q == '*' || *q == '+' || *q == '-' || *q == '?')) item->repeat = (uint8_t)*q++;
    *p = q;
    return true;
}

static void compile(struct hp_pattern *pattern, const char *text, size_t length) {
    const char *end = text + length;
    pattern->item_count = pattern->set_count = 0;
    while (text < end) {
        if (!read_item(pattern, &pattern->items[pattern->item_count++], &text, end)) return;
    }
    pattern->items[pattern->item_count++] = (struct hp_item){.op = HP_ACCEPT};
}

/* Each item but the last takes a byte of text, each set two. */
static size_t outside_size(size_t length) {
    return (length / 2 + 1) * sizeof(struct hp_set) + (length + 1) * (sizeof(struct hp_item) + sizeof(struct hp_choice));
}

static void place_outside(struct hp_pattern *pattern, void *memory, size_t length) {
    pattern->sets = memory;
    pattern->items = (struct hp_item *)(pattern->sets + length / 2 + 1);
    pattern->choices = (struct hp_choice *)(pattern->items + length + 1);
}

static void check_length(lua_State *L, size_t length) {
    if (length > HP_MAX_PATTERN_LENGTH) {
        luaL_error(L, "pattern too long (%I bytes, at most %d)", (LUAI_UACINT)length, HP_MAX_PATTERN_LENGTH);
    }
}

void hp_pattern_compile(lua_State *L, struct hp_pattern *pattern, const char *text, size_t length) {
    check_length(L, length);
    if (length < HP_INLINE_ITEMS && length / 2 < HP_INLINE_SETS) {
        lua_pushnil(L);
        pattern->items = pattern->inline_items;
        pattern->sets = pattern->inline_sets;
        pattern->choices = pattern->inline_choices;
    } else {
        place_outside(pattern, lua_newuserdatauv(L, outside_size(length), 0), length);
    }
    compile(pattern, text, length);
}

struct hp_pattern *hp_pattern_new(lua_State *L, const char *text, size_t length) {
    check_length(L, length);
    struct hp_pattern *pattern = lua_newuserdatauv(L, sizeof *pattern + outside_size(length), 0);
    place_outside(pattern, pattern + 1, length);
    compile(pattern, text, length);
    return pattern;
}
