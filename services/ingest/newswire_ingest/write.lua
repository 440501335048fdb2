-- Gives articles of one partition their identity and version, and puts each new version on the
-- stream, in one step: two writers of the same article can not both be first.
--
-- KEYS: 1 the partition's articles stream (the identities carry the same tag: one slot)
-- ARGV: 1 hash tag
--       2 '1' to leave a mark of this call even where nothing changes: WAIT counts only what its
--         own connection wrote, so a retry that finds everything unchanged has to write as well
--       3 … the articles, each as its heading, a line feed, and its body. The heading is a JSON list:
--         id, content hash, source version or '', whether the source says the kind of revision,
--         whether it withdraws, source, guid, trace
-- Returns version and outcome of each, one after the other. Outcomes:
--   unchanged  same content as the newest version; or withdrawn, and this is no new content
--   stale      a lower source_version than one already taken (a withdrawal is never stale)
--   created    version 1
--   revised    the next version
-- The entry is added before the identity is changed: if memory is out, neither happens.
local articles, tag, clock = KEYS[1], ARGV[1], redis.call('TIME')
local now = string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000))

local function highest(a, b)
  if not a or a == '' then return b end
  if b == '' or tonumber(a) >= tonumber(b) then return a end
  return b
end

local function write(submission)
  local line = string.find(submission, '\n', 1, true)
  local id, hash, source_version, says_kind, withdraws, source, guid, trace =
    unpack(cjson.decode(string.sub(submission, 1, line - 1)))
  local body = string.sub(submission, line + 1)
  local identity = tag .. ':identity:' .. id
  local old = redis.call('HMGET', identity, 'version', 'hash', 'source_version', 'created', 'withdrawn')
  local version, taken, withdrawn = tonumber(old[1] or 0), old[3], old[5]
  local newest = highest(taken, source_version)
  if version > 0 then
    if old[2] == hash or withdrawn == hash or (withdrawn and withdraws) then
      if newest ~= (taken or '') then redis.call('HSET', identity, 'source_version', newest) end
      return version, 'unchanged'
    end
    if newest ~= source_version and source_version ~= '' and not withdraws then
      return version, 'stale'
    end
  end
  version = version + 1
  if version > 1 and not says_kind then
    -- A later version that does not say what it is, is an update.
    body = '{"revision_kind":"update",' .. string.sub(body, 2)
  end
  local created = old[4] or now
  redis.call('XADD', articles, '*', 'schema', '1', 'id', id, 'version', version,
    'at', now, 'created', created, 'trace', trace, 'body', body)
  redis.call('HSET', identity, 'version', version, 'hash', hash, 'source_version', newest,
    'created', created, 'source', source, 'guid', guid)
  if withdraws then
    -- The content that was taken back: when a feed offers it again it stays taken back.
    redis.call('HSET', identity, 'withdrawn', old[2] or hash)
  elseif withdrawn then
    redis.call('HDEL', identity, 'withdrawn')
  end
  return version, version == 1 and 'created' or 'revised'
end

local results = {}
for i = 3, #ARGV do
  results[2 * i - 5], results[2 * i - 4] = write(ARGV[i])
end
if ARGV[2] == '1' then redis.call('SET', tag .. ':written', now) end
return results
