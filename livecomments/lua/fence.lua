-- Shared part: true when this fence still owns the partition.
local function fenced_in(lease, fence)
  return redis.call('HGET', lease, 'fence') == fence
end
