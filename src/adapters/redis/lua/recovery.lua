--[[
  Stands before each script of the recovery, as one script with it. These don't pass the fence: they are for a sale whose
  fence is closed, and close it themselves.

  A sale is rebuilt under names with 'next:'. Its 'next:meta' names the epoch and the incarnation of Redis (its run_id)
  for which that is done: under another one, what was built may have been lost again; of two recoveries the one of the
  later epoch goes on.

  Input:
    KEYS  'meta' 'queue' 'buyers' 'ledger' 'keys' 'pending' 'held', these seven with 'next:', 'next:gone', 'sound'

    ARGV[1]     the new epoch
    ARGV[last]  run_id

  next:gone  set  orders that the store knows and that have lost their key: no survivors, whatever the old ledger says
]]
local META, QUEUE, BUYERS, LEDGER, KEYED, PENDING, HELD = 1, 2, 3, 4, 5, 6, 7
local BUILT = 7
local function new(n) return KEYS[BUILT + n] end
local GONE, SOUND = KEYS[2 * BUILT + 1], KEYS[2 * BUILT + 2]
local LOST = 'lost'
local epoch, runId = ARGV[1], table.remove(ARGV)

-- Nil when this recovery may go on; else what to answer: {-1, epoch of a later one}, {-2} when it has ended already.
local function overtaken()
  local current, building = redis.call('HGET', KEYS[META], 'epoch'), redis.call('HGET', new(META), 'epoch')
  local latest = math.max(tonumber(current) or 0, tonumber(building) or 0)
  if latest > tonumber(epoch) then return { -1, latest } end
  if current == epoch and redis.call('GET', SOUND) == runId then return { -2 } end
end

local function strayed()
  local building = redis.call('HMGET', new(META), 'epoch', 'runId')
  if building[1] ~= epoch or building[2] ~= runId then
    return redis.error_reply('FENCED what was being rebuilt is not there any more')
  end
end

local function entryOf(ticket, at, user, key)
  return ticket .. ' ' .. at .. ' ' .. epoch .. ' ' .. #user .. ' ' .. user .. key
end

local function fieldOf(user, key) return #user .. ':' .. user .. key end

-- Gives the order its place in the new ledger; once, however often it is called.
local function hold(order, ticket, at, user, key)
  if redis.call('HSETNX', new(LEDGER), order, entryOf(ticket, at, user, key)) == 0 then return end
  redis.call('SETBIT', new(HELD), ticket, 1)
  local held = redis.call('HGET', new(BUYERS), user)
  redis.call('HSET', new(BUYERS), user, held and held .. ',' .. order or order)
end
