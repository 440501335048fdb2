-- What a source has with its hubs.
--
-- ARGV: 2 id, or 3 token of a callback
-- Returns now and the row, nothing where the token is nobody's.
local id = ARGV[2]
if ARGV[3] ~= '' then
  id = redis.call('HGET', callbacks, ARGV[3])
  if not id then return {} end
end
return { clock(), row(id) }
