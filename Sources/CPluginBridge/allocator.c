#include <stdlib.h>

#include "state.h"
#include "stdlib/stdlib.h"

/* What a script whose budget is used up may hold beyond its limit. It runs no further instruction, but leaving it needs memory (Lua makes
 * room on the stack before it calls the hook); without, each of 100,000 nested pcalls would be unwound by an error of its own. */
static const size_t unwinding_bytes = 64u << 20;

/* Lua's allocator: malloc with a ceiling. Only growth is refused, since Lua relies on shrinking never failing. When `block` is NULL,
 * `old_size` is a type tag and no size. */
void *hp_allocate(void *context, void *block, size_t old_size, size_t new_size)
{
    hp_state *s = context;
    size_t held = block ? old_size : 0;
    if (new_size == 0) {
        free(block);
        s->memory -= held;
        return NULL;
    }
    /* A string that the VM itself makes or compares is beyond the reach of any hook: its size bounds how long that takes. */
    if (!block && old_size == LUA_TSTRING && new_size > HP_STDLIB_MAX_STRING + 64) {
        s->memory_refused = true;
        return NULL;
    }
    size_t ceiling = s->limits.memory_bytes + (s->expired ? unwinding_bytes : 0);
    if (new_size > held && new_size - held > (s->memory < ceiling ? ceiling - s->memory : 0)) {
        s->memory_refused = true;
        return NULL;
    }
    void *grown = realloc(block, new_size);
    if (!grown) return new_size <= held ? block : NULL;
    s->memory = s->memory - held + new_size;
    if (s->current && s->current->stats && new_size > held) {
        s->current->stats->stats.allocated += new_size - held;
        s->current->stats->stats.allocations++;
    }
    return grown;
}

/* HP_STATE_UNMEASURED: neither bounded nor counted. */
void *hp_allocate_unmeasured(void *context, void *block, size_t old_size, size_t new_size)
{
    (void)context;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}
