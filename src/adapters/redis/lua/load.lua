--[[
  Puts the next tickets of a sale into its queue. Repeated until all are there: the sale is unknown to buyers until
  then. A load that was interrupted goes on where it was, unless the sale was defined anew in between.

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
    ARGV[6]  tickets to put in by this call
    ARGV[7]  the life (life.lua) in which the caller has found out that nothing of the sale was sold; empty: any

  Output: tickets that are still missing; error FENCED when that life is over
]]
-- Values on Lua's stack at once: its limit is 8000.
local PUSH = 5000

local meta = redis.call('HMGET', KEYS[1], 'epoch', 'total', 'limit', 'opensAt', 'closesAt', 'loaded')
local loaded = tonumber(meta[6])
if loaded and loaded == tonumber(meta[2]) then return 0 end
local life = ARGV[7]
if life ~= '' and (string.sub(life, 1, #runId) ~= runId or redis.call('GET', KEYS[3]) ~= life) then
  return redis.error_reply('FENCED what was known of the sale is older than what the queue has')
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
