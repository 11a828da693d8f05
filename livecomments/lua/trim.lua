#!lua flags=allow-oom
-- Drops events that are both published and archived. Fenced, like everything the owner writes.
-- uses: fence
--
-- KEYS  1 lease  2 log
-- ARGV  1 fence  2 lowest position to keep
-- Returns how many entries were dropped, or -1 for a stale owner.
if not fenced_in(KEYS[1], ARGV[1]) then return -1 end
return redis.call('XTRIM', KEYS[2], 'MINID', '~', ARGV[2])
