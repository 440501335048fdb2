-- Take what is due. Whoever does not say when it is due again leaves it to the others, after a while.
--
-- ARGV: 2 most to take, 3 ms for which a claim holds
-- Returns now, ms when there is next something due (-1: nothing known), and the rows.
local now, rows = clock(), {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, ARGV[2])) do
  redis.call('ZADD', due, now + ARGV[3], id)
  rows[#rows + 1] = row(id)
end
local soonest = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2]
return { now, soonest and math.ceil(tonumber(soonest)) or -1, rows }
