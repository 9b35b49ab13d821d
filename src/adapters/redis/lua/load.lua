--[[
  Adds the next tickets of a sale to its queue. The caller repeats it until all are loaded; until then the sale is
  unknown to buyers. An interrupted load continues where it stopped, or starts again if the sale's settings differ.

  Input:
    KEYS[1] 'meta'
    KEYS[2] 'queue'
    KEYS[3] 'incarnation'
    soundKey, runId: see fence.lua

    ARGV[1]  epoch
    ARGV[2]  total
    ARGV[3]  limit
    ARGV[4]  opensAt   (ms)
    ARGV[5]  closesAt  (ms)
    ARGV[6]  maximum number of tickets to add in this call
    ARGV[7]  the incarnation (incarnation.lua) in which the caller has verified that nothing of the sale was sold; empty
             for any

  Output: number of tickets still to be loaded; error FENCED if that is no longer the incarnation of the sale's keys
]]
-- Values to unpack at once: Lua's stack holds 8000.
local PUSH = 5000

local meta = redis.call('HMGET', KEYS[1], 'epoch', 'total', 'limit', 'opensAt', 'closesAt', 'loaded')
local loaded = tonumber(meta[6])
if loaded and loaded == tonumber(meta[2]) then return 0 end
local incarnation = ARGV[7]
local isOfThisRun = string.sub(incarnation, 1, #runId) == runId
if incarnation ~= '' and (not isOfThisRun or redis.call('GET', KEYS[3]) ~= incarnation) then
  return redis.error_reply('FENCED the sale was checked in an earlier incarnation of the queue')
end

redis.call('SET', soundKey, runId)
local same = true
for i = 1, 5 do same = same and meta[i] == ARGV[i] end
if not same then
  loaded = 0
  redis.call('UNLINK', KEYS[2])
end

local total = tonumber(ARGV[2])
local upTo = math.min(total, loaded + tonumber(ARGV[6]))
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'total', ARGV[2], 'limit', ARGV[3], 'opensAt', ARGV[4],
  'closesAt', ARGV[5], 'loaded', upTo)
for first = loaded + 1, upTo, PUSH do
  local tickets = {}
  for ticket = first, math.min(upTo, first + PUSH - 1) do tickets[#tickets + 1] = ticket end
  redis.call('RPUSH', KEYS[2], unpack(tickets))
end
return total - upTo
