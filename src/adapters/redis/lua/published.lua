--[[
  Removes orders from the pending ones. Unknown orders are ignored. A call with another epoch changes nothing.

  Input:
    KEYS[1] 'pending'
    KEYS[2] 'meta'

    ARGV[1]    the caller's epoch
    ARGV[2..]  order ids
]]
-- Values to unpack at once: Lua's stack holds 8000.
local REMOVE = 5000

if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1] then return end
for first = 2, #ARGV, REMOVE do
  redis.call('ZREM', KEYS[1], unpack(ARGV, first, math.min(#ARGV, first + REMOVE - 1)))
end
