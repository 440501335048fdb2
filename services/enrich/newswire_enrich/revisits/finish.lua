-- End claims: the links of each article go on, if nobody has claimed it since; whoever did knows
-- at least as much. What was asked for again meanwhile stays due. `order` is the claim's token, by
-- which a reader tells what is newer.
--
-- KEYS: 1 {pN}:revisits, 2 {pN}:links
-- ARGV: 1 ms that what was told is remembered,
--       then for each claim: member, token, body (empty: no links to tell), told (empty: forget it)
-- Returns how many were ended.
local revisits, ended = KEYS[1], 0
for at = 2, #ARGV, 4 do
  local member, token, body, told = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local reach, id = string.match(member, '^([=+]?)(.+)$')
  if redis.call('HGET', revisits .. ':claims', member) == token then
    if body ~= '' then
      redis.call('XADD', KEYS[2], '*', 'schema', '1', 'id', id,
                 'order', string.match(token, '^%d+'), 'body', body)
    end
    redis.call('HDEL', revisits .. ':claims', member)
    if reach == '' then
      local key = revisits .. ':told:' .. id
      if told == '' then redis.call('DEL', key) else redis.call('SET', key, told, 'PX', ARGV[1]) end
    end
    if redis.call('ZSCORE', revisits, member) == string.match(token, ':(.+)') then
      redis.call('ZREM', revisits, member)
      if reach == '+' then redis.call('HDEL', revisits .. ':touched', id) end
    end
    ended = ended + 1
  end
end
return ended
