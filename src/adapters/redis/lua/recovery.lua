--[[
  Stands before each script of the recovery, as one script with it. These don't pass the fence: they are for a sale whose
  fence is closed, and close it themselves.

  A sale is rebuilt under names with 'next:'. Its 'next:meta' names the epoch and the incarnation of Redis (its run_id)
  for which that is done: under another one, what was built may have been lost again; of two recoveries the one of the
  later epoch goes on. It names the attempt, too: a call that was repeated and arrives late must neither drop what its own
  attempt has built since, nor add to another's.

  Input:
    KEYS  'meta' 'queue' 'buyers' 'ledger' 'keys' 'pending' 'held', these seven with 'next:', 'next:gone', 'sound'

    ARGV[1]     the new epoch
    ARGV[2]     the attempt; any text that no other attempt has
    ARGV[last]  run_id

  next:gone  set  orders that the store knows and that have lost their key: no survivors, whatever the old ledger says
]]
local META, QUEUE, BUYERS, LEDGER, KEYED, PENDING, HELD = 1, 2, 3, 4, 5, 6, 7
local BUILT = 7
local function new(n) return KEYS[BUILT + n] end
local GONE, SOUND = KEYS[2 * BUILT + 1], KEYS[2 * BUILT + 2]
local LOST = 'lost'
local epoch, attempt, runId = ARGV[1], ARGV[2], table.remove(ARGV)

-- Nil when this recovery may go on; else what to answer: {-1, epoch of a later one}, {-2} when it has ended already.
local function overtaken()
  local current, building = redis.call('HGET', KEYS[META], 'epoch'), redis.call('HGET', new(META), 'epoch')
  local latest = math.max(tonumber(current) or 0, tonumber(building) or 0)
  if latest > tonumber(epoch) then return { -1, latest } end
  if current == epoch and redis.call('GET', SOUND) == runId then return { -2 } end
end

local function isOurs()
  local building = redis.call('HMGET', new(META), 'epoch', 'attempt', 'runId')
  return building[1] == epoch and building[2] == attempt and building[3] == runId
end

local function strayed()
  if not isOurs() then
    return redis.error_reply('FENCED what was being rebuilt is not there any more')
  end
end

local function entryOf(ticket, at, user, key)
  return ticket .. ' ' .. at .. ' ' .. epoch .. ' ' .. #user .. ' ' .. user .. key
end

local function fieldOf(user, key) return #user .. ':' .. user .. key end

-- Gives orders their places in the new ledger; each once, however often it comes. Up to 1000: Lua's stack has 8000 places,
-- and a ticket's bit takes four.
local function hold(orders, users, tickets, entries)
  local there = redis.call('HMGET', new(LEDGER), unpack(orders))
  local holding, seen = {}, {}
  for i, held in ipairs(redis.call('HMGET', new(BUYERS), unpack(users))) do holding[users[i]] = held end
  local ledger, bits = {}, {}
  for i, order in ipairs(orders) do
    if not there[i] and not seen[order] then
      seen[order] = true
      ledger[#ledger + 1], ledger[#ledger + 2] = order, entries[i]
      local at = #bits
      bits[at + 1], bits[at + 2], bits[at + 3], bits[at + 4] = 'SET', 'u1', tickets[i], 1
      local held = holding[users[i]]
      holding[users[i]] = held and held .. ',' .. order or order
    end
  end
  if #ledger == 0 then return end
  local buyers = {}
  for user, held in pairs(holding) do
    buyers[#buyers + 1] = user
    buyers[#buyers + 1] = held
  end
  redis.call('HSET', new(LEDGER), unpack(ledger))
  redis.call('BITFIELD', new(HELD), unpack(bits))
  redis.call('HSET', new(BUYERS), unpack(buyers))
end
