--[[
  Adds orders of the store. An order that is sent again changes nothing.

  Input: see recovery.lua, and
    ARGV[3..]  for each of up to 1000 orders: its state, order id, tickets (see reserve.lua), user, key, fingerprint, time of the
               reservation (ms)
               state: L live; E ended, its key still gives the same answer; R rejected, it has no key

  Output: 0
]]
local FIELDS = 7
local failure = notOurs()
if failure then return failure end

local orders, users, entries, tickets, keyed, rejected = {}, {}, {}, {}, {}, {}
local ended = {}
for i = 3, #ARGV, FIELDS do
  local state, order, held, user, key, fingerprint, at = unpack(ARGV, i, i + FIELDS - 1)
  if state == 'L' then
    local n = #orders + 1
    orders[n], users[n], tickets[n], entries[n] = order, user, held, entryOf(held, at, user, key)
  end
  if state == 'E' then ended[#ended + 1] = { user = user, field = fieldOf(user, key) } end
  if state == 'R' then rejected[#rejected + 1] = order
  else
    keyed[#keyed + 1] = fieldOf(user, key)
    keyed[#keyed + 1] = order .. ' ' .. held .. ' ' .. at .. ' ' .. fingerprint
  end
end
if #orders > 0 then hold(orders, users, tickets, entries) end
-- An order whose key is known was counted when it was sent first.
local buyers = {}
for _, one in ipairs(ended) do
  if redis.call('HEXISTS', new(KEYED), one.field) == 0 and not buyers[one.field] then
    buyers[one.field] = true
    local held = redis.call('HGET', new(BUYERS), one.user)
    redis.call('HSET', new(BUYERS), one.user, withEnded((held and endedCount(held) or 0) + 1, held and heldOnly(held)))
  end
end
if #keyed > 0 then redis.call('HSET', new(KEYED), unpack(keyed)) end
if #rejected > 0 then redis.call('SADD', REJECTED, unpack(rejected)) end
return 0
