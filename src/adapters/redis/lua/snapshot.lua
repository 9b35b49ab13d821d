--[[
  Input:
    KEYS[1] 'meta'
    KEYS[2] 'queue'
    KEYS[3] 'ledger'
    KEYS[4] 'pending'

  Output:
    {epoch, changes, tickets loaded, tickets held, tickets in the queue, pending}
    nil if the sale is unknown, or not completely loaded
]]
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'loaded', 'total', 'changes', 'extra')
if not meta[1] or meta[2] ~= meta[3] then return false end
return {
  tonumber(meta[1]), tonumber(meta[4]) or 0, tonumber(meta[3]),
  redis.call('HLEN', KEYS[3]) + (tonumber(meta[5]) or 0), redis.call('LLEN', KEYS[2]), redis.call('ZCARD', KEYS[4]),
}
