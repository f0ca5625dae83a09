---@meta _

-- The API of HPush for plugins, for editors with lua-language-server. The node does not read this file.
-- Written by scripts/docs --write (and by `hpush plugin new`) from the description of the API: do not change it by hand.
--
-- Put `---@type hpush.Plugin` before a plugin's table, and its handlers know what ctx and msg are.

---What a plugin's `needs` may name.
---@alias hpush.Need
---| "cluster"
---| "crypto"
---| "http"
---| "notify"
---| "offload"
---| "redirect"
---| "redis"
---| "sessions"
---| "store"
---| "token"

---The kinds of messages.
---@alias hpush.HeadType
---| "login_request"
---| "login_response"
---| "logout_request"
---| "logout_response"
---| "heart_beat"
---| "message_request"
---| "message_response"
---| "message_notification"
---| "message_ack"
---| "sync_request"
---| "sync_response"
---| "custom_request"
---| "custom_response"

---ctx where no session is concerned: `init`, timers, node events.
---@class hpush.BareContext
---@field config table<string, any> # The plugin's settings, checked, with defaults filled in.
---@field plugin string # The plugin's name.
---@field generation integer # Number of the running generation: one more at each reload.

---ctx of handlers. It ends with its handler.
---@class hpush.Context : hpush.BareContext
---@field type? hpush.HeadType|integer # The message's head type; a number where the host does not know it.
---@field sequence integer # The message's `sequence`, which its answer repeats.
---@field uid string # The session's user: verified, unlike what a message says. Outbound: the recipient.
---@field session hpush.Session # The session. Outbound: the recipient's.
---@field remote string # The client's address, "HOST:PORT"; an IPv6 host stands in brackets.
---@field transport string # How the client is connected: tcp or websocket.

---ctx of inbound.login_request. There is no session yet, and uid is nil until a plugin accepts.
---@class hpush.LoginContext : hpush.Context
---@field uid? string
---@field session nil
local LoginContext = {}

---Lets the login in as a user and goes on: later plugins may still refuse it, and the session opens at the pipeline's end. A login that nobody accepts is refused. Not in init, save and restore, in outbound handlers.
---@param login hpush.Accepted
function LoginContext:accept(login) end

---msg: fields by their names in the wire protocol, read and written. It ends with its handler.
---@class hpush.Message
local Message = {}

---Bytes of the message's body as it would be sent now.
---@return integer bytes
function Message:size() end

---A message of its own with the same fields, which outlives the handler. Its changes are not those of msg.
---@generic T
---@param self T
---@return T copy
function Message:copy() end

---LOGIN_REQUEST
---@class hpush.LoginRequest : hpush.Message
---@field uid string # who wants to log in; not verified
---@field deviceId string # the client's name for its device
---@field token string # a password or a token, as the login plugin has it
---@field platform integer # the client's number for its kind of device
---@field app_version string # the client's version
---@field capabilities integer # bit 0: answer my messages on success, too; bit 1: I acknowledge what I get

---LOGIN_RESPONSE
---@class hpush.LoginResponse : hpush.Message
---@field result boolean # whether the login was accepted
---@field code integer # 0 on success
---@field info string # for people
---@field expose integer # of the Java system
---@field capabilities integer # those granted

---LOGOUT_REQUEST
---@class hpush.LogoutRequest : hpush.Message

---LOGOUT_RESPONSE
---@class hpush.LogoutResponse : hpush.Message

---HEART_BEAT
---@class hpush.HeartBeat : hpush.Message
---@field seq integer # the client's number
---@field uid string # the client's user
---@field json string # anything

---MESSAGE_REQUEST
---@class hpush.MessageRequest : hpush.Message
---@field msg_id integer # the client's number, which its answer repeats
---@field from string # the sender: set by the node to the session's user before handlers see it
---@field to string # the recipient's uid
---@field time integer # the client's time, in milliseconds by custom
---@field msg_type integer # the client's number for the kind of content
---@field content string # the text
---@field url string # the client's
---@field property string # the client's
---@field from_nick string # the sender's name for people; not verified
---@field json string # the client's
---@field group string # the recipient group; where it is set, `to` is ignored
---@field server_id integer # unique number, set by the node
---@field conversation_seq integer # place in the conversation, set by the node that stores the message

---MESSAGE_RESPONSE
---@class hpush.MessageResponse : hpush.Message
---@field result boolean # whether it was taken
---@field code integer # 0 on success
---@field info string # for people
---@field expose integer # of the Java system
---@field msg_id integer # the request's
---@field server_id integer # the message's number, where it has one

---MESSAGE_NOTIFICATION
---@class hpush.MessageNotification : hpush.Message
---@field no_id integer # the notification's number
---@field json string # what it says
---@field timestamp string # Unix time in milliseconds, as text

---MESSAGE_ACK
---@class hpush.MessageAck : hpush.Message
---@field server_id integer[] # what has arrived; read only

---SYNC_REQUEST
---@class hpush.SyncRequest : hpush.Message
---@field conversation string # the other user's id, or group:NAME
---@field after_seq integer # messages after this place
---@field limit integer # how many at most

---SYNC_RESPONSE
---@class hpush.SyncResponse : hpush.Message
---@field more boolean # whether there are later ones
---@field next_seq integer # place of the last one

---CUSTOM_REQUEST
---@class hpush.CustomRequest : hpush.Message
---@field route string # the route's name
---@field body string # bytes for the route
---@field code integer # 0 in requests
---@field info string # empty in requests

---CUSTOM_RESPONSE
---@class hpush.CustomResponse : hpush.Message
---@field route string # the route's name
---@field body string # the route's answer, bytes
---@field code integer # 0 on success
---@field info string # for people

---A session. Two values of the same session are equal; it serves as a table key. Fields are nil once it has ended.
---@class hpush.Session
---@field id string # 32 hex digits that name the session; no credential.
---@field uid string # The user.
---@field device string # `deviceId` of the login.
---@field platform integer # `platform` of the login.
---@field remote string # The client's address, "HOST:PORT".
---@field node string # Name of the node that holds the session.
---@field since number # When it opened, Unix time in seconds.
local Session = {}

---Sends a message to this session alone, past the pipeline's inbound handlers. True when it was queued. Not in init, save and restore.
---@param message hpush.Message|hpush.Outgoing # msg, a copy, or a table such as { type = "message_request", to = "bob", content = "hi" }
---@return boolean queued
function Session:send(message) end

---Sends a MESSAGE_NOTIFICATION with the table as its JSON. True when it was queued. Not in init, save and restore.
---@param notice table # the bundled plugins use { type = NUMBER, data = { ... } }
---@return boolean queued
function Session:notify(notice) end

---Ends the session after what waits for it is sent. The client gets a LOGOUT_RESPONSE with the reason, so that it stays away. Not in init, save and restore.
---@param reason? string
function Session:close(reason) end

---An attribute of the session; nil where there is none. Not in init, save and restore.
---@param key string
---@return any? value # a string, a number or a boolean
function Session:get(key) end

---Keeps an attribute with the session, all plugins see it. It outlives reloads and ends with the session. At most 64 each. Not in init, save and restore.
---@param key string # 1 to 64 bytes
---@param value string|number|boolean|nil # nil removes it; a string has 4096 bytes at most
function Session:set(key, value) end

---What a handler returns to decide: `hpush.stop`, `hpush.reject{}` or `hpush.close{}`; nothing goes on.
---@class hpush.Verdict

---What the client is told.
---@class hpush.Refusal
---@field code? integer # 7, rejected by a rule, unless given; codes are in docs/protocol.md
---@field info? string # for people

---Who is let in.
---@class hpush.Accepted
---@field uid string # 1 to 255 bytes

---How far a message got.
---@class hpush.Redirected
---@field sessions integer # sessions it was queued for
---@field nodes integer # nodes they are on

---What `hpush.http` is asked to do.
---@class hpush.HttpRequest
---@field url string # http:// or https://
---@field method? string # GET unless given
---@field headers? table<string, string|integer>
---@field body? string # 1 MB at most
---@field timeout? number # seconds until the whole answer is there; 3 unless given, `plugins.limits.wait_ms` at most

---What a service answered.
---@class hpush.HttpResponse
---@field status integer # 200, 404 and so on
---@field headers table<string, string> # by name in lower case; several of one name are joined by a comma
---@field body string # bytes, 1 MB at most

---An account.
---@class hpush.User
---@field id string # the uid

---A message in the store.
---@class hpush.Stored
---@field server_id integer # the node's number for it
---@field conversation_seq integer # 1, 2, 3 ... in its conversation
---@field duplicate boolean # whether its sender had sent it before

---A node of the cluster. A node that stands alone has id 0.
---@class hpush.Node
---@field id integer # new at each registration
---@field name string # `node.name` of its configuration
---@field balance integer # sessions, at most a second late
---@field host? string # where clients reach it
---@field port? integer
---@field draining? boolean # it takes no newcomers

---A message as a table: its type, and fields by the names they have in msg.
---@class hpush.Outgoing
---@field type? hpush.HeadType # message_request unless given
---@field sequence? integer
---@field msg_id? integer
---@field from? string
---@field to? string
---@field time? integer
---@field msg_type? integer
---@field content? string
---@field url? string
---@field property? string
---@field from_nick? string
---@field json? string
---@field group? string
---@field server_id? integer
---@field conversation_seq? integer

---One entry of a plugin's `config`: what a setting may be.
---@class hpush.Setting
---@field type "integer"|"number"|"boolean"|"string"|"list"|"table"|"file" # `file`: a path, from the plugins' folder on; the plugin gets the file's text
---@field default? any # what it is where the configuration says nothing; without one it is nil then
---@field min? number # the least number
---@field max? number # the greatest number
---@field enum? (string|number)[] # all values it may have
---@field help? string # one line for people

---One entry of a plugin's `timers`.
---@class hpush.Timer
---@field every number # seconds, from 0.01
---@field run fun(ctx: hpush.BareContext)
---@field each_loop? boolean # true: it runs on every event loop; else on one, so once a node

---Handlers of what happens on the node. An error in one is logged and stops nothing.
---@class hpush.Events
---@field session_open? fun(ctx: hpush.Context) # somebody has logged in, and is told so already
---@field session_close? fun(ctx: hpush.Context) # a session has ended; `ctx.session` still says what it was
---@field undeliverable? fun(ctx: hpush.Context, msg: hpush.MessageRequest) # a message was refused with code 6 or 9: there was nobody to take it
---@field node_up? fun(ctx: hpush.BareContext, node: hpush.Node) # another node has joined the cluster
---@field node_down? fun(ctx: hpush.BareContext, node: hpush.Node) # another node has left the cluster

---Handlers of what clients send. HEART_BEAT is the core's.
---@class hpush.Inbound
---@field login_request? fun(ctx: hpush.LoginContext, msg: hpush.LoginRequest): hpush.Verdict?
---@field logout_request? fun(ctx: hpush.Context, msg: hpush.LogoutRequest): hpush.Verdict?
---@field message_request? fun(ctx: hpush.Context, msg: hpush.MessageRequest): hpush.Verdict?
---@field message_ack? fun(ctx: hpush.Context, msg: hpush.MessageAck): hpush.Verdict?
---@field sync_request? fun(ctx: hpush.Context, msg: hpush.SyncRequest): hpush.Verdict?
---@field custom_request? fun(ctx: hpush.Context, msg: hpush.CustomRequest): hpush.Verdict?
---@field ["*"]? fun(ctx: hpush.Context, msg: hpush.Message): hpush.Verdict? # all types that have no handler of their own here

---Handlers of what goes to a session. They may not wait; `hpush.stop` keeps the message from the session.
---@class hpush.Outbound
---@field login_response? fun(ctx: hpush.Context, msg: hpush.LoginResponse): hpush.Verdict?
---@field logout_response? fun(ctx: hpush.Context, msg: hpush.LogoutResponse): hpush.Verdict?
---@field message_request? fun(ctx: hpush.Context, msg: hpush.MessageRequest): hpush.Verdict?
---@field message_response? fun(ctx: hpush.Context, msg: hpush.MessageResponse): hpush.Verdict?
---@field message_notification? fun(ctx: hpush.Context, msg: hpush.MessageNotification): hpush.Verdict?
---@field sync_response? fun(ctx: hpush.Context, msg: hpush.SyncResponse): hpush.Verdict?
---@field custom_response? fun(ctx: hpush.Context, msg: hpush.CustomResponse): hpush.Verdict?
---@field ["*"]? fun(ctx: hpush.Context, msg: hpush.Message): hpush.Verdict? # all types that have no handler of their own here

---The table that a plugin's file returns.
---@class hpush.Plugin
---@field api 1 # the host API it is written for
---@field version? string # shown by `hpush plugin list`, and handed to the next version's `restore`
---@field config? table<string, hpush.Setting> # the settings it has, by name; the configuration is checked against it
---@field needs? hpush.Need[] # host API beyond the basics; what is not named is not there
---@field inbound? hpush.Inbound # handlers of what clients send, by head type
---@field outbound? hpush.Outbound # handlers of what goes to a session, by head type; they may not wait
---@field events? hpush.Events # handlers of what happens on the node
---@field routes? table<string, fun(ctx: hpush.Context, body: string): string|hpush.Verdict|nil> # handlers of CUSTOM_REQUESTs by route; the string they return is the answer's body
---@field timers? hpush.Timer[] # what runs again and again
---@field offload? table<string, fun(...: any): ...: any> # functions for `hpush.offload`: they run on other threads, in a Lua state of their own; values in, values out
---@field init? fun(ctx: hpush.BareContext) # runs once in each Lua state, before it sees traffic
---@field save? fun(): any # at a reload: what the next generation gets, a plain value; it must change nothing
---@field restore? fun(state: any, old_version: string?) # at a reload: takes over what `save` of the old generation gave

---The host.
---@class hpush
hpush = {}

---The verdict "handled": return it, and no later plugin sees the message.
---@type hpush.Verdict
hpush.stop = nil

---The verdict "refused": return it, and the sender gets the failure of the message's own kind; no later plugin sees the message. A rejected login closes the connection. Not in init, save and restore.
---@param refusal? hpush.Refusal # code and info for the client; code is 7 unless given
---@return hpush.Verdict verdict
function hpush.reject(refusal) end

---As `hpush.reject`, and then the connection closes. Not in init, save and restore.
---@param refusal? hpush.Refusal # code and info for the client; code is 7 unless given
---@return hpush.Verdict verdict
function hpush.close(refusal) end

---Writes a line to the node's log, at level info. At most 4096 bytes of it are kept.
---@class hpush.loglib
---@overload fun(text: any)
hpush.log = {}

---Writes a line to the node's log, at level debug.
---@param text any
function hpush.log.debug(text) end

---Writes a line to the node's log, at level info.
---@param text any
function hpush.log.info(text) end

---Writes a line to the node's log, at level warning.
---@param text any
function hpush.log.warning(text) end

---Writes a line to the node's log, at level error.
---@param text any
function hpush.log.error(text) end

---The time of day as Unix time, in seconds with a fraction.
---@return number seconds
function hpush.now() end

---Seconds on a clock that never goes back, from an arbitrary start: for intervals. It shows when the loop's present turn began, and so stands still while a handler runs without waiting.
---@return number seconds
function hpush.monotonic() end

---A random UUID in its text form, in lower case.
---@return string uuid
function hpush.uuid() end

---@class hpush.jsonlib
hpush.json = {}

---A value as JSON. A table with the keys 1 to n is an array, any other an object with its keys in order; an empty table is {}.
---@param value any # nil, boolean, number, string or a table of them, 32 levels deep at most
---@return string text
function hpush.json.encode(value) end

---The value that a JSON text says; null is nil. Text that is no JSON raises an error.
---@param text string
---@return any value
function hpush.json.decode(text) end

---@class hpush.base64lib
hpush.base64 = {}

---Bytes as base64, with padding.
---@param bytes string
---@return string text
function hpush.base64.encode(bytes) end

---The bytes that a base64 text says; nil where it is none.
---@param text string
---@return string? bytes
function hpush.base64.decode(text) end

---Runs a function after the handler, by itself: nobody waits for it, it may wait as often as it likes, and its errors are logged. It has no ctx; copy what it needs into locals. It ends with its generation.
---@param run fun()
function hpush.spawn(run) end

---Queues a message for all sessions of a user on all nodes, past the pipeline's inbound handlers. `from` and `to` stay what they are in the message. It returns when the message is queued, not when it has arrived. Needs `needs = { "redirect" }`. May wait, so not in outbound handlers, init, save or restore.
---@param msg hpush.MessageRequest # msg of message_request, or a copy
---@param uid? string # the user; `msg.to` unless given
---@return hpush.Redirected reached # `hpush.nobody` where the user is not online: its `sessions` is 0
function hpush.redirect(msg, uid) end

---What `hpush.redirect` gives when the message reached no session: `if hpush.redirect(msg) == hpush.nobody then ... end`. Needs `needs = { "redirect" }`.
---@type hpush.Redirected
hpush.nobody = nil

---@class hpush.sessionslib
hpush.sessions = {}

---The sessions of a user on all nodes, the oldest first. Needs `needs = { "sessions" }`. May wait, so not in outbound handlers, init, save or restore.
---@param uid string
---@return hpush.Session[] sessions
function hpush.sessions.of_user(uid) end

---The session with an id; nil where it has ended. Needs `needs = { "sessions" }`. Not in init, save and restore.
---@param id string # 32 hex digits, as `session.id`
---@return hpush.Session? session
function hpush.sessions.get(id) end

---How many sessions this node has. Needs `needs = { "sessions" }`. Not in init, save and restore.
---@return integer count
function hpush.sessions.local_count() end

---Sends a MESSAGE_NOTIFICATION to all sessions of a user. How many sessions it was queued for. Needs `needs = { "notify" }`. May wait, so not in outbound handlers, init, save or restore.
---@param uid string
---@param notice table # becomes the notification's JSON
---@return integer sessions
function hpush.notify(uid, notice) end

---Sends a MESSAGE_NOTIFICATION to every session. Needs `needs = { "notify" }`. May wait, so not in outbound handlers, init, save or restore.
---@param notice table # becomes the notification's JSON
function hpush.broadcast(notice) end

---@class hpush.storelib
hpush.store = {}

---A user's account; nil where there is none. With `login` in mode open every uid counts as a user. Needs `needs = { "store" }`. May wait, so not in outbound handlers, init, save or restore.
---@param uid string
---@return hpush.User? user
function hpush.store.user(uid) end

---Whether a password is the user's; also false where there is no such user. nil when it could not be found out. Needs `needs = { "store" }`. May wait, so not in outbound handlers, init, save or restore.
---@param uid string
---@param password string
---@return boolean? right
---@return string? reason # "busy" when too much waits for the store already, "unavailable" when it does not answer
function hpush.store.verify(uid, password) end

---The uids of a user's contacts. nil when they could not be found out. Needs `needs = { "store" }`. May wait, so not in outbound handlers, init, save or restore.
---@param uid string
---@return string[]? uids
---@return string? reason # "busy" when too much waits for the store already, "unavailable" when it does not answer
function hpush.store.contacts(uid) end

---Stores a message and waits until it is on the disk; `msg.server_id` and `msg.conversation_seq` are set then, and its sender, if it asked for receipts, is told that it is accepted when the handlers are done. nil and a reason where it is not stored: "full", "no such group", "not a member", "too large", "busy", "unavailable". `duplicate`: it was stored before, and whoever it is for gets it from the store; do not redirect it again. Needs `needs = { "store" }`. May wait, so not in outbound handlers, init, save or restore.
---@param msg hpush.MessageRequest # msg of message_request, or a copy
---@param options? table # max_messages: messages that may wait for a user whom no device of theirs has got
---@return hpush.Stored? stored
---@return string? reason # why it is not stored
function hpush.store.save(msg, options) end

---Messages of a conversation in their order, as tables of their fields. nil when they could not be found out. Needs `needs = { "store" }`. May wait, so not in outbound handlers, init, save or restore.
---@param conversation string|string[] # "group:NAME", or two users { "alice", "bob" }
---@param after_seq? integer # only what comes after this conversation_seq; 0 unless given
---@param limit? integer # 1 to 1000; 100 unless given
---@return table[]? messages
---@return string? reason # "busy" or "unavailable"
function hpush.store.history(conversation, after_seq, limit) end

---The uids of a group's members; nil where there is no such group. Needs `needs = { "store" }`. May wait, so not in outbound handlers, init, save or restore.
---@param name string
---@return string[]? uids
---@return string? reason # "busy" or "unavailable"
function hpush.store.group(name) end

---How many members a group has, and whether a user is one of them; nil where there is no such group. Needs `needs = { "store" }`. May wait, so not in outbound handlers, init, save or restore.
---@param group string
---@param uid string
---@return integer? count
---@return boolean|string? is_member # with nil: the reason where it could not be found out
function hpush.store.member(group, uid) end

---Removes messages that are older, the oldest first, some hundred in a call. How many it removed: call it until that is 0. Needs `needs = { "store" }`. May wait, so not in outbound handlers, init, save or restore.
---@param seconds number # age
---@return integer? count
---@return string? reason # "busy" or "unavailable"
function hpush.store.expire(seconds) end

---@class hpush.tokenlib
hpush.token = {}

---The uid that a token of the gate is good for; nil where it is not valid (any more). Needs `needs = { "token" }`. May wait, so not in outbound handlers, init, save or restore.
---@param token string
---@return string? uid
function hpush.token.verify(token) end

---A token that lets the user log in, as the gate gives it. Needs `needs = { "token" }`. May wait, so not in outbound handlers, init, save or restore.
---@param uid string
---@param seconds? number # how long it is good for: 1 to 31622400
---@return string token
function hpush.token.issue(uid, seconds) end

---@class hpush.cryptolib
hpush.crypto = {}

---The SHA-256 of bytes, as 64 hex digits in lower case. Needs `needs = { "crypto" }`.
---@param text string
---@return string digest
function hpush.crypto.sha256(text) end

---The HMAC-SHA-256 of bytes, as 64 hex digits in lower case. Needs `needs = { "crypto" }`.
---@param key string
---@param text string
---@return string code
function hpush.crypto.hmac(key, text) end

---Whether two strings are equal, in a time that tells nothing of where they differ: for secrets. Needs `needs = { "crypto" }`.
---@param left string
---@param right string
---@return boolean equal
function hpush.crypto.constant_time_equal(left, right) end

---A password's hash to be kept, with a salt in it (scrypt, PHC format). nil where too many hashes wait. Needs `needs = { "crypto" }`. May wait, so not in outbound handlers, init, save or restore.
---@param text string # the password
---@return string? hash
---@return string? reason # "busy"
function hpush.crypto.password_hash(text) end

---Whether a password is the one that a hash was made of. nil where too many hashes wait. Needs `needs = { "crypto" }`. May wait, so not in outbound handlers, init, save or restore.
---@param text string # the password
---@param hash string # of `crypto.password_hash`
---@return boolean? right
---@return string? reason # "busy"
function hpush.crypto.password_verify(text, hash) end

---@class hpush.clusterlib
hpush.cluster = {}

---This node. Needs `needs = { "cluster" }`.
---@return hpush.Node node
function hpush.cluster.self() end

---All nodes of the cluster, this one too. Needs `needs = { "cluster" }`.
---@return hpush.Node[] nodes
function hpush.cluster.nodes() end

---A new id, unique in the cluster. An integer, or a string where `ids.generator` is uuid.
---@return integer|string id
function hpush.id() end

---Waits. May wait, so not in outbound handlers, init, save or restore.
---@param seconds number # 0 to 86400
function hpush.sleep(seconds) end

---Asks another service and waits for the whole answer, of any status; nil and a reason where there is none: "timeout", "busy", "can't connect to ...". Redirects are not followed, certificates are verified. A wrong request is an error. Needs `needs = { "http" }`. May wait, so not in outbound handlers, init, save or restore.
---@param request hpush.HttpRequest
---@return hpush.HttpResponse? response
---@return string? reason # for the log
function hpush.http(request) end

---Sends a command to the Redis of `cluster.redis.url` and waits for its answer: a string, an integer, a list, a table by key (HGETALL); nil where there is nothing. When Redis refuses it or is not there: nil and the reason. Commands that block or change the connection (BLPOP, SUBSCRIBE, MULTI, SELECT ...) are errors, for all handlers share it. Needs `needs = { "redis" }`. May wait, so not in outbound handlers, init, save or restore.
---@param command string # such as "INCR"
---@param ... string|number # its arguments
---@return any? answer
---@return string? reason # for the log
function hpush.redis(command, ...) end

---Runs a function of the plugin's `offload` on a worker thread, in a Lua state of its own, and waits for what it returns: for work that would hold up the loop. Values are copied, and sessions and messages can't go along. An error of the function is raised here. Needs `needs = { "offload" }`. May wait, so not in outbound handlers, init, save or restore.
---@param name string # of a function in the plugin's `offload`
---@param ... any # its arguments, 2 MB at most
---@return any ... # what it returns, 2 MB at most; nil and "busy" where too many calls wait
function hpush.offload(name, ...) end

---@class hpush.sharedlib
hpush.shared = {}

---The value under a key; nil where there is none or its time is over.
---@param key string # 1 to 256 bytes
---@return any? value # a string, a number or a boolean
function hpush.shared.get(key) end

---Puts a value under a key, with a new time to live.
---@param key string # 1 to 256 bytes
---@param value string|number|boolean|nil # nil removes it; a string has 65536 bytes at most
---@param ttl? number # seconds after which it is gone; it stays unless given
function hpush.shared.set(key, value, ttl) end

---Puts a value under a key where nothing is. True if it did, false where something is already.
---@param key string # 1 to 256 bytes
---@param value string|number|boolean
---@param ttl? number # seconds after which it is gone; it stays unless given
---@return boolean added
function hpush.shared.add(key, value, ttl) end

---Adds to the number under a key, from 0 where there is none, and gives the sum. The time to live counts only when this makes the entry.
---@param key string # 1 to 256 bytes
---@param by? number # 1 unless given
---@param ttl? number # seconds after which it is gone; it stays unless given
---@return number sum
function hpush.shared.incr(key, by, ttl) end

---Removes what is under a key. True if something was.
---@param key string # 1 to 256 bytes
---@return boolean deleted
function hpush.shared.delete(key) end

---@class hpush.metricslib
hpush.metrics = {}

---Adds to a counter of the plugin, shown at /metrics as `hpush_plugin_metric`.
---@param name string # letters, digits and _, no digit first
---@param amount? number # from 0; 1 unless given
function hpush.metrics.add(name, amount) end

---Sets a gauge of the plugin, shown at /metrics as `hpush_plugin_metric`.
---@param name string # letters, digits and _, no digit first
---@param value number
function hpush.metrics.set(name, value) end

---What plugins have of Lua's os library.
---@class oslib
os = {}

---Processor time of the node, in seconds: for measuring.
---@return number seconds
function os.clock() end

---@param format? string # "!%H:%M" and the like; "!" is UTC
---@param time? integer
---@return string|osdate date
function os.date(format, time) end

---@param later integer
---@param earlier integer
---@return number seconds
function os.difftime(later, earlier) end

---@param date? { year: integer, month: integer, day: integer, hour?: integer, min?: integer, sec?: integer, isdst?: boolean }
---@return integer time
function os.time(date) end

---@class osdate
---@field year integer
---@field month integer
---@field day integer
---@field hour integer
---@field min integer
---@field sec integer
---@field wday integer
---@field yday integer
---@field isdst boolean

---What `hpush plugin test` gives to a test: a fresh node in memory, with a clock of its own.
---@class hpush.Test
---@field requests hpush.HttpRequest[] # what plugins asked by hpush.http so far
local Test = {}

---Adds an account to the store.
---@param name string
---@param account? { password?: string, contacts?: string[] }
function Test:user(name, account) end

---Makes a group in the store, or adds members to it.
---@param name string
---@param members string[]
function Test:group(name, members) end

---@class hpush.TestLogin
---@field device? string
---@field platform? integer
---@field token? string
---@field capabilities? integer
---@field remote? string # the client's address, with or without a port
---@field app_version? string

---Logs a client in; the test fails where the login is refused.
---@param uid string
---@param options? hpush.TestLogin
---@return hpush.TestClient client
function Test:login(uid, options) end

---Tries to log a client in.
---@param uid string
---@param options? hpush.TestLogin
---@return hpush.TestClient client # nil where it was refused
---@return hpush.TestRefusal refusal
function Test:try_login(uid, options) end

---Lets seconds go by: timers, sleeps and times to live fire in their order.
---@param seconds number
function Test:advance(seconds) end

---Sets the time of day.
---@param unix number
function Test:time(unix) end

---Fails with "expected ..., got ..." where the two are not equal; tables are compared by what is in them.
---@param got any
---@param expected any
---@param note? string
function Test:equal(got, expected, note) end

---What plugins have logged.
---@return { level: string, plugin: string, text: string }[]
function Test:logs() end

---Answers hpush.http. nil and a text are a request that failed.
---@param answer fun(request: hpush.HttpRequest): hpush.HttpResponse?, string?
function Test:http(answer) end

---The value of a metric of the plugin under test.
---@param name string
---@return number value # nil where nobody has counted yet
function Test:metric(name) end

---Reloads the plugins, with save and restore.
---@param options? { config?: table<string, any> }
---@return any nothing
function Test:reload(options) end

---How many sessions a user has.
---@param uid string
---@return integer count
function Test:sessions(uid) end

---A token of the gate.
---@param uid string
---@param seconds? number
---@return string token
function Test:token(uid, seconds) end

---@class hpush.TestRefusal
---@field code integer
---@field info string
---@field msg_id? integer

---A client of a test.
---@class hpush.TestClient
---@field uid string
---@field id string # of its session
---@field closed? string # why the node closed the connection; nil while it is open
local TestClient = {}

---Sends a MESSAGE_REQUEST. A msg_id is given where there is none.
---@param fields hpush.Outgoing
---@return integer msg_id
function TestClient:send(fields) end

---The next message not looked at yet, as a table of its fields.
---@return hpush.MessageRequest message # nil where there is none
function TestClient:received() end

---The next notification not looked at yet, its JSON as a table.
---@return any notice
function TestClient:notified() end

---The next refusal not looked at yet.
---@return hpush.TestRefusal refusal # nil where there is none
function TestClient:refused() end

---Sends a CUSTOM_REQUEST and gives the answer's body.
---@param route string
---@param body? string
---@return string body # nil where it was refused
---@return hpush.TestRefusal refusal
function TestClient:call(route, body) end

---Sends a HEART_BEAT.
---@return boolean echoed
function TestClient:heartbeat() end

---Sends a LOGOUT_REQUEST.
function TestClient:logout() end

---Breaks the connection.
function TestClient:disconnect() end

---@class hpush.TestOptions
---@field config? table<string, any> # settings of the plugin under test
---@field pipeline? (string|table<string, table<string, any>>)[] # in its place; else login (open), the plugin, chat_redirect
---@field loops? integer # event loops, 1 unless set; clients are spread over them
---@field time? number # Unix time the test starts at; else 2026-01-05 12:00:00 UTC, a Monday

---One test. Only in *_test.lua.
---@param name string
---@param options hpush.TestOptions
---@param body fun(t: hpush.Test)
---@overload fun(name: string, body: fun(t: hpush.Test))
function test(name, options, body) end
