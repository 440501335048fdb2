-- Put before every script of this folder, behind that of sources: the keys of all sources, which are
-- in one slot, and when there is next something to fetch from a host.
--
--   {sources}:index         ZSET id, all of score 0: in the order of their bytes
--   {sources}:state:<state> SET of the ids that are ok | failing | quiet | gone
--   {sources}:hosts         ZSET host -> ms when one of its sources is due and the host may be asked
--   {sources}:leases        ZSET id -> ms when the lease on it ends
--   {sources}:tokens        the last token of a lease
--   {sources}:operations    STREAM of what operators are told
--   {sources}:source:<id>   HASH config, poll: JSON; seen: digests; state; host; due ms;
--                           token, while leased; lost: leases that ended by themselves, in a row
--   {sources}:hours:<id>    HASH hour since 1970 -> new articles; expires
--   {sources}:host:<host>:  due ZSET id -> ms when it is due; flight ZSET id -> ms its lease ends;
--                           slot ms: when the token bucket is full again (expires by itself)
--
-- KEYS: 1 {sources}:hosts. All others are made from the tag and so are in the same slot.
-- ARGV: 1 tag; of a host: 2 polls at once, 3 ms from one request to the next, 4 ms that requests
--       may come early, as after a pause; a script's own arguments start at 5.
local hosts = KEYS[1]
local at_once, between, early = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local index, leases, operations = tag .. ':index', tag .. ':leases', tag .. ':operations'

local function hours(id)
  return tag .. ':hours:' .. id
end

local function of(host, part)
  return tag .. ':host:' .. host .. ':' .. part
end

-- When the bucket of a host next holds a token (GCRA, as of ITU-T I.371: one number a host).
local function ready(host)
  return tonumber(redis.call('GET', of(host, 'slot')) or 0) - early
end

local function take_token(host, now)
  local full = math.max(now, ready(host) + early) + between
  redis.call('SET', of(host, 'slot'), string.format('%.3f', full), 'PX', math.ceil(full - now) + 1)
end

-- Note when the host can next be asked; not at all while as many polls as may be are under way.
local function arm(host)
  local first = redis.call('ZRANGE', of(host, 'due'), 0, 0, 'WITHSCORES')[2]
  if not first or redis.call('ZCARD', of(host, 'flight')) >= at_once then
    redis.call('ZREM', hosts, host)
  else
    redis.call('ZADD', hosts, math.max(tonumber(first), ready(host)), host)
  end
end

-- To be followed by `arm`.
local function queue(id, host, due)
  redis.call('HSET', source(id), 'due', string.format('%.0f', due))
  redis.call('ZADD', of(host, 'due'), due, id)
end

-- To be followed by `arm`. Whoever held the lease changes nothing any more.
local function release(id, host)
  redis.call('HDEL', source(id), 'token')
  redis.call('ZREM', leases, id)
  redis.call('ZREM', of(host, 'flight'), id)
end

local function enter(id, old, new)
  if old then redis.call('SREM', tag .. ':state:' .. old, id) end
  redis.call('SADD', tag .. ':state:' .. new, id)
  redis.call('HSET', source(id), 'state', new)
end
