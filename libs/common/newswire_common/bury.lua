-- Gives up on entries: acknowledged here means a dead letter here, once.
--
-- KEYS: 1 the stage's stream, 2 its dead letters
-- ARGV: 1 group, 2 number of entries, then for each: entry id, number of fields and values, those …
local at, buried = 3, 0
for _ = 1, tonumber(ARGV[2]) do
  local id, count = ARGV[at], tonumber(ARGV[at + 1])
  if redis.call('XACK', KEYS[1], ARGV[1], id) == 1 then
    redis.call('XADD', KEYS[2], '*', unpack(ARGV, at + 2, at + 1 + count))
    buried = buried + 1
  end
  at = at + 2 + count
end
return buried
