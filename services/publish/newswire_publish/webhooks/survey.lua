-- Count what waits for endpoints, and give up on what waited longer than any retry goes on.
--
-- ARGV: 3 ms after which a delivery is given up, then the endpoints
-- Returns how many deliveries wait, and how many were given up.
local waiting, expired = 0, 0
local AT_ONCE = 100 -- an endpoint; bounds the time of one call

local function give_up(endpoint, delivery, task)
  record(endpoint, 'dead', DEAD, 0,
    '{"delivery":"' .. delivery .. '","error":"expired","task":' .. task .. '}')
  local partition, event_ms = task:match('"event":"p(%d+)%-(%d+)%-')
  bury(partition or '', event_ms, delivery)
end

for at = 4, #ARGV do
  local endpoint = ARGV[at]
  local queue, tasks = of(endpoint, 'q'), of(endpoint, 't')
  local late = redis.call('ZRANGEBYSCORE', queue, '-inf', now - ARGV[3], 'LIMIT', 0, AT_ONCE)
  for _, delivery in ipairs(late) do
    local task = redis.call('HGET', tasks, delivery)
    redis.call('ZREM', queue, delivery)
    redis.call('HDEL', tasks, delivery)
    if task then give_up(endpoint, delivery, task) end
    expired = expired + 1
  end
  if #late > 0 then arm(endpoint) end
  waiting = waiting + redis.call('ZCARD', queue)
end
return { waiting, expired }
