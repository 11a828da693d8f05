-- Creates the state of a room that has none (a new stream). An existing one is left as it is.
--
-- KEYS  1 ready  2 state
-- ARGV  1 epoch  2 through, then field and value pairs
-- Returns 1 (created or there already), or 0 when the partition is not ready.
if not redis.call('GET', KEYS[1]) then return 0 end
if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('HSET', KEYS[2], 'epoch', ARGV[1], 'seq', 0, 'staff_seq', 0, 'through', ARGV[2],
    'token', '', 'viewers', 0, unpack(ARGV, 3))
end
return 1
