--[[
  A page of the buyers.

  Input:
    KEYS[1] 'buyers'

    ARGV[1]  cursor, 0 for the first page
    ARGV[2]  buyers of a page, about

  Output: {cursor of the next page (0: there is none), {buyer, orders that they hold, buyer, orders...}}
]]
local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
for i = 2, #page[2], 2 do
  local _, commas = string.gsub(page[2][i], ',', '')
  page[2][i] = commas + 1
end
return page
