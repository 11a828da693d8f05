#!lua flags=no-writes
-- Reads what a joining viewer needs, all of the same instant.
--
-- KEYS  1 state  2 recent  3 reaction totals  4 holds  5 delayed
-- ARGV  1 how many recent comments
-- Returns {state as flat hash, recent entries newest first, totals as flat hash, holds as flat hash,
--       delayed entries oldest first}
return {
  redis.call('HGETALL', KEYS[1]),
  redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', ARGV[1]),
  redis.call('HGETALL', KEYS[3]),
  redis.call('HGETALL', KEYS[4]),
  redis.call('XRANGE', KEYS[5], '-', '+'),
}
