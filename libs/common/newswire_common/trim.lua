-- Drops what is below an id, and notes the newest entry that went: whoever has read up to it has
-- lost nothing, and whoever has not can be told so.
--
-- KEYS: 1 a stream, 2 HASH: stream -> id of its newest dropped entry
-- ARGV: 1 name of the stream, 2 the lowest id to keep
-- Returns how many entries went.
local newest = redis.call('XREVRANGE', KEYS[1], '(' .. ARGV[2], '-', 'COUNT', 1)[1]
if not newest then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], newest[1])
return redis.call('XTRIM', KEYS[1], 'MINID', '=', ARGV[2])
