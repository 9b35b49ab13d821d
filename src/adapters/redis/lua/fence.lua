--[[
  The prelude of each ticket queue script, loaded as one script with it.

  A sale's 'sound' key names the incarnation of Redis (its run_id, which changes with each start and differs on each
  replica) whose keys are known to hold everything that buyers were answered. The caller names the incarnation that
  it is connected to. If they differ, Redis restarted or failed over in between, the sale may have lost its last
  changes, and nothing is done until recovery has rebuilt the sale and set the key.

  The key is copied with the sale: to replicas, into the append-only file, to the node that a slot is moved to. A
  call that finds another run_id in it overwrites it, or the sale would count as sound again if the earlier master
  returned with a copy of what is here.

  Input:
    KEYS[last] 'sound'
    ARGV[last]  run_id of the Redis that the caller is connected to

  Output: error FENCED; otherwise that of the script after it, whose KEYS and ARGV no longer contain these two
]]
local LOST = 'lost'
local soundKey, runId = table.remove(KEYS), table.remove(ARGV)
local sound = redis.call('GET', soundKey)
if sound and sound ~= runId then
  if sound ~= LOST then redis.pcall('SET', soundKey, LOST) end
  return redis.error_reply('FENCED the sale was last known to be sound under another run_id')
end
