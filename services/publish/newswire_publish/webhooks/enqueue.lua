-- Put deliveries into the queues of their endpoints, each once, however often this is asked.
--
-- ARGV: 3 partition of the events, or empty; 4 most tasks an endpoint may have; 5 ms a body lives;
--       6 number of bodies, then for each: <event>:<form>, body;
--       then for each delivery: endpoint, delivery, task JSON, which body (from 1)
-- Returns how many are new. What does not fit goes to the endpoint's dead letters.
local done, most, ttl, at = tag .. ':done:' .. ARGV[3], tonumber(ARGV[4]), ARGV[5], 7
local bodies = {}
for i = 1, tonumber(ARGV[6]) do
  bodies[i] = { key = tag .. ':body:' .. ARGV[at], body = ARGV[at + 1], needed = 0 }
  at = at + 2
end

local now, added = clock(), 0
while at <= #ARGV do
  local endpoint, delivery, task = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local body, tasks = bodies[tonumber(ARGV[at + 3])], of(endpoint, 't')
  at = at + 4
  if redis.call('HEXISTS', endpoints, endpoint) == 1
    and not redis.call('ZSCORE', done, delivery) then
    if redis.call('HLEN', tasks) >= most then
      if redis.call('HEXISTS', tasks, delivery) == 0 then
        record(endpoint, 'dead', DEAD, now, 0,
          '{"delivery":"' .. delivery .. '","error":"backlog","task":' .. task .. '}')
      end
    elseif redis.call('HSETNX', tasks, delivery, task) == 1 then
      redis.call('ZADD', of(endpoint, 'q'), now, delivery)
      arm(endpoint)
      body.needed = body.needed + 1
      added = added + 1
    end
  end
end

for _, body in ipairs(bodies) do
  if body.needed > 0 then
    redis.call('HSETNX', body.key, 'b', body.body)
    redis.call('HINCRBY', body.key, 'n', body.needed)
    redis.call('PEXPIRE', body.key, ttl)
  end
end
return added
