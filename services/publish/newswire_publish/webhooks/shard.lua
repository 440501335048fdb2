-- Put before every script of this folder: the keys of one shard, and when an endpoint is due.
--
--   {wN}:endpoints          HASH endpoint -> JSON           {wN}:endpoints:rev    changes with it
--   {wN}:endpoints:state    HASH endpoint -> paused | disabled; absent is active
--   {wN}:due                ZSET endpoint -> ms when it is its turn: what waits longest goes first
--   {wN}:lease              ZSET endpoint|delivery|token -> ms when the lease ends
--   {wN}:claims             the last token
--   {wN}:done:<partition>   ZSET delivery -> ms of its event: finished, the event maybe not
--   {wN}:ep:<endpoint>:     q ZSET delivery -> due ms;  t HASH delivery -> task JSON;
--                           inflight HASH delivery -> token;
--                           pace HASH hold: ms until which nothing is sent, failing: attempts in a
--                           row that did not reach it;
--                           log, dead LIST of "<at ms> <next ms or 0> <attempt JSON>"
--
-- KEYS: 1 {wN}:endpoints. All others are made from the tag and so are in the same slot.
-- ARGV: 1 tag, 2 cap: deliveries in flight an endpoint; a script's own arguments start at 3.
local tag, cap = ARGV[1], tonumber(ARGV[2])
local endpoints = KEYS[1]
local states, due = endpoints .. ':state', tag .. ':due'
local leases = tag .. ':lease'
local LOG, DEAD = 500, 1000 -- records kept an endpoint
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function of(endpoint, part)
  return tag .. ':ep:' .. endpoint .. ':' .. part
end

-- A number that no earlier life of the data has had: it starts at the clock, in microseconds.
local function changed()
  local rev = endpoints .. ':rev'
  redis.call('SET', rev, string.format('%d%06d', time[1], time[2]), 'NX')
  return redis.call('INCR', rev)
end

-- What decides whether an endpoint may be sent to; read once a call.
local seen = {}
local function standing(endpoint)
  local known = seen[endpoint]
  if not known then
    local pace = redis.call('HMGET', of(endpoint, 'pace'), 'hold', 'failing')
    known = {
      in_flight = redis.call('HLEN', of(endpoint, 'inflight')),
      rests = redis.call('HEXISTS', states, endpoint) == 1,
      hold = tonumber(pace[1] or 0), failing = tonumber(pace[2] or 0),
    }
    seen[endpoint] = known
  end
  return known
end

-- How many more it may be sent at a time: one that could not be reached is only probed.
local function room(known)
  return (known.failing > 0 and 1 or cap) - known.in_flight
end

-- Note when it is the endpoint's turn; not at all while it is paused or at its cap. Whoever was
-- just served goes behind all that are due; whoever waits already keeps its place.
local function arm(endpoint, served)
  local first, known = redis.call('ZRANGE', of(endpoint, 'q'), 0, 0, 'WITHSCORES')[2], standing(endpoint)
  if not first or room(known) <= 0 or known.rests then
    redis.call('ZREM', due, endpoint)
    return
  end
  local turn = math.max(tonumber(first), known.hold, now)
  if served or known.hold > now then
    redis.call('ZADD', due, turn, endpoint)
  else
    redis.call('ZADD', due, 'LT', turn, endpoint)
  end
end

local function record(endpoint, list, most, next_at, attempt)
  local key = of(endpoint, list)
  if redis.call('LPUSH', key, string.format('%d %d %s', now, next_at, attempt)) > most then
    redis.call('LTRIM', key, 0, most - 1)
  end
end

-- A delivery that has ended, however, leaves a tombstone: its event may be fanned out again.
local function bury(partition, event_ms, delivery)
  if partition ~= '' then redis.call('ZADD', tag .. ':done:' .. partition, event_ms, delivery) end
end
