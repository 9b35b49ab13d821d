--[[
  Input: see recovery.lua; ARGV[1] is the epoch that the sale is expected to have

  Output: sound, lost or unknown
]]
local sound = redis.call('GET', SOUND)
if sound and sound ~= runId then return 'lost' end
local meta = redis.call('HMGET', KEYS[META], 'epoch', 'loaded', 'total')
if not meta[1] or meta[2] ~= meta[3] then return 'unknown' end
if not sound or meta[1] ~= epoch then return 'lost' end
return 'sound'
