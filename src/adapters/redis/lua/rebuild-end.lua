--[[
  What was built takes the place of what was there, and the fence is lifted.

  Input: see recovery.lua

  Output: {0, tickets held, not published}; {-1, epoch} for a later recovery; {-2} and the same when this one has ended already
]]
local function counts(kind) return { kind, redis.call('HLEN', KEYS[LEDGER]), redis.call('ZCARD', KEYS[PENDING]) } end
local answer = overtaken()
if answer then return answer[1] == -2 and counts(-2) or answer end
local failure = strayed()
if failure then return failure end
local meta = redis.call('HMGET', new(META), 'loaded', 'total')
if meta[1] ~= meta[2] then return redis.error_reply('CORRUPT the queue is not complete') end
redis.call('HDEL', new(META), 'attempt', 'runId')
for n = 1, BUILT do
  -- Not left to RENAME, which would free a large key before it answers.
  redis.call('UNLINK', KEYS[n])
  if redis.call('EXISTS', new(n)) == 1 then redis.call('RENAME', new(n), KEYS[n]) end
end
redis.call('UNLINK', GONE)
redis.call('SET', SOUND, runId)
return counts(0)
