--[[
  Takes orders out of those that wait to be published. Unknown ones are ignored.

  Input:
    KEYS[1] 'pending'

    ARGV  order ids
]]
-- Values on Lua's stack at once: its limit is 8000.
local REMOVE = 5000

for first = 1, #ARGV, REMOVE do
  redis.call('ZREM', KEYS[1], unpack(ARGV, first, math.min(#ARGV, first + REMOVE - 1)))
end
