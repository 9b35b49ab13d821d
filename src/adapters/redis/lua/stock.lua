--[[
  Input:
    KEYS[1] 'meta'
    KEYS[2] 'queue'

  Output: {tickets left, epoch, changes}; nil if the sale is unknown, or not completely loaded
]]
local meta = redis.call('HMGET', KEYS[1], 'loaded', 'total', 'epoch', 'changes')
if not meta[1] or meta[1] ~= meta[2] then return false end
return { redis.call('LLEN', KEYS[2]), tonumber(meta[3]), tonumber(meta[4]) or 0 }
