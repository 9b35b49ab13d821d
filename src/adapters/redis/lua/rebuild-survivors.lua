--[[
  Keeps reservations of the old ledger that the store does not know: nobody was told of them, and nobody else was promised
  their tickets. All orders of the store have been taken over before.

  Input: see recovery.lua, and
    ARGV[3]  where to go on in the old ledger (0 to begin)
    ARGV[4]  about so many of its entries

  Output: where to go on; 0 at the end
]]
local failure = strayed()
if failure then return failure end
-- Due for the relay at once.
local LONG_AGO = 0
local STEP = 1000
local settings = redis.call('HMGET', new(META), 'total', 'limit')
local total, limit = tonumber(settings[1]), tonumber(settings[2])

local page = redis.call('HSCAN', KEYS[LEDGER], ARGV[3], 'COUNT', ARGV[4])
local old, fields = {}, {}
for i = 1, #page[2], 2 do
  local ticket, at, length, rest = string.match(page[2][i + 1], '^(%d+) (%d+) %d+ (%d+) (.*)$')
  local user, key = string.sub(rest, 1, length), string.sub(rest, length + 1)
  old[#old + 1] = { order = page[2][i], ticket = ticket, at = at, user = user, key = key }
  fields[#fields + 1] = fieldOf(user, key)
end

local function mayStay(entry)
  local ticket = entry.ticket
  if redis.call('SISMEMBER', GONE, entry.order) == 1 then return false end
  if tonumber(ticket) > total or redis.call('GETBIT', new(HELD), ticket) == 1 then return false end
  local held = redis.call('HGET', new(BUYERS), entry.user)
  if not held then return true end
  local _, commas = string.gsub(held, ',', '')
  return commas + 1 < limit
end

-- A small hash comes whole, whatever was asked for: Lua's stack has 8000 places.
for first = 1, #fields, STEP do
  local last = math.min(#fields, first + STEP - 1)
  -- Most are known, and found out so all at once: the key is the store's to give away, to this order or another.
  local known = redis.call('HMGET', new(KEYED), unpack(fields, first, last))
  for i = first, last do
    local entry, field = old[i], fields[i]
    local keyed = not known[i - first + 1] and redis.call('HGET', KEYS[KEYED], field)
    -- Both were written in one step; a ledger without its key was tampered with.
    if keyed and mayStay(entry) then
      hold({ entry.order }, { entry.user }, { entry.ticket }, { entryOf(entry.ticket, entry.at, entry.user, entry.key) })
      redis.call('HSET', new(KEYED), field, keyed)
      redis.call('ZADD', new(PENDING), LONG_AGO, entry.order)
    end
  end
end
return page[1]
