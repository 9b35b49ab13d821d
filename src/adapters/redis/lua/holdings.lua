--[[
  What a buyer holds, as the value of the hash 'buyers': up to 20 order ids, joined by commas, and behind them '+n' for
  n more, which only count: 'a,b', or 'a,b,...,t,+5'. So a decision takes as long for a buyer who holds thousands. The
  ids need not be the oldest or the newest. Longer lists are of an earlier release, and are cut when they change.

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

-- The ids, as text, and how many orders there are besides.
local function splitHeld(held)
  local ids, more = string.match(held, '^(.-),?%+(%d+)$')
  if ids then return ids, tonumber(more) end
  return held, 0
end

local function idsIn(ids)
  if ids == '' then return 0 end
  local _, commas = string.gsub(ids, ',', '')
  return commas + 1
end

local function joinHeld(ids, more)
  if more == 0 then return ids ~= '' and ids end
  return (ids == '' and '' or ids .. ',') .. '+' .. string.format('%d', more)
end

local function heldCount(held)
  local ids, more = splitHeld(heldOnly(held))
  return idsIn(ids) + more
end

local function firstHeld(ids)
  local named = {}
  for id in string.gmatch(ids, '[^,]+') do
    if #named == NAMED then break end
    named[#named + 1] = id
  end
  return table.concat(named, ',')
end

local function heldNamed(held) return firstHeld((splitHeld(heldOnly(held)))) end

local function withHeld(held, order)
  if not held then return order end
  local ended, rest = splitEnded(held)
  local ids, more = splitHeld(rest)
  local count = idsIn(ids)
  if count < NAMED then return withEnded(ended, joinHeld(ids == '' and order or ids .. ',' .. order, more)) end
  if count > NAMED then ids = firstHeld(ids) end
  return withEnded(ended, joinHeld(ids, more + count - NAMED + 1))
end

-- The order is one of `ended` more, 0 or 1, that have ended. False if nothing is left.
local function withoutHeld(held, order, ended)
  if not held then return withEnded(ended, false) end
  local before, rest = splitEnded(held)
  local ids, more = splitHeld(rest)
  local others = {}
  local found = false
  for id in string.gmatch(ids, '[^,]+') do
    if id == order then found = true else others[#others + 1] = id end
  end
  if not found then more = math.max(0, more - 1) end
  return withEnded(before + ended, joinHeld(table.concat(others, ','), more))
end
