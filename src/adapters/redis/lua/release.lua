--[[
  Ends reservations. It reads everything, then writes.

  Input:
    KEYS[1] 'queue'
    KEYS[2] 'buyers'
    KEYS[3] 'ledger'
    KEYS[4] 'pending'
    KEYS[5] 'held'
    KEYS[6] 'meta'

    ARGV[1]    1: the tickets return to the tail of the queue; 0: they do not, and stay marked as held by other orders
    ARGV[2..]  order ids; orders that hold no ticket are ignored

  Output: the orders whose reservations were ended
]]
local returned = ARGV[1] == '1'
local orders, tickets, holding = {}, {}, {}
local seen = {}
for i = 2, #ARGV do
  local order = ARGV[i]
  local entry = not seen[order] and redis.call('HGET', KEYS[3], order)
  if entry then
    local ticket, length, rest = string.match(entry, '^(%d+) %d+ %d+ (%d+) (.*)$')
    local user = string.sub(rest, 1, length)
    seen[order] = true
    orders[#orders + 1], tickets[#tickets + 1] = order, ticket
    if holding[user] == nil then holding[user] = redis.call('HGET', KEYS[2], user) end
    holding[user] = withoutHeld(holding[user], order, returned and 1 or 0)
  end
end
if #orders == 0 then return {} end

local changes = tonumber(redis.call('HGET', KEYS[6], 'changes') or 0) or 0
redis.call('LLEN', KEYS[1])
redis.call('ZCARD', KEYS[4])
redis.call('GETBIT', KEYS[5], 0)
for i, order in ipairs(orders) do
  redis.call('HDEL', KEYS[3], order)
  redis.call('ZREM', KEYS[4], order)
  if returned then
    redis.call('SETBIT', KEYS[5], tickets[i], 0)
    redis.call('RPUSH', KEYS[1], tickets[i])
  end
end
if returned then redis.call('HSET', KEYS[6], 'changes', changes + 1) end
for user, held in pairs(holding) do
  if held then redis.call('HSET', KEYS[2], user, held) else redis.call('HDEL', KEYS[2], user) end
end
return orders
