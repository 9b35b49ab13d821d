--[[
  Puts the next tickets that nobody holds into the new queue. All orders and survivors have their places by now.

  Input: see recovery.lua, and
    ARGV[2]  tickets to look at by this call

  Output: tickets that are still to be looked at
]]
-- Values on Lua's stack at once: its limit is 8000.
local PUSH = 5000
local failure = strayed()
if failure then return failure end
local meta = redis.call('HMGET', new(META), 'loaded', 'total')
local loaded, total = tonumber(meta[1]), tonumber(meta[2])
local upTo = math.min(total, loaded + tonumber(ARGV[2]))
for first = loaded + 1, upTo, PUSH do
  local free = {}
  for ticket = first, math.min(upTo, first + PUSH - 1) do
    if redis.call('GETBIT', new(HELD), ticket) == 0 then free[#free + 1] = ticket end
  end
  if #free > 0 then redis.call('RPUSH', new(QUEUE), unpack(free)) end
end
redis.call('HSET', new(META), 'loaded', upTo)
return total - upTo
