-- Notes the stories whose ledgers articles are about to enter, before they do: whatever happens
-- then, it is known where to take them out again.
--
-- ARGV: 1 unused, 2 hash tag, then for each: article id, ticket, story id
-- Returns for each 1, or 0 where somebody has looked at the article since.
local function place(id, ticket, story)
  local kept = key('reactions', id)
  local newest, placed = unpack(redis.call('HMGET', kept, 'ticket', 'placed'))
  if newest ~= ticket then return 0 end
  local stories = cjson.decode(placed or '[]')
  stories[#stories + 1] = story
  redis.call('HSET', kept, 'placed', cjson.encode(stories))
  return 1
end

local answers = {}
for i = 3, #ARGV, 3 do answers[#answers + 1] = place(ARGV[i], ARGV[i + 1], ARGV[i + 2]) end
return answers
