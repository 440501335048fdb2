-- Forget an endpoint and all that waits for it.
--
-- ARGV: 3 endpoint
-- Returns 1, or 0 where there is no such endpoint.
local endpoint = ARGV[3]
if redis.call('HDEL', endpoints, endpoint) == 0 then return 0 end
redis.call('HDEL', states, endpoint)
redis.call('ZREM', due, endpoint)
for _, part in ipairs({ 'q', 't', 'inflight', 'pace', 'log', 'dead' }) do
  redis.call('UNLINK', of(endpoint, part))
end
changed()
return 1
