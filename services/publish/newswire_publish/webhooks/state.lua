-- Let an endpoint rest, its queue kept, or go on.
--
-- ARGV: 3 endpoint, 4 its state from now on: active | paused
-- Returns the state, or nothing where there is no such endpoint. Disabled stays so until active.
local endpoint, state = ARGV[3], ARGV[4]
if redis.call('HEXISTS', endpoints, endpoint) == 0 then return false end
if state == 'active' then
  redis.call('HDEL', states, endpoint)
  redis.call('DEL', of(endpoint, 'pace'))
else
  redis.call('HSETNX', states, endpoint, state)
end
changed()
arm(endpoint)
return redis.call('HGET', states, endpoint) or 'active'
