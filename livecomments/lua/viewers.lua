#!lua flags=allow-oom
-- Counts the distinct viewers of a stream over all web processes, and finds the slowest of these.
--
-- KEYS  1 processes of the stream  2 watched streams
-- ARGV  1 stream id  2 prefix of a process's set
-- Returns {viewers, lag of the slowest process in ms}. A stream that nobody watches any more leaves the watched set.
local MOST_AHEAD_MS = 60000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local processes = redis.call('HGETALL', KEYS[1])
local sets, slowest = {}, 0
for i = 1, #processes, 2 do
  -- A process of an earlier release says no lag.
  local good_until, lag = string.match(processes[i + 1], '^(%d+):?(%d*)$')
  -- Far ahead: TIME was set back since. Whoever lives reports again in a moment.
  if tonumber(good_until) > now and tonumber(good_until) < now + MOST_AHEAD_MS then
    sets[#sets + 1] = ARGV[2] .. processes[i]
    slowest = math.max(slowest, tonumber(lag) or 0)
  else
    redis.call('HDEL', KEYS[1], processes[i])
  end
end
if #sets == 0 then
  redis.call('SREM', KEYS[2], ARGV[1])
  return { 0, 0 }
end
if #sets == 1 then return { redis.call('SCARD', sets[1]), slowest } end
return { #redis.call('SUNION', unpack(sets)), slowest }
