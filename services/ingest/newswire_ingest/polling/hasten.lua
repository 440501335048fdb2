-- Have a source polled now, as far as its host allows; nothing where a poll is under way.
--
-- ARGV: 5 id
-- Returns 1, or 0 where there is no such source.
local id = ARGV[5]
local host, token = unpack(redis.call('HMGET', source(id), 'host', 'token'))
if not host then return 0 end
if not token then
  queue(id, host, clock())
  arm(host)
end
return 1
