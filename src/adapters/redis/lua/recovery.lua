--[[
  The prelude of each recovery script, sent as one script with it. These scripts do not pass the fence: they are for
  a sale whose fence is closed, and close it themselves.

  A sale is rebuilt in keys with 'next:'. Its 'next:meta' names the epoch and the incarnation of Redis (its run_id)
  of the rebuild: in another incarnation, what was built may have been lost again; of two recoveries only the one of
  the later epoch continues. It also names the attempt: a repeated call that arrives late must neither drop what its
  own attempt has built since, nor add to another attempt.

  Input:
    KEYS  'meta' 'queue' 'buyers' 'ledger' 'keys' 'pending' 'held', these seven with 'next:', 'next:rejected', 'sound'

    ARGV[1]     the new epoch
    ARGV[2]     the attempt; a unique text
    ARGV[last]  run_id of the Redis that the caller is connected to

  next:rejected  set  orders that the store has rejected, whose keys are free again: they do not survive, even if the old
                      ledger has them
]]
local META, QUEUE, BUYERS, LEDGER, KEYED, PENDING, HELD = 1, 2, 3, 4, 5, 6, 7
local BUILT = 7
local function new(n) return KEYS[BUILT + n] end
local REJECTED, SOUND = KEYS[2 * BUILT + 1], KEYS[2 * BUILT + 2]
local LOST = 'lost'
local epoch, attempt, runId = ARGV[1], ARGV[2], table.remove(ARGV)

-- Nil if this recovery may continue; otherwise the reply: {-1, epoch of a later one}, {-2} if it is completed
-- already.
local function superseded()
  local current, building = redis.call('HGET', KEYS[META], 'epoch'), redis.call('HGET', new(META), 'epoch')
  local latest = math.max(tonumber(current) or 0, tonumber(building) or 0)
  if latest > tonumber(epoch) then return { -1, latest } end
  if current == epoch and redis.call('GET', SOUND) == runId then return { -2 } end
end

local function isOurs()
  local building = redis.call('HMGET', new(META), 'epoch', 'attempt', 'runId')
  return building[1] == epoch and building[2] == attempt and building[3] == runId
end

local function notOurs()
  if not isOurs() then
    return redis.error_reply('FENCED the rebuild was lost or replaced by another attempt')
  end
end

local function entryOf(tickets, at, user, key)
  return tickets .. ' ' .. at .. ' ' .. epoch .. ' ' .. #user .. ' ' .. user .. key
end

local function fieldOf(user, key) return #user .. ':' .. user .. key end

-- Adds up to 1000 orders to the new ledger; an order that is in it already is skipped.
local function hold(orders, users, tickets, entries)
  local present = redis.call('HMGET', new(LEDGER), unpack(orders))
  local holding, seen = {}, {}
  for i, held in ipairs(redis.call('HMGET', new(BUYERS), unpack(users))) do holding[users[i]] = held end
  local ledger, bits, extra = {}, {}, 0
  for i, order in ipairs(orders) do
    if not present[i] and not seen[order] then
      seen[order] = true
      ledger[#ledger + 1], ledger[#ledger + 2] = order, entries[i]
      local quantity = 0
      for ticket in string.gmatch(tickets[i], '%d+') do
        local at = #bits
        bits[at + 1], bits[at + 2], bits[at + 3], bits[at + 4] = 'SET', 'u1', ticket, 1
        quantity = quantity + 1
      end
      extra = extra + quantity - 1
      local held = holding[users[i]]
      holding[users[i]] = withHeld(held, order, quantity)
    end
  end
  if #ledger == 0 then return end
  local buyers = {}
  for user, held in pairs(holding) do
    buyers[#buyers + 1] = user
    buyers[#buyers + 1] = held
  end
  redis.call('HSET', new(LEDGER), unpack(ledger))
  callInChunks('BITFIELD', new(HELD), bits)
  redis.call('HSET', new(BUYERS), unpack(buyers))
  if extra > 0 then redis.call('HINCRBY', new(META), 'extra', extra) end
end
