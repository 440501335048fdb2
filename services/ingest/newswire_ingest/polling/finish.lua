-- Note what a poll came to, and when the next one is due. The token is the fence: a lease that was
-- lost changes nothing. A change of state is told to operators here and nowhere else, so once.
--
-- ARGV: 5 id, 6 token, 7 ms until the next poll, 8 state, empty where it stays, 9 poll JSON,
--       10 seen, 11 new articles,
--       12 detail JSON of a change of state, 13 ms that operations are kept;
--       14 config JSON, 15 host, 16 detail JSON where the source has moved, else 14 empty;
--       17 ms until the next poll where a hub is trusted to bring what is new, 0: 7 as ever
-- Returns 1, or 0 where the lease was lost.
local id, token, delay, state = ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8]
local poll, seen, created, detail, kept_ms = ARGV[9], ARGV[10], ARGV[11], ARGV[12], ARGV[13]
local moved, host, moved_detail = ARGV[14], ARGV[15], ARGV[16]
local HOUR_MS, HOURS = 3600000, 24

local key, now = source(id), clock()
local held, old_state, old_host = unpack(redis.call('HMGET', key, 'token', 'state', 'host'))
if held ~= token then
  redis.call('HDEL', key, 'lost') -- it was slow, but it does not kill who polls it
  return 0
end
if state == '' then state = old_state end

release(id, old_host)
redis.call('HDEL', key, 'lost')
redis.call('HSET', key, 'poll', poll, 'seen', seen)
if moved ~= '' then
  operation(operations, 'source.moved', id, now, moved_detail, kept_ms)
  redis.call('HSET', key, 'config', moved, 'host', host)
  arm(old_host)
else
  host = old_host
end
if state ~= old_state then
  local kind = state == 'ok' and 'recovered' or state
  operation(operations, 'source.' .. kind, id, now, detail, kept_ms)
  enter(id, old_state, state)
end
if tonumber(created) > 0 then
  local hour = math.floor(now / HOUR_MS)
  redis.call('HINCRBY', hours(id), hour, created)
  for _, past in ipairs(redis.call('HKEYS', hours(id))) do
    if tonumber(past) < hour - HOURS then redis.call('HDEL', hours(id), past) end
  end
  redis.call('PEXPIRE', hours(id), (HOURS + 1) * HOUR_MS)
end
if state == 'gone' then
  redis.call('HDEL', key, 'due')
  unfollow(id)
else
  queue(id, host, now + beside_hub(id, now, delay, tonumber(ARGV[17]), tonumber(created)))
end
arm(host)
return 1
