--[[
  Closes the sale's fence and starts to rebuild the sale; what an earlier attempt has built is dropped.

  Input: see recovery.lua, and
    ARGV[3]  total
    ARGV[4]  limit
    ARGV[5]  opensAt   (ms)
    ARGV[6]  closesAt  (ms)
    ARGV[7]  1 for a closed sale, else 0
    ARGV[8]  1 for a paused sale, else 0
    ARGV[9]  version of the sale

  Output: {0}; {-1, epoch} if a recovery of this later epoch has begun; {-2} if this one is completed already
]]
local reply = superseded()
if reply then return reply end
if isOurs() then return { 0 } end
redis.call('SET', SOUND, LOST)
for n = 1, BUILT do redis.call('UNLINK', new(n)) end
redis.call('UNLINK', REJECTED)
redis.call('HSET', new(META), 'epoch', epoch, 'total', ARGV[3], 'limit', ARGV[4], 'opensAt', ARGV[5], 'closesAt', ARGV[6],
  'paused', ARGV[8], 'version', ARGV[9], 'loaded', 0, 'attempt', attempt, 'runId', runId)
if ARGV[7] == '1' or redis.call('HGET', KEYS[META], 'closed') == '1' then redis.call('HSET', new(META), 'closed', 1) end
return { 0 }
