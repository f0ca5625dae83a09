-- A bot with commands: as a user one writes to ("/roll 2d6"), and as a route for clients with buttons of their own.
--
--   message to `bot`                      the answer comes as a message from it, on all devices of who asked
--   route bot.command, body "/roll 2d6"   the answer is the body
--
-- A command is an entry of `commands` below: add yours there. One that fails says so to who asked and to the log; the bot goes on.
--
-- Stands after login and before chat_redirect:
--   - bot_commands: { admins: [ alice ] }
local reject, stop = hpush.reject, hpush.stop

---@type hpush.Plugin
local M = {
  api = 1,
  version = "1.0.0",
  config = {
    name = { type = "string", default = "bot", help = "the bot's user id" },
    admins = { type = "list", default = {}, help = "user ids that may use all commands" },
    notice_type = { type = "integer", default = 120, help = "type of the notice that /announce sends" },
  },
  needs = { "notify", "sessions" },
}

local is_admin = {}

function M.init(ctx)
  for _, uid in ipairs(ctx.config.admins) do is_admin[uid] = true end
end

-- By name: what it does for /help, whether it is for admins only, and run(ctx, arguments) -> the answer. It may wait.
local commands = {}

commands.help = {
  help = "this list",
  run = function(ctx)
    local lines = {}
    for name, command in pairs(commands) do
      if not command.admin or is_admin[ctx.uid] then lines[#lines + 1] = ("/%s - %s"):format(name, command.help) end
    end
    table.sort(lines)
    return table.concat(lines, "\n")
  end,
}

commands.time = {
  help = "the time of day (UTC)",
  run = function() return os.date("!%H:%M:%S", math.floor(hpush.now())) end,
}

commands.roll = {
  help = "throws dice: /roll 2d6",
  run = function(_, arguments)
    local count, sides = (arguments == "" and "1d6" or arguments):match("^(%d?%d?)d(%d%d?%d?)$")
    count, sides = count == "" and 1 or tonumber(count), tonumber(sides)
    if not sides or count < 1 or sides < 2 then return "dice are written as 2d6" end
    local sum = 0
    for _ = 1, count do sum = sum + math.random(sides) end
    return ("%dd%d: %d"):format(count, sides, sum)
  end,
}

commands.devices = {
  help = "where you are logged in",
  run = function(ctx)
    local lines = {}
    for i, session in ipairs(hpush.sessions.of_user(ctx.uid)) do
      lines[i] = ("%s, since %s"):format(session.device, os.date("!%Y-%m-%d %H:%M", math.floor(session.since)))
    end
    return table.concat(lines, "\n")
  end,
}

commands.announce = {
  help = "tells everybody who is online", admin = true,
  run = function(ctx, arguments)
    if arguments == "" then return "announce what?" end
    hpush.broadcast { type = ctx.config.notice_type, data = { text = arguments, by = ctx.uid } }
    return "done"
  end,
}

local function answer_to(ctx, text)
  local name, arguments = text:match("^%s*/([%w_]+)%s*(.-)%s*$")
  if not name then return "I know commands only. /help lists them." end
  local command = commands[name:lower()]
  if not command or command.admin and not is_admin[ctx.uid] then
    return ("I do not know /%s. /help lists what I do."):format(name)
  end
  local good, answer = pcall(command.run, ctx, arguments)
  if good then return answer end
  hpush.log.error(("/%s of %s: %s"):format(name, ctx.uid, answer))
  return "That did not work. We have been told."
end

M.inbound = {}

function M.inbound.message_request(ctx, msg)
  local bot = ctx.config.name
  if msg.group ~= "" or msg.to ~= bot then return end
  local text = answer_to(ctx, msg.content)
  -- A made message and no copy of the request: that might carry a url or json of its own.
  local message = { type = "message_request", from = bot, to = ctx.uid, content = text, time = math.floor(hpush.now() * 1000) }
  for _, session in ipairs(hpush.sessions.of_user(ctx.uid)) do session:send(message) end
  return stop
end

M.routes = {}

M.routes["bot.command"] = function(ctx, body)
  if not utf8.len(body) then return reject { code = 7, info = "the body is text" } end
  return answer_to(ctx, body)
end

-- The bot is nobody who logs in: with login in mode open somebody could, and write in its name.
function M.inbound.login_request(ctx)
  if ctx.uid == ctx.config.name then return reject { code = 1, info = "this user id is taken" } end
end

return M
