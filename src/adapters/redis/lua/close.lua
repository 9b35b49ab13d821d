--[[
  Ends a sale permanently. A call with another epoch changes nothing.

  Input:
    KEYS[1] 'meta'

    ARGV[1]  epoch
]]
if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then redis.call('HSET', KEYS[1], 'closed', 1) end
