-- A turn of a worker: note what it did, enqueue what it brings, and take what it has slots for.
--
-- ARGV: 3 most deliveries to take, 4 ms a lease lasts, 5 number of attempts, then the attempts (see
--       note.lua), then what is to be enqueued (see enqueue.lua)
-- Returns now, ms when there is next something to do (-1: nothing known), the endpoints' rev, how
-- many leases had ended, how many deliveries are new, for each attempt whether its lease held, and
-- what was taken.
local touched = {}
local held, at = note(6, tonumber(ARGV[5]), touched)
local added = enqueue(at, touched)
for endpoint in pairs(touched) do arm(endpoint) end
local taken, ended = claim(tonumber(ARGV[3]), tonumber(ARGV[4]))

local soonest = -1
for _, key in ipairs({ due, leases }) do
  local first = tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
  if first and (soonest < 0 or first < soonest) then soonest = first end
end
return { now, soonest, redis.call('GET', endpoints .. ':rev') or '', ended, added, held, taken }
