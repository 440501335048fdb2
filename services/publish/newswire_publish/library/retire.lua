-- Drops the articles of which nothing was heard since the retention began: documents and places.
--
-- ARGV: 1 retention in milliseconds, 2 hash tag, 3 how many at the most
-- Returns how many went. An article under embargo stays until it was shown.
local now, gone = clock_ms(), 0
-- Not an event's id, yet it reads like one: what it says is that the feed changed then.
local change = whole(now) .. '-0-retired'
for _, index in ipairs({ key('feed', 'all'), key('unlisted') }) do
  local count = ARGV[3] - gone
  local old = count > 0
    and redis.call('ZRANGEBYSCORE', index, '-inf', whole(now - ARGV[1]), 'LIMIT', 0, count) or {}
  for _, id in ipairs(old) do
    local feeds = redis.call('HGET', key('article', id), 'feeds')
    leave(id, cjson.decode(feeds or '[]'), change)
    redis.call('ZREM', index, id)
    redis.call('DEL', key('article', id), key('audience', id), key('links', id), key('story', id),
      key('duplicates', id))
    gone = gone + 1
  end
end
return gone
