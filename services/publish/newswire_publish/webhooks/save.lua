-- Write an endpoint if it still is what the writer last saw.
--
-- ARGV: 3 endpoint, 4 its JSON as last seen, empty for a new one, 5 its JSON from now on
-- Returns 1, or 0 where somebody else was first.
local endpoint = ARGV[3]
if (redis.call('HGET', endpoints, endpoint) or '') ~= ARGV[4] then return 0 end
redis.call('HSET', endpoints, endpoint, ARGV[5])
changed()
return 1
