--[[
  Keeps reservations of the old ledger that the store does not know: nobody was told of them, and nobody else was promised
  their tickets. All orders of the store have been taken over before.

  Input: see recovery.lua, and
    ARGV[2]  where to go on in the old ledger (0 to begin)
    ARGV[3]  about so many of its entries

  Output: where to go on; 0 at the end
]]
local failure = strayed()
if failure then return failure end
-- Due for the relay at once.
local LONG_AGO = 0
local settings = redis.call('HMGET', new(META), 'total', 'limit')
local total, limit = tonumber(settings[1]), tonumber(settings[2])

local function mayStay(order, ticket, user, field)
  if redis.call('SISMEMBER', GONE, order) == 1 or redis.call('HEXISTS', new(KEYED), field) == 1 then return false end
  if tonumber(ticket) > total or redis.call('GETBIT', new(HELD), ticket) == 1 then return false end
  local held = redis.call('HGET', new(BUYERS), user)
  if not held then return true end
  local _, commas = string.gsub(held, ',', '')
  return commas + 1 < limit
end

local page = redis.call('HSCAN', KEYS[LEDGER], ARGV[2], 'COUNT', ARGV[3])
for i = 1, #page[2], 2 do
  local order = page[2][i]
  local ticket, at, length, rest = string.match(page[2][i + 1], '^(%d+) (%d+) %d+ (%d+) (.*)$')
  local user, key = string.sub(rest, 1, length), string.sub(rest, length + 1)
  local field = fieldOf(user, key)
  local keyed = redis.call('HGET', KEYS[KEYED], field)
  -- Both were written in one step; a ledger without its key was tampered with.
  if keyed and mayStay(order, ticket, user, field) then
    hold(order, ticket, at, user, key)
    redis.call('HSET', new(KEYED), field, keyed)
    redis.call('ZADD', new(PENDING), LONG_AGO, order)
  end
end
return page[1]
