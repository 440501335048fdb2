-- End claims: the links of each article go on, if nobody has claimed it since; whoever did knows
-- at least as much. What was asked for again meanwhile stays due.
--
-- KEYS: 1 {pN}:revisits, 2 {pN}:links
-- ARGV: for each claim: member, token, body (empty: no links to tell)
-- Returns how many were ended.
local revisits, ended = KEYS[1], 0
for at = 1, #ARGV, 3 do
  local member, token, body = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local id, is_wide = string.gsub(member, '^%+', '')
  if redis.call('HGET', revisits .. ':claims', member) == token then
    if body ~= '' then redis.call('XADD', KEYS[2], '*', 'schema', '1', 'id', id, 'body', body) end
    redis.call('HDEL', revisits .. ':claims', member)
    if redis.call('ZSCORE', revisits, member) == string.match(token, ':(.+)') then
      redis.call('ZREM', revisits, member)
      redis.call('HDEL', revisits .. (is_wide == 1 and ':touched' or ':sent'), id)
    end
    ended = ended + 1
  end
end
return ended
