-- Claims one item of the review queue, renews the claim, or gives it up.
--
-- KEYS  1 claim
-- ARGV  1 who  2 ms it holds; 0 gives it up
-- Returns whose it is now; an empty string after giving it up. Somebody else's is left alone.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return holder end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
  return ''
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
