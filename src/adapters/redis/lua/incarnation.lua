--[[
  Names the incarnation of the sale's keys. A new one begins with whatever can lose keys: a restart, a failover,
  FLUSHALL, a move to another node.

  Input:
    KEYS[1] 'incarnation'
    runId: see fence.lua

  Output: the name, which begins with the run_id
]]
local incarnation = redis.call('GET', KEYS[1])
if incarnation and string.sub(incarnation, 1, #runId) == runId then return incarnation end
local time = redis.call('TIME')
incarnation = runId .. ' ' .. time[1] .. ' ' .. time[2]
redis.call('SET', KEYS[1], incarnation)
return incarnation
