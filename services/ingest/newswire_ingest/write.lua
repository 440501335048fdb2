-- Gives articles of one partition their identity and version, and puts each new version on the
-- stream, in one step: two writers of the same article can not both be first.
--
-- KEYS: 1 the partition's articles stream (the identities carry the same tag: one slot)
-- ARGV: 1 hash tag
--       2 '1' to leave a mark of this call even where nothing changes: WAIT counts only what its
--         own connection wrote, so a retry that finds everything unchanged has to write as well
--       3 … the articles, each as its heading, a line feed, and its body. The heading is a JSON list:
--         id, content hash, source version or '', the kind of revision that the source says or '',
--         whether it withdraws, source, guid, trace, when it expires (ms, or '', or 'due': a
--         withdrawal of what has expired by now, and of nothing else); where it has a url besides its guid, also the
--         id of that url's own article, should the guid turn out to be used twice, and its words
-- Returns version, outcome and id of each, one after the other. Outcomes:
--   unchanged  same content as the newest version; or withdrawn, and this is no new content
--   stale      a lower source_version than one already taken (a withdrawal is never stale)
--   created    version 1
--   revised    the next version
-- The entry is added before the identity is changed: if memory is out, neither happens.
--
-- A guid that is used twice: an article is another one than that of its guid when its url is another
-- and it has not a fifth of the words in common. So neither a new headline under the old url, nor a
-- url that moved with the headline, makes another article; nor does one that the source calls a
-- correction or a withdrawal, or that has too few words to tell. The first article keeps the guid's
-- id; the other has one of its own, from guid and first url, by which it is found again. Either is
-- known by its last PLACES urls; where the other moves, it is looked for among the last OTHERS.
local articles, tag, clock = KEYS[1], ARGV[1], redis.call('TIME')
local now = string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000))
local DIGITS, FEWEST, SHARE, HALF, PLACES, OTHERS = 4, 4, 5, 16, 4, 16

local function highest(a, b)
  if not a or a == '' then return b end
  if b == '' or tonumber(a) >= tonumber(b) then return a end
  return b
end

local function key(id) return tag .. ':identity:' .. id end

local function is_same(words, others, if_too_few)
  local seen, common = {}, 0
  for word in string.gmatch(words, string.rep('.', DIGITS)) do seen[word] = true end
  for word in string.gmatch(others, string.rep('.', DIGITS)) do
    if seen[word] then common = common + 1 end
  end
  local fewest = math.min(#words, #others) / DIGITS
  if fewest < FEWEST then return if_too_few end
  return common * SHARE >= fewest
end

local function has(places, place) return string.find(places or '', place, 1, true) end

-- Of the articles under one guid the one that is meant, when its url is none of the first one's.
local function meant(first, known, others, other, place, words, kind)
  if redis.call('EXISTS', key(other)) == 1 then return other end
  if is_same(known, words, true) then return first end
  for half in string.gmatch(others, string.rep('.', HALF)) do
    local id = string.sub(first, 1, HALF) .. half
    local its = redis.call('HMGET', key(id), 'places', 'words')
    if has(its[1], place) or is_same(its[2] or '', words, false) then return id end
  end
  return (kind == '' or kind == 'new') and other or first
end

local function read(id)
  return redis.call('HMGET', key(id), 'version', 'hash', 'source_version', 'created', 'withdrawn',
    'places', 'words', 'others')
end

local function write(submission)
  local line = string.find(submission, '\n', 1, true)
  local first, hash, source_version, kind, withdraws, source, guid, trace, expires, other, words =
    unpack(cjson.decode(string.sub(submission, 1, line - 1)))
  local id, old, body = first, read(first), string.sub(submission, line + 1)
  local place = other and string.sub(other, HALF + 1)  -- what it says of the url
  if place and old[6] and not has(old[6], place) then
    id = meant(first, old[7] or '', old[8] or '', other, place, words, kind)
    if id ~= first then old = read(id) end
  end
  local version, taken, withdrawn = tonumber(old[1] or 0), old[3], old[5]
  if expires == 'due' then
    local due = redis.call('ZSCORE', tag .. ':expiry', id)
    if not due or tonumber(due) > tonumber(now) then return version, 'unchanged', id end
  end
  if withdraws then redis.call('ZREM', tag .. ':expiry', id) end
  local newest = highest(taken, source_version)
  if version > 0 then
    if old[2] == hash or withdrawn == hash or (withdrawn and withdraws) then
      if newest ~= (taken or '') then redis.call('HSET', key(id), 'source_version', newest) end
      return version, 'unchanged', id
    end
    if newest ~= source_version and source_version ~= '' and not withdraws then
      return version, 'stale', id
    end
  end
  version = version + 1
  if id ~= first then body = string.gsub(body, first, id, 2) end  -- id and URI lead it
  if version > 1 and kind == '' then
    -- A later version that does not say what it is, is an update.
    body = '{"revision_kind":"update",' .. string.sub(body, 2)
  end
  local created = old[4] or now
  redis.call('XADD', articles, '*', 'schema', '1', 'id', id, 'version', version,
    'at', now, 'created', created, 'trace', trace, 'body', body)
  redis.call('HSET', key(id), 'version', version, 'hash', hash, 'source_version', newest,
    'created', created, 'source', source, 'guid', guid)
  if not withdraws then
    if expires ~= '' then redis.call('ZADD', tag .. ':expiry', expires, id)
    else redis.call('ZREM', tag .. ':expiry', id) end
  end
  if place and not has(old[6], place) then
    redis.call('HSET', key(id), 'places', string.sub((old[6] or '') .. place, -PLACES * HALF))
  end
  if place and words ~= '' then redis.call('HSET', key(id), 'words', words) end
  if id ~= first and version == 1 then
    local others = redis.call('HGET', key(first), 'others') or ''
    redis.call('HSET', key(first), 'others', string.sub(others .. place, -OTHERS * HALF))
  end
  if withdraws then
    -- The content that was taken back: when a feed offers it again it stays taken back.
    redis.call('HSET', key(id), 'withdrawn', old[2] or hash)
  elseif withdrawn then
    redis.call('HDEL', key(id), 'withdrawn')
  end
  return version, version == 1 and 'created' or 'revised', id
end

local results = {}
for i = 3, #ARGV do
  local last = #results
  results[last + 1], results[last + 2], results[last + 3] = write(ARGV[i])
end
if ARGV[2] == '1' then redis.call('SET', tag .. ':written', now) end
return results
