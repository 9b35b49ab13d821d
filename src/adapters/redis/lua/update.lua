--[[
  Changes a sale that is loaded to what an admin made of it. The caller repeats it until all tickets are added; until then
  the sale goes on with those that it has. A call of a version that the sale has, or of an earlier one, changes nothing.

  Input:
    KEYS[1] 'meta'
    KEYS[2] 'queue'

    ARGV[1]  epoch
    ARGV[2]  version of the sale
    ARGV[3]  1 for a paused sale, else 0
    ARGV[4]  closesAt  (ms)
    ARGV[5]  total
    ARGV[6]  maximum number of tickets to add in this call

  Output: number of tickets still to be added; -1 if the sale is unknown, -2 if it is of another epoch
]]
-- Values to unpack at once: Lua's stack holds 8000.
local PUSH = 5000

local meta = redis.call('HMGET', KEYS[1], 'epoch', 'loaded', 'total', 'version', 'changes')
if not meta[1] or meta[2] ~= meta[3] then return -1 end
if meta[1] ~= ARGV[1] then return -2 end
if (tonumber(meta[4]) or 0) >= tonumber(ARGV[2]) then return 0 end

local total, wanted, changes = tonumber(meta[3]), tonumber(ARGV[5]), tonumber(meta[5]) or 0
local upTo = math.max(total, math.min(wanted, total + tonumber(ARGV[6])))
for first = total + 1, upTo, PUSH do
  local tickets = {}
  for ticket = first, math.min(upTo, first + PUSH - 1) do tickets[#tickets + 1] = ticket end
  redis.call('RPUSH', KEYS[2], unpack(tickets))
end
if upTo > total then redis.call('HSET', KEYS[1], 'total', upTo, 'loaded', upTo, 'changes', changes + 1) end
redis.call('HSET', KEYS[1], 'paused', ARGV[3], 'closesAt', ARGV[4])
local left = math.max(0, wanted - upTo)
if left == 0 then redis.call('HSET', KEYS[1], 'version', ARGV[2]) end
return left
