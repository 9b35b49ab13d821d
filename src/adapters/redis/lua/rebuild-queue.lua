--[[
  Adds the next free tickets to the new queue. All orders and survivors have been added before.

  Input: see recovery.lua, and
    ARGV[3]  maximum number of tickets to check in this call

  Output: number of tickets still to be checked
]]
-- Values to unpack at once: Lua's stack holds 8000.
local PUSH = 5000
local failure = notOurs()
if failure then return failure end
local meta = redis.call('HMGET', new(META), 'loaded', 'total')
local loaded, total = tonumber(meta[1]), tonumber(meta[2])
local upTo = math.min(total, loaded + tonumber(ARGV[3]))
for first = loaded + 1, upTo, PUSH do
  local free, last = {}, math.min(upTo, first + PUSH - 1)
  -- Each ticket has a bit, the first of a byte in its highest; tickets beyond the end of the string are not held.
  local firstByte = math.floor(first / 8)
  local bytes = redis.call('GETRANGE', new(HELD), firstByte, math.floor(last / 8))
  for ticket = first, last do
    local byte = string.byte(bytes, math.floor(ticket / 8) - firstByte + 1) or 0
    if bit.band(byte, bit.rshift(128, ticket % 8)) == 0 then free[#free + 1] = ticket end
  end
  if #free > 0 then redis.call('RPUSH', new(QUEUE), unpack(free)) end
end
redis.call('HSET', new(META), 'loaded', upTo)
return total - upTo
