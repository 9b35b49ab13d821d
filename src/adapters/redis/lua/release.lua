--[[
  Ends reservations. It reads everything, then writes.

  Input:
    KEYS[1] 'queue'
    KEYS[2] 'buyers'
    KEYS[3] 'ledger'
    KEYS[4] 'pending'
    KEYS[5] 'held'
    KEYS[6] 'meta'

    ARGV[1]    1: the tickets return to the tail of the queue;
               0: some of them are held by other orders, do not return, and stay marked as held
    ARGV[2..]  order ids; orders that hold no ticket are ignored. After 0, each is followed by its tickets that do not
               return, joined by commas

  Output: the orders whose reservations were ended
]]
local returnsAll = ARGV[1] == '1'
local orders, back, marks, holding = {}, {}, {}, {}
local seen, extra = {}, 0
for i = 2, #ARGV, returnsAll and 1 or 2 do
  local order = ARGV[i]
  local entry = not seen[order] and redis.call('HGET', KEYS[3], order)
  if entry then
    local tickets, length, rest = string.match(entry, '^([%d,]+) %d+ %d+ (%d+) (.*)$')
    local user = string.sub(rest, 1, length)
    local kept = not returnsAll and ',' .. ARGV[i + 1] .. ','
    local quantity = 0
    for ticket in string.gmatch(tickets, '%d+') do
      quantity = quantity + 1
      if not (kept and string.find(kept, ',' .. ticket .. ',', 1, true)) then
        back[#back + 1] = ticket
        local mark = #back * 4
        marks[mark - 3], marks[mark - 2], marks[mark - 1], marks[mark] = 'SET', 'u1', ticket, '0'
      end
    end
    seen[order] = true
    orders[#orders + 1], extra = order, extra + quantity - 1
    if holding[user] == nil then holding[user] = redis.call('HGET', KEYS[2], user) end
    holding[user] = withoutHeld(holding[user], order, quantity, returnsAll and 1 or 0)
  end
end
if #orders == 0 then return {} end

local meta = redis.call('HMGET', KEYS[6], 'changes', 'extra')
redis.call('LLEN', KEYS[1])
redis.call('ZCARD', KEYS[4])
redis.call('GETBIT', KEYS[5], 0)
for _, order in ipairs(orders) do
  redis.call('HDEL', KEYS[3], order)
  redis.call('ZREM', KEYS[4], order)
end
callInChunks('BITFIELD', KEYS[5], marks)
callInChunks('RPUSH', KEYS[1], back)
if #back > 0 then redis.call('HSET', KEYS[6], 'changes', (tonumber(meta[1]) or 0) + 1) end
if extra > 0 then redis.call('HSET', KEYS[6], 'extra', (tonumber(meta[2]) or 0) - extra) end
for user, held in pairs(holding) do
  if held then redis.call('HSET', KEYS[2], user, held) else redis.call('HDEL', KEYS[2], user) end
end
return orders
