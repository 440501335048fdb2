-- Note beside a source what a hub has brought it, as `finish` does after a poll.
--
-- ARGV: 2 id, 3 poll JSON as it was read, 4 poll JSON from now on, 5 digests of entries, 6 most
--       bytes of digests, 7 new articles, 8 ms until when the hub is trusted, empty for not at all,
--       9 '1' where a poll has to get the rest
-- Returns 1, or 0 where there is no such source.
local id, digests, most, created, push = ARGV[2], ARGV[5], tonumber(ARGV[6]), ARGV[7], ARGV[8]
local HOUR_MS, HOURS = 3600000, 24
local key, hours = source(id), tag .. ':hours:' .. id
if redis.call('EXISTS', key) == 0 then return 0 end

local poll, seen = unpack(redis.call('HMGET', key, 'poll', 'seen'))
-- A poll that has ended meanwhile knows better.
if (poll or '') == ARGV[3] and ARGV[4] ~= '' then redis.call('HSET', key, 'poll', ARGV[4]) end
if digests ~= '' then redis.call('HSET', key, 'seen', string.sub((seen or '') .. digests, -most)) end
if tonumber(created) > 0 then
  local hour = math.floor(clock() / HOUR_MS)
  redis.call('HINCRBY', hours, hour, created)
  redis.call('PEXPIRE', hours, (HOURS + 1) * HOUR_MS)
end
if push ~= '' then redis.call('HSET', key, 'push', push) end
if redis.call('EXISTS', followed(id)) == 1 then
  redis.call('HDEL', followed(id), 'missed')
  if ARGV[9] == '1' then redis.call('HSET', followed(id), 'awaited', '1') end
end
return 1
