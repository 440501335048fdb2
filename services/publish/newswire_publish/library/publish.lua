-- The effect of the stage `publish`: the newest version wins, whatever the order of arrival.
--
-- arguments: id, version, kind (updated | corrected | withdrawn), feed names (JSON), embargo (ms or
--            empty), accepted (ms), trace, revision (JSON or empty), body, replaces (the SHA-1 of the
--            document of this version that the body renews the enrichment of, or empty), ids of its
--            duplicates (JSON or empty)
-- Returns published | updated | corrected | withdrawn: an event of that name was written;
--         withheld: stored until its embargo ends; canceled: withdrawn before it was ever visible;
--         renewed: the enrichment alone is another, an `updated` event says so; stored: likewise
--         of what may not be seen yet, without an event;
--         superseded: a version at least as new is there, or what was to be renewed is not there
--         any more; nothing happened.
local KEPT_VERSIONS = 20

-- The history is what was stored of the article: [version, outcome, ms], the oldest first.
local function remember(document, history, version, outcome, ms)
  history[#history + 1] = { version, outcome, ms }
  if #history > KEPT_VERSIONS then
    redis.call('HDEL', document, 'v' .. table.remove(history, 1)[1])
  end
  redis.call('HSET', document, 'history', cjson.encode(history))
end

local function forget_bodies(document, history)
  for _, entry in ipairs(history) do
    redis.call('HDEL', document, 'v' .. entry[1])
  end
end

local function beyond(names, others)
  local known, rest = {}, {}
  for _, name in ipairs(others) do known[name] = true end
  for _, name in ipairs(names) do
    if not known[name] then rest[#rest + 1] = name end
  end
  return rest
end

-- A withdrawn article stays in the feeds where it was seen, as a tombstone.
local function withdraw(was, article)
  redis.call('ZREM', key('embargo'), article.id)
  forget_duplicates(article.id, {})
  forget_bodies(article.document, was.history)
  article.status, article.feeds = 'canceled', was.listed and was.feeds or '[]'
  if was.status ~= 'usable' then
    if not was.listed then redis.call('ZADD', key('unlisted'), article.now, article.id) end
    return 'canceled', article.now
  end
  local event, ms = tell('article.withdrawn', article.id, article.version, article.accepted, article.trace)
  enter(article.id, cjson.decode(was.feeds), event)
  return 'withdrawn', ms
end

local function withhold(_, article)
  redis.call('ZADD', key('embargo'), article.embargo, article.id)
  redis.call('ZREM', key('unlisted'), article.id)
  article.status = 'withheld'
  return 'withheld', article.now
end

local function show(was, article)
  redis.call('ZREM', key('embargo'), article.id)
  redis.call('ZREM', key('unlisted'), article.id)
  local outcome = was.first and article.kind or 'published'
  local event, ms = tell('article.' .. outcome, article.id, article.version, article.accepted, article.trace,
    was.first and article.revision)
  local names = cjson.decode(article.feeds)
  enter(article.id, names, event)
  if was.listed then leave(article.id, beyond(cjson.decode(was.feeds), names), event) end
  if not was.first then redis.call('HSET', article.document, 'first', ms) end
  note_duplicates(article.id, article.duplicates)
  tell_duplicates(article.id, article.version, article.accepted, article.trace)
  article.status = 'usable'
  return outcome, ms
end

-- A newer enrichment of the version that is there. It keeps its place in the feeds that it stays in,
-- and enters others by the same time: the article itself is not news again.
local function place_anew(id, feeds, had, at, event)
  local names, before = cjson.decode(feeds), cjson.decode(had)
  for _, name in ipairs(beyond(names, before)) do
    redis.call('ZADD', key('feed', name), at, id)
  end
  for _, name in ipairs(names) do
    redis.call('HSET', key('feeds'), name, event)
  end
  leave(id, beyond(before, names), event)
end

-- Only where the document is still the one that the enrichment was made of: so whoever comes second,
-- or after a later version, changes nothing.
local function renew(id, version, feeds, trace, body, replaces)
  local document = key('article', id)
  local stored, status, had, at, before =
    unpack(redis.call('HMGET', document, 'version', 'status', 'feeds', 'at', 'v' .. version))
  if stored ~= version or not before or redis.sha1hex(before) ~= replaces then return 'superseded' end
  if status ~= 'usable' and status ~= 'withheld' then return 'superseded' end
  redis.call('HSET', document, 'v' .. version, body, 'feeds', feeds)
  if status == 'withheld' then return 'stored' end
  local count = redis.call('HINCRBY', document, 'enrichment', 1)
  local event = tell('article.updated', id, version, whole(clock_ms()), trace, nil, nil, count)
  place_anew(id, feeds, had, at, event)
  return 'renewed'
end

local function effect(_, arguments)
  local id, version, kind, feeds, embargo, accepted, trace, revision, body, replaces, duplicates =
    unpack(arguments)
  if replaces ~= '' then return renew(id, version, feeds, trace, body, replaces) end
  local document = key('article', id)
  local stored, status, had, first, history =
    unpack(redis.call('HMGET', document, 'version', 'status', 'feeds', 'first', 'history'))
  if stored and tonumber(version) <= tonumber(stored) then return 'superseded' end
  local was = {
    status = status, feeds = had or '[]', first = first, history = cjson.decode(history or '[]'),
    -- In feeds from the first publication on, be it as a tombstone.
    listed = first and true or false,
  }
  local now = clock_ms()
  local article = {
    id = id, document = document, version = version, kind = kind, feeds = feeds, embargo = embargo,
    accepted = accepted, trace = trace, revision = revision, now = whole(now),
    duplicates = duplicates ~= '' and cjson.decode(duplicates) or {},
  }
  local place = show
  if kind == 'withdrawn' then
    place = withdraw
  elseif embargo ~= '' and tonumber(embargo) > now and not first then
    place = withhold
  end
  local outcome, ms = place(was, article)
  redis.call('HSET', document, 'version', version, 'status', article.status, 'feeds', article.feeds,
    'at', ms, 'embargo', embargo, 'accepted', accepted, 'trace', trace, 'v' .. version, body)
  remember(document, was.history, version, outcome, ms)
  return outcome
end
