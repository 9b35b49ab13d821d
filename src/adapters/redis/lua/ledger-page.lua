--[[
  A page of the ledger.

  Input:
    KEYS[1] 'ledger'
    KEYS[2] 'pending'

    ARGV[1]  cursor, 0 for the first page
    ARGV[2]  approximate number of entries of a page

  Output:
    {cursor of the next page (0: none),
     '["order id","entry","order id","entry"...]' as JSON: the client reads one string in a tenth of the time of thousands,
     {those of these orders that are pending}}
]]
local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local pending = {}
if redis.call('ZCARD', KEYS[2]) > 0 then
  for i = 1, #page[2], 2 do
    if redis.call('ZSCORE', KEYS[2], page[2][i]) then pending[#pending + 1] = page[2][i] end
  end
end
return { page[1], #page[2] > 0 and cjson.encode(page[2]) or '[]', pending }
