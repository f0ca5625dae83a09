/*
 * handles.h - the objects scripts see (ctx, msg, sessions, verdicts) as light userdata. Inline, since they are made and
 * read several times a message.
 *
 * A handle is a value of 64 bits: making one allocates nothing, two of the same thing are equal and serve as table keys, and one whose time
 * is over is told by the generation in it. Scripts cannot make or take apart light userdata, so a handle can't be forged.
 *
 *   context, message:  kind 4 | plugin 8 | generation 32 | index 20
 *   session:           kind 4 | host's handle 60
 *   redirect result:   kind 4 | nodes 28 | sessions 32
 *   verdict:           kind 4 | hp_verdict
 */
#ifndef HP_HANDLES_H
#define HP_HANDLES_H

#include "state.h"

typedef enum handle_kind { HANDLE_CONTEXT = 1, HANDLE_MESSAGE, HANDLE_SESSION, HANDLE_REDIRECT, HANDLE_VERDICT } handle_kind;

static inline void hp_push_handle(lua_State *L, handle_kind kind, uint64_t bits)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)((uint64_t)kind << 60 | bits));
}

static inline uint64_t hp_exec_bits(const hp_exec *x, uint32_t plugin)
{
    return (uint64_t)(plugin & 0xff) << 52 | (uint64_t)x->generation << 20 | x->index;
}

static inline void hp_push_context(lua_State *L, const hp_exec *x, uint32_t plugin)
{
    hp_push_handle(L, HANDLE_CONTEXT, hp_exec_bits(x, plugin));
}

static inline void hp_push_message(lua_State *L, const hp_exec *x, uint32_t plugin)
{
    hp_push_handle(L, HANDLE_MESSAGE, hp_exec_bits(x, plugin));
}

static inline void hp_push_session(lua_State *L, uint64_t session) { hp_push_handle(L, HANDLE_SESSION, session & (UINT64_MAX >> 4)); }
static inline void hp_push_verdict(lua_State *L, hp_verdict verdict) { hp_push_handle(L, HANDLE_VERDICT, (uint64_t)verdict); }

/* hpush.nobody is one value: with no sessions there are no nodes. */
static inline void hp_push_redirect(lua_State *L, uint32_t sessions, uint32_t nodes)
{
    hp_push_handle(L, HANDLE_REDIRECT, sessions == 0 ? 0 : (uint64_t)(nodes & 0xfffffff) << 32 | sessions);
}

/* 0 if it is none. */
static inline handle_kind hp_handle_kind(lua_State *L, int index, uint64_t *bits)
{
#ifndef __x86_64__      /* here no address of a process, which a full userdata's would be, has any of the upper bits; elsewhere it may */
    if (lua_type(L, index) != LUA_TLIGHTUSERDATA) return 0;
#endif
    uint64_t all = (uint64_t)(uintptr_t)lua_touserdata(L, index);
    *bits = all & (UINT64_MAX >> 4);
    return (handle_kind)(all >> 60);
}

static inline uint64_t hp_handle_session(uint64_t bits) { return bits; }
static inline hp_verdict hp_handle_verdict(uint64_t bits) { return (hp_verdict)bits; }

/* The execution a context's or message's handle means; NULL when its time is over. */
static inline hp_exec *hp_handle_exec(const hp_state *s, uint64_t bits) { return hp_exec_alive(s, bits & 0xfffff, (uint32_t)(bits >> 20)); }

/* handles.c */
HP_HIDDEN void hp_handles_open(lua_State *L, hp_state *s);

#endif
