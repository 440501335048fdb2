-- Put before every script of this folder: the keys of one shard, and when an endpoint is due.
--
--   {wN}:endpoints          HASH endpoint -> JSON           {wN}:endpoints:rev    changes with it
--   {wN}:endpoints:state    HASH endpoint -> paused | disabled; absent is active
--   {wN}:due                ZSET endpoint -> ms when it has something to send and may
--   {wN}:lease              ZSET endpoint|delivery|token -> ms when the lease ends
--   {wN}:claims             the last token
--   {wN}:body:<event>:<form>  HASH b: the body, once; n: deliveries that still need it
--   {wN}:done:<partition>   ZSET delivery -> ms of its event: finished, the event maybe not
--   {wN}:ep:<endpoint>:     q ZSET delivery -> due ms;  t HASH delivery -> task JSON;
--                           inflight HASH delivery -> token;  hold ms (expires by itself);
--                           log, dead LIST of "<at ms> <next ms or 0> <attempt JSON>"
--
-- KEYS: 1 {wN}:endpoints. All others are made from the tag and so are in the same slot.
-- ARGV: 1 tag, 2 cap: deliveries in flight an endpoint; a script's own arguments start at 3.
local tag, cap = ARGV[1], tonumber(ARGV[2])
local endpoints = KEYS[1]
local states, due = endpoints .. ':state', tag .. ':due'
local leases = tag .. ':lease'
local LOG, DEAD = 500, 1000 -- records kept an endpoint

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function of(endpoint, part)
  return tag .. ':ep:' .. endpoint .. ':' .. part
end

-- A number that no earlier life of the data has had: it starts at the clock, in microseconds.
local function changed()
  local rev = endpoints .. ':rev'
  local time = redis.call('TIME')
  redis.call('SET', rev, string.format('%d%06d', time[1], time[2]), 'NX')
  return redis.call('INCR', rev)
end

-- Note when the endpoint can next be claimed from; not at all while it is paused or at its cap.
local function arm(endpoint)
  local first = redis.call('ZRANGE', of(endpoint, 'q'), 0, 0, 'WITHSCORES')[2]
  if not first or redis.call('HLEN', of(endpoint, 'inflight')) >= cap
    or redis.call('HEXISTS', states, endpoint) == 1 then
    redis.call('ZREM', due, endpoint)
    return
  end
  local hold = redis.call('GET', of(endpoint, 'hold')) or 0
  redis.call('ZADD', due, math.max(tonumber(first), tonumber(hold)), endpoint)
end

local function record(endpoint, list, most, at, next_at, attempt)
  local key = of(endpoint, list)
  redis.call('LPUSH', key, string.format('%d %d %s', at, next_at, attempt))
  redis.call('LTRIM', key, 0, most - 1)
end
