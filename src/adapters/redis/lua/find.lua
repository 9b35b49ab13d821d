--[[
  Input:
    KEYS[1] 'ledger'

    ARGV[1]  order id

  Output: the order's ledger entry; nil if it holds no ticket
]]
return redis.call('HGET', KEYS[1], ARGV[1])
