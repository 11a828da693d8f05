#!lua flags=allow-oom
-- Who owns a partition. A contender judges expiry by its own clock, watching `renewals` stand still.
--
-- KEYS  1 lease
-- ARGV  claim OWNER FENCE RENEWALS FLOOR   take it over if it is still as observed
--       renew OWNER FENCE                  say that the owner lives
--       release OWNER FENCE                give it up: a contender need not wait
-- Returns the fence (> 0), for `renew` the new count of renewals, or 0 when refused. A new fence is
-- above the old one and above FLOOR, the highest the archive has seen, so that it goes on increasing
-- when Redis is emptied. A count below the last one acknowledged tells that Redis was rolled back.
local held = redis.call('HMGET', KEYS[1], 'owner', 'fence', 'renewals')
local owner, fence, renewals = held[1] or '', tonumber(held[2] or 0), tonumber(held[3] or 0)

if ARGV[1] == 'claim' then
  if owner ~= '' and (fence ~= tonumber(ARGV[3]) or renewals ~= tonumber(ARGV[4])) then return 0 end
  local next_fence = math.max(fence, tonumber(ARGV[5])) + 1
  redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'fence', next_fence, 'renewals', 1)
  return next_fence
end
if owner ~= ARGV[2] or fence ~= tonumber(ARGV[3]) then return 0 end
if ARGV[1] == 'renew' then
  return redis.call('HINCRBY', KEYS[1], 'renewals', 1)
end
redis.call('HSET', KEYS[1], 'owner', '')
return fence
