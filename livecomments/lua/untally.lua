#!lua flags=allow-oom
-- Drops the slices that the archive has and that cannot grow any more; without any left, the stream
-- leaves the list of those to be archived. A press that came meanwhile has a slice, and keeps it there.
--
-- KEYS  1 tallied  2 reaction slices
-- ARGV  1 stream id, then names of slices
for i = 2, #ARGV do redis.call('HDEL', KEYS[2], ARGV[i]) end
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SREM', KEYS[1], ARGV[1]) end
return 1
