--[[
  Keeps reservations of the old ledger that the store does not know, as long as none of their tickets was promised to
  another order: no buyer was answered them. All orders of the store have been added before.

  Input: see recovery.lua, and
    ARGV[3]  cursor in the old ledger, 0 to begin
    ARGV[4]  approximate number of entries to read

  Output: the next cursor; 0 at the end
]]
local failure = notOurs()
if failure then return failure end
-- The time of a pending order that is due for the relay at once.
local LONG_AGO = 0
local STEP = 1000
local settings = redis.call('HMGET', new(META), 'total', 'limit')
local total, limit = tonumber(settings[1]), tonumber(settings[2])

local page = redis.call('HSCAN', KEYS[LEDGER], ARGV[3], 'COUNT', ARGV[4])
local old, fields = {}, {}
for i = 1, #page[2], 2 do
  local tickets, at, length, rest = string.match(page[2][i + 1], '^([%d,]+) (%d+) %d+ (%d+) (.*)$')
  local user, key = string.sub(rest, 1, length), string.sub(rest, length + 1)
  old[#old + 1] = { order = page[2][i], tickets = tickets, at = at, user = user, key = key }
  fields[#fields + 1] = fieldOf(user, key)
end

local function mayStay(entry)
  if redis.call('SISMEMBER', REJECTED, entry.order) == 1 then return false end
  local quantity = 0
  for ticket in string.gmatch(entry.tickets, '%d+') do
    if tonumber(ticket) > total or redis.call('GETBIT', new(HELD), ticket) == 1 then return false end
    quantity = quantity + 1
  end
  local held = redis.call('HGET', new(BUYERS), entry.user)
  return (held and heldCount(held) or 0) + quantity <= limit
end

-- HSCAN returns a small hash as a whole, whatever COUNT is, and Lua's stack holds 8000 values.
for first = 1, #fields, STEP do
  local last = math.min(#fields, first + STEP - 1)
  -- Most keys are known from the store, to which order they belong or not; one call filters those out.
  local known = redis.call('HMGET', new(KEYED), unpack(fields, first, last))
  for i = first, last do
    local entry, field = old[i], fields[i]
    local keyed = not known[i - first + 1] and redis.call('HGET', KEYS[KEYED], field)
    -- Both were written by one script; a ledger entry without its key was tampered with and is not kept.
    if keyed and mayStay(entry) then
      local stored = entryOf(entry.tickets, entry.at, entry.user, entry.key)
      hold({ entry.order }, { entry.user }, { entry.tickets }, { stored })
      redis.call('HSET', new(KEYED), field, keyed)
      redis.call('ZADD', new(PENDING), LONG_AGO, entry.order)
    end
  end
end
return page[1]
