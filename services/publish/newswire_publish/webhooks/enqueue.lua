-- Put deliveries into the queues of their endpoints, each once, however often this is asked.
--
-- Arguments: most tasks an endpoint may have; number of tasks, then each: partition of the event or
--   empty, ms of the event, task JSON; number of deliveries, then each: endpoint, delivery, which task
-- Returns how many are new. What does not fit goes to the endpoint's dead letters.
local function tasks_from(at, count)
  local tasks = {}
  for i = 1, count do
    tasks[i] = { partition = ARGV[at], event_ms = ARGV[at + 1], json = ARGV[at + 2] }
    at = at + 3
  end
  return tasks, at
end

local function is_done(task, delivery)
  return task.partition ~= ''
    and redis.call('ZSCORE', tag .. ':done:' .. task.partition, delivery)
end

-- Whether the delivery is new.
local function put(endpoint, delivery, task, full)
  if is_done(task, delivery) then return false end
  if not full then
    if redis.call('HSETNX', of(endpoint, 't'), delivery, task.json) == 0 then return false end
    redis.call('ZADD', of(endpoint, 'q'), now, delivery)
    return true
  end
  if redis.call('HEXISTS', of(endpoint, 't'), delivery) == 0 then
    record(endpoint, 'dead', DEAD, 0,
      '{"delivery":"' .. delivery .. '","error":"backlog","task":' .. task.json .. '}')
    bury(task.partition, task.event_ms, delivery)
  end
  return false
end

local function enqueue(at, touched)
  local most, tasks, waiting, added = tonumber(ARGV[at]), nil, {}, 0
  tasks, at = tasks_from(at + 2, tonumber(ARGV[at + 1]))
  for _ = 1, tonumber(ARGV[at]) do
    local endpoint, delivery, task = ARGV[at + 1], ARGV[at + 2], tasks[tonumber(ARGV[at + 3])]
    at = at + 3
    if waiting[endpoint] == nil then
      waiting[endpoint] = redis.call('HEXISTS', endpoints, endpoint) == 1
        and redis.call('HLEN', of(endpoint, 't'))
    end
    if waiting[endpoint] and put(endpoint, delivery, task, waiting[endpoint] >= most) then
      waiting[endpoint] = waiting[endpoint] + 1
      touched[endpoint] = true
      added = added + 1
    end
  end
  return added
end
