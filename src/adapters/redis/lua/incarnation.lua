--[[
  Names this life of the sale's keys. Whatever ends it (a restart, a failover, FLUSHALL, a move to another node) has
  another name follow.

  Input:
    KEYS[1] 'incarnation'
    runId: see fence.lua

  Output: the name
]]
local life = redis.call('GET', KEYS[1])
if life and string.sub(life, 1, #runId) == runId then return life end
local time = redis.call('TIME')
life = runId .. ' ' .. time[1] .. ' ' .. time[2]
redis.call('SET', KEYS[1], life)
return life
