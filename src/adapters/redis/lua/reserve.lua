--[[
  Decides on a batch of purchases of one sale, in their order.

  It reads, then decides, then writes. All that can fail fails before anything is written: the reads find keys of
  another type, and ZADD, the first command that writes, a full memory or too few replicas.

  Input:
    KEYS[1] 'meta'     hash   epoch, total, limit, opensAt, closesAt, loaded, closed, changes, paused; extra: how many
                              tickets are held beyond one of each order
    KEYS[2] 'queue'    list   free tickets, the next one first
    KEYS[3] 'buyers'   hash   user -> orders held, their tickets, and how many have ended; see holdings.lua
    KEYS[4] 'ledger'   hash   order id -> tickets reservedAt epoch userBytes user..key
    KEYS[5] 'keys'     hash   userBytes:user..key -> orderId tickets reservedAt fingerprint
    KEYS[6] 'pending'  zset   order id -> since when it waits to be published (ms)
    KEYS[7] 'held'     bits   one for each ticket that an order holds
    KEYS[8] 'attempts' hash   user -> their attempts in this minute; it expires at the minute's end. Only if ARGV[2] > 0.

    ARGV[1]    the caller's epoch
    ARGV[2]    limit of a buyer's attempts in a minute, or 0 for unlimited
    ARGV[3]    JSON, an array of strings: order id, user, key, fingerprint of each purchase
    ARGV[4]    how many of a buyer's orders may end before they can place no more, or 0 for unlimited
    ARGV[5]    JSON, an array: how many tickets each purchase asks for, 1 to 20; empty if each asks for one

  Several tickets of one order are one text, ascending and joined by commas: '7,8'.

  Output:
    {-1}         the sale is unknown, or not completely loaded
    {-2, epoch}  the caller's epoch is another one
    {tickets left, changes, now (ms), answer...}, where an answer is one of
      ticket > 0                            reserved now
      '+tickets'                            the same for several
      -1 -2 -3 -4 -5 -6                     sold out, not started, ended, closed, key mismatch, paused
      '=tickets reservedAt'                 reserved by an earlier call with this order id
      '*orderId tickets reservedAt 0|1'     the order of the same key, 1 if it was published
      '#orderId,orderId...'                 the buyer holds these orders, of which 20 are named, and may not hold as many
                                            tickets more
      '<tickets left'                       fewer are left, but some
      '~'                                   too many of the buyer's orders have ended
      '!ms'                                 too many attempts; the minute ends in so many milliseconds
    error CORRUPT if an order id belongs to another purchase already
]]
local SOLD_OUT, NOT_STARTED, ENDED, CLOSED, MISMATCH, TOO_MANY_ORDERS = -1, -2, -3, -4, -5, '~'
local PAUSED = -6
local FIELDS = 4
local MINUTE = 60000
local MAX_QUANTITY = 20

local meta = redis.call('HMGET', KEYS[1], 'epoch', 'limit', 'opensAt', 'closesAt', 'closed', 'loaded', 'total', 'changes',
  'paused')
if not meta[1] or meta[6] ~= meta[7] then return { -1 } end
local epoch, limit = meta[1], tonumber(meta[2])
if epoch ~= ARGV[1] then return { -2, tonumber(epoch) } end

local maxAttempts, maxEnded = tonumber(ARGV[2]), tonumber(ARGV[4])
local items = cjson.decode(ARGV[3])
local size = #items / FIELDS
if size < 1 or size > 256 or size % 1 ~= 0 then return redis.error_reply('CORRUPT a batch has 1 to 256 purchases') end
for i = 1, #items, FIELDS do
  if not string.find(items[i], '^[^%s,*]+$') then
    return redis.error_reply('CORRUPT an order id is empty or holds a blank, a comma or an asterisk')
  end
end
local quantities, wanted = ARGV[5] ~= '' and cjson.decode(ARGV[5]), size
if quantities then
  wanted = 0
  for i = 1, size do
    local quantity = quantities[i]
    if type(quantity) ~= 'number' or quantity < 1 or quantity > MAX_QUANTITY or quantity % 1 ~= 0 then
      return redis.error_reply('CORRUPT a purchase is of 1 to 20 tickets')
    end
    wanted = wanted + quantity
  end
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Lua takes half a microsecond to format a number, and a purchase has four: each value is formatted only once.
local nowText = string.format('%d', now)
local refused
if meta[5] == '1' then refused = CLOSED
elseif now >= tonumber(meta[4]) then refused = ENDED
elseif meta[9] == '1' then refused = PAUSED
elseif now < tonumber(meta[3]) then refused = NOT_STARTED
end

local users, fields, userBytes, texts = {}, {}, {}, {}
for i = 1, size do
  local user = items[i * FIELDS - 2]
  local bytes = texts[#user]
  if not bytes then
    bytes = tostring(#user)
    texts[#user] = bytes
  end
  users[i], userBytes[i] = user, bytes
  fields[i] = bytes .. ':' .. user .. items[i * FIELDS - 1]
end
-- By field and user, so that a purchase sees what an earlier one of this batch has changed.
local known, holding = {}, {}
local found = redis.call('HMGET', KEYS[5], unpack(fields))
for i = 1, size do known[fields[i]] = found[i] end
found = redis.call('HMGET', KEYS[3], unpack(users))
for i = 1, size do holding[users[i]] = found[i] end

local attempts, attempted, endsIn, isNewMinute
if maxAttempts > 0 then
  attempts, attempted = {}, {}
  found = redis.call('HMGET', KEYS[8], unpack(users))
  endsIn = redis.call('PTTL', KEYS[8])
  -- It is more than a minute if the clock was set back.
  isNewMinute = endsIn < 0 or endsIn > MINUTE
  if isNewMinute then endsIn = MINUTE - now % MINUTE end
  for i = 1, size do attempts[users[i]] = not isNewMinute and tonumber(found[i]) or 0 end
end
local function exceedsAttempts(user)
  if attempts[user] >= maxAttempts then return true end
  attempts[user], attempted[user] = attempts[user] + 1, true
end

local queued = redis.call('LLEN', KEYS[2])
local window, bits, place, examined = {}, {}, 0, 0
local atOnce = math.min(wanted, CHUNK / 3)
local given = {}
-- The last free tickets of the queue, which were too few for a purchase: later ones get them.
local spare, nextSpare = {}, 1
-- The next free ticket. A ticket that is held should not be in the queue, and is skipped.
local function nextTicket()
  local kept = spare[nextSpare]
  if kept then
    nextSpare = nextSpare + 1
    return kept
  end
  while examined < queued do
    if place == #window then
      window, place = redis.call('LRANGE', KEYS[2], examined, examined + atOnce - 1), 0
      local gets = {}
      for i = 1, #window do
        local at = i * 3
        gets[at - 2], gets[at - 1], gets[at] = 'GET', 'u1', window[i]
      end
      bits = redis.call('BITFIELD_RO', KEYS[7], unpack(gets))
    end
    place, examined = place + 1, examined + 1
    local ticket = window[place]
    if bits[place] == 0 and not given[ticket] then
      given[ticket] = true
      return ticket
    end
  end
end

local function ascending(a, b) return tonumber(a) < tonumber(b) end

-- So many tickets; if there are too few, none, and how many there are.
local function nextTickets(quantity)
  local tickets = {}
  for n = 1, quantity do
    local ticket = nextTicket()
    if not ticket then
      spare, nextSpare = tickets, 1
      return nil, n - 1
    end
    tickets[n] = ticket
  end
  table.sort(tickets, ascending)
  return tickets
end

local orders, due, entries, keyed, marks = {}, {}, {}, {}, {}
local fresh, changed = {}, {}
local extra = 0
local marked = 0
local function mark(ticket)
  marks[marked + 1], marks[marked + 2], marks[marked + 3], marks[marked + 4] = 'SET', 'u1', ticket, '1'
  marked = marked + 4
end

local function answerAgain(value, order, fingerprint)
  local first, tickets, at, print = string.match(value, '^(%S+) ([%d,]+) (%d+) (.*)$')
  if print ~= fingerprint then return MISMATCH end
  if first == order then return '=' .. tickets .. ' ' .. at end
  local waits = fresh[first] or redis.call('ZSCORE', KEYS[6], first)
  return '*' .. first .. ' ' .. tickets .. ' ' .. at .. (waits and ' 0' or ' 1')
end

local function decide(i)
  local order, user, key = items[i * FIELDS - 3], users[i], items[i * FIELDS - 1]
  local fingerprint, field = items[i * FIELDS], fields[i]
  if known[field] then return answerAgain(known[field], order, fingerprint) end
  if attempts and exceedsAttempts(user) then return '!' .. endsIn end
  if refused then return refused end

  local held, quantity = holding[user], quantities and quantities[i] or 1
  if held and maxEnded > 0 and endedCount(held) >= maxEnded then return TOO_MANY_ORDERS end
  if (held and heldCount(held) or 0) + quantity > limit then return '#' .. (held and heldNamed(held) or '') end
  local tickets, answer
  if quantity == 1 then
    tickets = nextTicket()
    if not tickets then return SOLD_OUT end
    answer = tonumber(tickets)
    mark(tickets)
  else
    local several, left = nextTickets(quantity)
    if not several then return left == 0 and SOLD_OUT or '<' .. left end
    tickets = table.concat(several, ',')
    answer = '+' .. tickets
    for n = 1, quantity do mark(several[n]) end
    extra = extra + quantity - 1
  end

  local n = #orders + 1
  orders[n], fresh[order] = order, (fresh[order] or 0) + 1
  known[field] = order .. ' ' .. tickets .. ' ' .. nowText .. ' ' .. fingerprint
  holding[user], changed[user] = withHeld(held, order, quantity), true
  due[2 * n - 1], due[2 * n] = nowText, order
  entries[2 * n - 1], entries[2 * n] = order, tickets .. ' ' .. nowText .. ' ' .. epoch .. ' ' .. userBytes[i] .. ' ' .. user .. key
  keyed[2 * n - 1], keyed[2 * n] = field, known[field]
  return answer
end

local reply = { 0, 0, now }
for i = 1, size do reply[i + 3] = decide(i) end

if #orders > 0 then
  found = redis.call('HMGET', KEYS[4], unpack(orders))
  for i, order in ipairs(orders) do
    if found[i] or fresh[order] > 1 then
      return redis.error_reply('CORRUPT order id ' .. order .. ' belongs to another purchase already')
    end
  end
  if extra > 0 then extra = extra + (tonumber(redis.call('HGET', KEYS[1], 'extra')) or 0) end
  local buyers = {}
  for user in pairs(changed) do
    buyers[#buyers + 1] = user
    buyers[#buyers + 1] = holding[user]
  end
  redis.call('ZADD', KEYS[6], unpack(due))
  redis.call('HSET', KEYS[4], unpack(entries))
  redis.call('HSET', KEYS[5], unpack(keyed))
  redis.call('HSET', KEYS[3], unpack(buyers))
  callInChunks('BITFIELD', KEYS[7], marks)
  if extra > 0 then redis.call('HSET', KEYS[1], 'extra', extra) end
end
if attempts and next(attempted) then
  local counts = {}
  for user in pairs(attempted) do
    counts[#counts + 1] = user
    counts[#counts + 1] = attempts[user]
  end
  if isNewMinute then redis.call('DEL', KEYS[8]) end
  redis.call('HSET', KEYS[8], unpack(counts))
  if isNewMinute then redis.call('PEXPIREAT', KEYS[8], now + endsIn) end
end
local changes, left = tonumber(meta[8]) or 0, #spare - nextSpare + 1
local gone = examined - left
if gone > 0 then
  changes = changes + 1
  redis.call('LTRIM', KEYS[2], examined, -1)
  if left > 0 then redis.call('RPUSH', KEYS[2], unpack(spare, nextSpare)) end
  redis.call('HSET', KEYS[1], 'changes', changes)
end
reply[1], reply[2] = queued - gone, changes
return reply
