--[[
  Takes over orders of the store. Each once, however often it comes.

  Input: see recovery.lua, and
    ARGV[2..]  for each order: its state, order id, ticket, user, key, fingerprint, time of the reservation (ms)
               state: L live; E ended, its key stays answered; R rejected, without a key

  Output: 0
]]
local FIELDS = 7
local failure = strayed()
if failure then return failure end
for i = 2, #ARGV, FIELDS do
  local state, order, ticket, user, key, fingerprint, at = unpack(ARGV, i, i + FIELDS - 1)
  if state == 'L' then hold(order, ticket, at, user, key) end
  if state == 'R' then redis.call('SADD', GONE, order)
  else redis.call('HSET', new(KEYED), fieldOf(user, key), order .. ' ' .. ticket .. ' ' .. at .. ' ' .. fingerprint)
  end
end
return 0
