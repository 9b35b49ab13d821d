--[[
  Counts a page of the buyers.

  Input:
    KEYS[1] 'buyers'

    ARGV[1]  cursor, 0 for the first page
    ARGV[2]  approximate size of a page

  Output: {cursor of the next page (0: none), buyers of this page, tickets that they hold, number of all buyers}
]]
local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local held = 0
for i = 2, #page[2], 2 do
  held = held + heldCount(page[2][i])
end
return { page[1], #page[2] / 2, held, redis.call('HLEN', KEYS[1]) }
