--[[
  Leases reservations that have waited too long to be published to the caller: the wait of each starts again now.

  Input:
    KEYS[1] 'pending'
    KEYS[2] 'ledger'

    ARGV[1]  lease (ms): reservations are due that were made or last claimed this long ago
    ARGV[2]  maximum number

  Output: order id, ledger entry, order id, ledger entry...; oldest first
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1], 'LIMIT', 0, ARGV[2])

local claimed = {}
for _, order in ipairs(due) do
  local entry = redis.call('HGET', KEYS[2], order)
  if entry then
    redis.call('ZADD', KEYS[1], 'XX', now, order)
    claimed[#claimed + 1] = order
    claimed[#claimed + 1] = entry
  else
    -- An order that holds no ticket has nothing to be published.
    redis.call('ZREM', KEYS[1], order)
  end
end
return claimed
