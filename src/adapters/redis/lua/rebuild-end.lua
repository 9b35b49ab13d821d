--[[
  Replaces the sale's keys by those that were built, and lifts the fence.

  Input: see recovery.lua

  Output: {0, tickets held, pending}; {-1, epoch} if a recovery of this later epoch has begun; {-2, tickets held, pending}
          if this one is completed already
]]
local function counts(kind)
  local extra = tonumber(redis.call('HGET', KEYS[META], 'extra')) or 0
  return { kind, redis.call('HLEN', KEYS[LEDGER]) + extra, redis.call('ZCARD', KEYS[PENDING]) }
end
local reply = superseded()
if reply then return reply[1] == -2 and counts(-2) or reply end
local failure = notOurs()
if failure then return failure end
local meta = redis.call('HMGET', new(META), 'loaded', 'total')
if meta[1] ~= meta[2] then return redis.error_reply('CORRUPT the queue is not complete') end
redis.call('HDEL', new(META), 'attempt', 'runId')
for n = 1, BUILT do
  -- RENAME would free a large key before it returns; UNLINK frees it in the background.
  redis.call('UNLINK', KEYS[n])
  if redis.call('EXISTS', new(n)) == 1 then redis.call('RENAME', new(n), KEYS[n]) end
end
redis.call('UNLINK', REJECTED)
redis.call('SET', SOUND, runId)
return counts(0)
