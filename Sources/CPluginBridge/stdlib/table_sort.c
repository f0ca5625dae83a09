/* table.sort as a merge sort: its number of comparisons is bounded by n log2 n whatever the comparison function says,
 * so an inconsistent one gives some order and never an error or an endless loop. Equal elements keep their order. */
#include <lua5.4/lauxlib.h>
#include <string.h>

#include "bounds.h"
#include "table_access.h"

/* The elements lie on the stack from base + 1 and stay there; what moves is an array of their numbers. */
struct sort {
    lua_State *L;
    int base;
    bool has_function;
    int64_t cost;
};

static bool less(struct sort *sort, uint32_t left, uint32_t right) {
    lua_State *L = sort->L;
    int a = sort->base + 1 + (int)left, b = sort->base + 1 + (int)right;
    if (sort->has_function) {
        hp_poll(L);
        lua_pushvalue(L, 2);
        lua_pushvalue(L, a);
        lua_pushvalue(L, b);
        lua_call(L, 2, 1);
        bool result = lua_toboolean(L, -1);
        lua_pop(L, 1);
        return result;
    }
    int64_t cost = 1;
    bool result;
    if (lua_type(L, a) == LUA_TSTRING && lua_type(L, b) == LUA_TSTRING) {
        /* The order of Lua's < in the C locale, at a cost that can be foreseen. */
        size_t a_length, b_length;
        const char *x = lua_tolstring(L, a, &a_length), *y = lua_tolstring(L, b, &b_length);
        size_t shorter = a_length < b_length ? a_length : b_length;
        int order = memcmp(x, y, shorter);
        result = order < 0 || (order == 0 && a_length < b_length);
        cost += (int64_t)(shorter / 32);
    } else {
        hp_poll(L);
        result = lua_compare(L, a, b, LUA_OPLT);
    }
    if ((sort->cost & 0xffff) < cost) hp_poll(L);
    sort->cost -= cost;
    if (sort->cost < 0) luaL_error(L, "strings too long to sort");
    return result;
}

/* Merges from[first..<middle] and from[middle..<end] into to. */
static void merge(struct sort *sort, const uint32_t *from, uint32_t *to, uint32_t first, uint32_t middle, uint32_t end) {
    uint32_t left = first, right = middle, out = first;
    /* Already in order: one comparison saves the others. */
    if (middle < end && !less(sort, from[middle], from[middle - 1])) {
        memcpy(to + first, from + first, (end - first) * sizeof *to);
        return;
    }
    while (left < middle && right < end) {
        to[out++] = less(sort, from[right], from[left]) ? from[right++] : from[left++];
    }
    while (left < middle) to[out++] = from[left++];
    while (right < end) to[out++] = from[right++];
}

/* Sorts the numbers 0..<count; the result is in the array returned, one of the two. */
static uint32_t *sort_numbers(struct sort *sort, uint32_t *numbers, uint32_t *spare, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) numbers[i] = i;
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t first = 0; first < count; first += 2 * width) {
            uint32_t middle = first + width < count ? first + width : count;
            uint32_t end = middle + width < count ? middle + width : count;
            merge(sort, numbers, spare, first, middle, end);
        }
        uint32_t *sorted = spare;
        spare = numbers;
        numbers = sorted;
    }
    return numbers;
}

int hp_table_sort(lua_State *L) {
    hp_check_list(L, 1, HP_READ | HP_WRITE | HP_LENGTH);
    lua_Integer count = hp_list_length(L, 1);
    if (count < 2) return 0;
    if (count > HP_MAX_SORT_ELEMENTS) {
        return luaL_error(L, "too many elements to sort (%I, at most %d)", (LUAI_UACINT)count, HP_MAX_SORT_ELEMENTS);
    }
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    bool meta = hp_is_meta(L, 1);
    luaL_checkstack(L, (int)count + 8, "too many elements to sort");
    uint32_t *numbers = lua_newuserdatauv(L, (size_t)count * 2 * sizeof *numbers, 0);
    struct sort sort = {L, lua_gettop(L), lua_isfunction(L, 2), HP_MAX_SORT_COST};
    for (lua_Integer i = 1; i <= count; i++) hp_get(L, 1, i, meta);
    numbers = sort_numbers(&sort, numbers, numbers + count, (uint32_t)count);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_pushvalue(L, sort.base + 1 + (int)numbers[i - 1]);
        hp_set_element(L, 1, i, meta);
    }
    return 0;
}
