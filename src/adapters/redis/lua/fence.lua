--[[
  Stands before each of the other scripts, as one script with it.

  A sale's 'sound' key names the incarnation of Redis (its run_id, another one with each start and on each replica) under
  which all that buyers were told is in the sale's keys. The caller names the incarnation that it is connected to. If
  they differ, Redis restarted or failed over in between, the sale may have lost its last changes, and nothing is done
  until recovery has rebuilt it and set the key.

  The key travels with the sale: to replicas, into the append-only file, to the node that a slot is moved to. Whoever
  finds it wrong spoils it, lest the sale be taken for sound when the earlier master comes back with what it copied here.

  Input:
    KEYS[last] 'sound'
    ARGV[last]  run_id

  Output: error FENCED; else that of the script behind it, which finds its own KEYS and ARGV only
]]
local LOST = 'lost'
local soundKey, runId = table.remove(KEYS), table.remove(ARGV)
local sound = redis.call('GET', soundKey)
if sound and sound ~= runId then
  if sound ~= LOST then redis.pcall('SET', soundKey, LOST) end
  return redis.error_reply('FENCED the sale was last known to be sound under another run_id')
end
