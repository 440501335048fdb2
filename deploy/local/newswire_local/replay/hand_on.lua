-- Hand on articles with a newer enrichment, and note how far the replay has come: in one step, so
-- that one that is killed has done either both or neither.
--
-- KEYS: 1 {pN}:enriched, 2 {pN}:replay
-- ARGV: 1 the position (JSON), 2 ms that it is kept, then of each article: id, version, at,
--       created, replaces, body
-- Returns the id of the last entry, or an empty text.
local last = ''
for at = 3, #ARGV, 6 do
  local id, version, accepted, created, replaces, body = unpack(ARGV, at, at + 5)
  last = redis.call('XADD', KEYS[1], '*', 'schema', '1', 'id', id, 'version', version,
    'at', accepted, 'created', created, 'replaces', replaces, 'body', body)
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return last
