--[[
  Counts what a sale's keys hold, each from its own key. Redis serves nobody else meanwhile: see ticket-queue.ts.

  Input:
    KEYS[1] 'meta'
    KEYS[2] 'queue'
    KEYS[3] 'buyers'
    KEYS[4] 'ledger'
    KEYS[5] 'pending'

  Output:
    {epoch, entries of the ledger, orders of all buyers, tickets in the queue, pending, tickets with two places...}
    nil when the sale is not known, or not loaded to its end
]]
-- Values that are read at once.
local STEP = 1000

local meta = redis.call('HMGET', KEYS[1], 'epoch', 'loaded', 'total')
if not meta[1] or meta[2] ~= meta[3] then return false end

local function eachValue(key, visit)
  local cursor = '0'
  repeat
    local page = redis.call('HSCAN', key, cursor, 'COUNT', STEP)
    cursor = page[1]
    for i = 2, #page[2], 2 do visit(page[2][i]) end
  until cursor == '0'
end

local places, doubled = {}, {}
local function place(ticket)
  local n = tonumber(ticket)
  if places[n] == 1 then doubled[#doubled + 1] = n end
  places[n] = (places[n] or 0) + 1
end

eachValue(KEYS[4], function(entry) place(string.match(entry, '^%d+')) end)
local queued = redis.call('LLEN', KEYS[2])
for first = 0, queued - 1, STEP do
  for _, ticket in ipairs(redis.call('LRANGE', KEYS[2], first, first + STEP - 1)) do place(ticket) end
end

local heldByBuyers = 0
eachValue(KEYS[3], function(orders)
  local _, commas = string.gsub(orders, ',', '')
  heldByBuyers = heldByBuyers + commas + 1
end)

table.sort(doubled)
local counts = { tonumber(meta[1]), redis.call('HLEN', KEYS[4]), heldByBuyers, queued, redis.call('ZCARD', KEYS[5]) }
for _, ticket in ipairs(doubled) do counts[#counts + 1] = ticket end
return counts
