#!lua flags=allow-oom
-- Ends a restore: ids go on above everything the archive has, and admission may begin.
-- uses: fence
--
-- KEYS  1 lease  2 clock  3 ready  4 cursor
-- ARGV  1 fence  2 ms of the highest known position  3 its seq  4 cursor  5 marker
-- Returns 1, or 0 for a stale owner.
if not fenced_in(KEYS[1], ARGV[1]) then return 0 end
local kept = tonumber(redis.call('HGET', KEYS[2], 'ms') or 0)
if kept < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[2], 'ms', ARGV[2], 'seq', ARGV[3])
end
redis.call('SET', KEYS[4], ARGV[4])
redis.call('SET', KEYS[3], ARGV[5])
return 1
