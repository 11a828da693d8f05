-- One web process reports who watches a stream through it.
--
-- KEYS  1 processes of the stream  2 this process's viewers  3 watched streams
-- ARGV  1 process  2 stream id  3 report is good for (ms)  4 full (0/1)  5 lag of frames (ms)
--       6 number of viewers who came, they, then those who went
-- Returns 1, or 0 when the process must report in full (its set has expired or Redis was emptied).
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[4] == '1' then
  redis.call('DEL', KEYS[2])
elseif redis.call('EXISTS', KEYS[2]) == 0 then
  return 0
end
local came = tonumber(ARGV[6])
for i = 7, 6 + came do redis.call('SADD', KEYS[2], ARGV[i]) end
for i = 7 + came, #ARGV do redis.call('SREM', KEYS[2], ARGV[i]) end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
if redis.call('EXISTS', KEYS[2]) == 1 then
  local good_until = string.format('%.0f', now + tonumber(ARGV[3]))
  redis.call('HSET', KEYS[1], ARGV[1], good_until .. ':' .. ARGV[5])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
redis.call('SADD', KEYS[3], ARGV[2])
return 1
