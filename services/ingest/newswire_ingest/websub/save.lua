-- Write what a source has with its hubs, if nobody else has since it was read.
--
-- ARGV: 2 id, 3 following and 4 void as they were read, 5 following from now on, empty for none,
--       6 ms when it is due, empty for never, 7 state, 8 ms until when the hub is trusted, 0 for not
--       at all, empty to leave that as it is, 9 detail JSON of an operation, empty for none,
--       10 its type, 11 ms that operations are kept, 12 how many tokens are new, those, and then
--       those that are no more
-- Returns 1, or 0 where somebody else was first.
local id, following, at, state, push = ARGV[2], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local key = followed(id)
local was, void, old_state = unpack(redis.call('HMGET', key, 'following', 'void', 'state'))
if (was or '') ~= ARGV[3] or (void or '') ~= ARGV[4] then return 0 end

local fresh = tonumber(ARGV[12])
for index = 13, #ARGV do
  if index <= 12 + fresh then
    redis.call('HSET', callbacks, ARGV[index], id)
  else
    redis.call('HDEL', callbacks, ARGV[index])
  end
end
if old_state then redis.call('SREM', members(old_state), id) end
if following == '' then
  redis.call('DEL', key)
else
  redis.call('HSET', key, 'following', following, 'state', state)
  redis.call('HDEL', key, 'void')
  redis.call('SADD', members(state), id)
end
if at == '' then redis.call('ZREM', due, id) else redis.call('ZADD', due, at, id) end
if push == '0' then
  redis.call('HDEL', source(id), 'push')
elseif push ~= '' and redis.call('EXISTS', source(id)) == 1 then
  redis.call('HSET', source(id), 'push', push)
  redis.call('HDEL', key, 'missed')
end
if ARGV[9] ~= '' then
  operation(tag .. ':operations', ARGV[10], id, clock(), ARGV[9], tonumber(ARGV[11]))
end
return 1
