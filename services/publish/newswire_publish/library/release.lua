-- Shows the articles whose embargo has ended by the server's clock.
--
-- ARGV: 1 how many at the most, 2 hash tag
-- Returns how many were shown, and the milliseconds until the next one is due (-1: there is none).
local now, shown = clock_ms(), 0
for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('embargo'), '-inf', whole(now), 'LIMIT', 0, ARGV[1])) do
  redis.call('ZREM', key('embargo'), id)
  local document = key('article', id)
  local version, status, feeds, accepted, trace, history =
    unpack(redis.call('HMGET', document, 'version', 'status', 'feeds', 'accepted', 'trace', 'history'))
  if status == 'withheld' then
    local _, first = tell('article.published', id, version, accepted, trace)
    local event, ms = tell('article.embargo_lifted', id, version, accepted, trace)
    tell_duplicates(id, version, accepted, trace)
    enter(id, cjson.decode(feeds), event)
    local told = cjson.decode(history)
    told[#told] = { version, 'published', first }
    redis.call('HSET', document, 'status', 'usable', 'first', first, 'at', ms, 'history', cjson.encode(told))
    shown = shown + 1
  end
end
local following = redis.call('ZRANGE', key('embargo'), 0, 0, 'WITHSCORES')
return { shown, following[2] and math.max(0, following[2] - now) or -1 }
