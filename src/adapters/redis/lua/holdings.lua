--[[
  What a buyer holds, as the value of the hash 'buyers': up to 20 orders, joined by commas, and behind them '+n' for n more
  tickets, which only count: 'a,b', or 'a,b,...,t,+5'. So a decision takes as long for a buyer who holds thousands. An
  order of several tickets has their number behind its id: 'a,b*3'. The orders need not be the oldest or the newest.

  A buyer of whom orders have ended has their number in front: '3~a,b', or '3~' if they hold nothing now.
]]
local NAMED = 20

-- How many orders have ended, and the rest.
local function splitEnded(held)
  if not string.find(held, '~', 1, true) then return 0, held end
  local ended, rest = string.match(held, '^(%d+)~(.*)$')
  if ended then return tonumber(ended), rest end
  return 0, held
end

local function endedCount(held) return (splitEnded(held)) end

local function heldOnly(held)
  local _, rest = splitEnded(held)
  return rest
end

local function withEnded(ended, rest)
  if ended == 0 then return rest end
  return string.format('%d', ended) .. '~' .. (rest or '')
end

-- The orders, as text, and how many tickets there are besides.
local function splitHeld(held)
  local ids, more = string.match(held, '^(.-),?%+(%d+)$')
  if ids then return ids, tonumber(more) end
  return held, 0
end

local function ordersIn(ids)
  if ids == '' then return 0 end
  local _, commas = string.gsub(ids, ',', '')
  return commas + 1
end

local function joinHeld(ids, more)
  if more == 0 then return ids ~= '' and ids end
  return (ids == '' and '' or ids .. ',') .. '+' .. string.format('%d', more)
end

local function hasSeveral(ids) return string.find(ids, '*', 1, true) end

-- The number of tickets.
local function heldCount(held)
  local ids, more = splitHeld(heldOnly(held))
  local count = ordersIn(ids) + more
  if hasSeveral(ids) then
    for quantity in string.gmatch(ids, '%*(%d+)') do count = count + quantity - 1 end
  end
  return count
end

local function heldNamed(held)
  local ids = splitHeld(heldOnly(held))
  if hasSeveral(ids) then ids = string.gsub(ids, '%*%d+', '') end
  return ids
end

local function nameOf(order, quantity)
  if quantity == 1 then return order end
  return order .. '*' .. quantity
end

local function withHeld(held, order, quantity)
  local name = nameOf(order, quantity)
  if not held then return name end
  local ended, rest = splitEnded(held)
  local ids, more = splitHeld(rest)
  if ordersIn(ids) < NAMED then return withEnded(ended, joinHeld(ids == '' and name or ids .. ',' .. name, more)) end
  return withEnded(ended, joinHeld(ids, more + quantity))
end

-- The order is one of `ended` more, 0 or 1, that have ended. False if nothing is left.
local function withoutHeld(held, order, quantity, ended)
  if not held then return withEnded(ended, false) end
  local before, rest = splitEnded(held)
  local ids, more = splitHeld(rest)
  local name, others = nameOf(order, quantity), {}
  local found = false
  for one in string.gmatch(ids, '[^,]+') do
    if one == name then found = true else others[#others + 1] = one end
  end
  if not found then more = math.max(0, more - quantity) end
  return withEnded(before + ended, joinHeld(table.concat(others, ','), more))
end
