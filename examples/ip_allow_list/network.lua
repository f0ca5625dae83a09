-- Addresses and networks. An address is its bytes as a string: 4 of IPv4, 16 of IPv6. IPv4 in IPv6 (::ffff:192.0.2.1) is IPv4.
local Network = {}

local function ipv4(text)
  local bytes = { text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  if #bytes ~= 4 then return nil end
  for i, part in ipairs(bytes) do
    local value = tonumber(part, 10)
    if not value or #part > 3 or value > 255 then return nil end
    bytes[i] = string.char(value)
  end
  return table.concat(bytes)
end

-- Groups of 16 bits, "a:b:c", as bytes; nil where one is no group. The last may be an IPv4 address.
local function groups(text)
  if text == "" then return "" end
  local parts = {}
  for part in (text .. ":"):gmatch("([^:]*):") do
    local v4 = part:find(".", 1, true) and ipv4(part)
    if v4 then
      parts[#parts + 1] = v4
    elseif part:match("^%x%x?%x?%x?$") then
      parts[#parts + 1] = string.pack(">I2", tonumber(part, 16))
    else
      return nil
    end
  end
  return table.concat(parts)
end

local function ipv6(text)
  text = text:gsub("%%.*", "")    -- a zone, as in fe80::1%eth0
  local head, tail = text:match("^(.-)::(.*)$")
  local left, right = groups(head or text), groups(tail or "")
  if not left or not right then return nil end
  if not head then return #left == 16 and left or nil end
  if #left + #right > 14 or tail:find("::", 1, true) then return nil end    -- :: stands for at least one group
  return left .. ("\0"):rep(16 - #left - #right) .. right
end

local MAPPED = ("\0"):rep(10) .. "\xff\xff"

-- The bytes of an address; nil for what is none.
function Network.address(text)
  local address = ipv4(text) or text:find(":", 1, true) and ipv6(text) or nil
  if address and #address == 16 and address:sub(1, 12) == MAPPED then return address:sub(13) end
  return address
end

-- "10.0.0.0/8", "192.0.2.7"; nil for what is none. Bits behind the prefix do not matter.
function Network.parse(text)
  local address_text, length = text:match("^([^/]+)/(%d+)$")
  local address = Network.address(address_text or text)
  if not address then return nil end
  local bits = tonumber(length) or #address * 8
  -- The prefix of a mapped network counts the 96 bits before the IPv4 address.
  if length and #address == 4 and address_text:find(":", 1, true) then bits = bits - 96 end
  if bits < 0 or bits > #address * 8 then return nil end
  return { address = address, bits = bits }
end

function Network.contains(network, address)
  if #address ~= #network.address then return false end
  local whole, rest = network.bits // 8, network.bits % 8
  if address:sub(1, whole) ~= network.address:sub(1, whole) then return false end
  if rest == 0 then return true end
  local shift = 8 - rest
  return address:byte(whole + 1) >> shift == network.address:byte(whole + 1) >> shift
end

return Network
