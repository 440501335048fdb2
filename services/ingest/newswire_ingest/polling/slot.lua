-- Take a token of a host's bucket ahead of its time, for a request beside the polls.
--
-- ARGV: 5 host, 6 ms that the request would wait
-- Returns ms to wait, or -1 where that is longer; then nothing was taken.
local host, patience = ARGV[5], tonumber(ARGV[6])
local now = clock()
local wait = math.max(0, math.ceil(ready(host) - now))
if wait > patience then return -1 end
take_token(host, now)
arm(host)
return wait
