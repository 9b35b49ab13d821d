--[[
  Puts the next tickets that nobody holds into the new queue. All orders and survivors have their places by now.

  Input: see recovery.lua, and
    ARGV[3]  tickets to look at by this call

  Output: tickets that are still to be looked at
]]
-- Values on Lua's stack at once: its limit is 8000.
local PUSH = 5000
local failure = strayed()
if failure then return failure end
local meta = redis.call('HMGET', new(META), 'loaded', 'total')
local loaded, total = tonumber(meta[1]), tonumber(meta[2])
local upTo = math.min(total, loaded + tonumber(ARGV[3]))
for first = loaded + 1, upTo, PUSH do
  local free, last = {}, math.min(upTo, first + PUSH - 1)
  -- A byte holds the marks of eight tickets, the first one's in its highest bit; behind the end of the string none is held.
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
