--[[
  Input:
    KEYS[1] 'meta'
    KEYS[2] 'queue'

  Output: tickets left; nil when the sale is not known, or not loaded to its end
]]
local meta = redis.call('HMGET', KEYS[1], 'loaded', 'total')
if not meta[1] or meta[1] ~= meta[2] then return false end
return redis.call('LLEN', KEYS[2])
